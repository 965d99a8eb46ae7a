"""Staying near the centre and not driving: golden tables for the labels before and since 26 June 2025."""

from datetime import date, timedelta

import pytest

from clinic.protocols import windows_document
from clinic.rules.patients import windows
from clinic.rules.patients.windows import Window, WindowDays, WindowError

LABELS = windows.parse_labels(windows_document())
SIX = ("axi-cel", "brexu-cel", "cilta-cel", "ide-cel", "liso-cel", "tisa-cel")
OLD, NEW = WindowDays(near_centre=28, no_driving=56), WindowDays(near_centre=14, no_driving=14)


@pytest.mark.parametrize("product", SIX)
@pytest.mark.parametrize(
    ("infused", "days"),
    [
        (date(2025, 6, 25), OLD),
        (date(2025, 6, 26), NEW),
        (date(2026, 11, 17), NEW),
    ],
    ids=["day before", "first day", "today"],
)
def test_label_of_the_infusion_day(product: str, infused: date, days: WindowDays) -> None:
    label = windows.in_force(LABELS, product, infused)

    assert label is not None
    assert label.days == days


@pytest.mark.parametrize(
    ("days", "near", "driving"),
    [(OLD, date(2025, 6, 29), date(2025, 7, 27)), (NEW, date(2025, 6, 15), date(2025, 6, 15))],
    ids=["4 and 8 weeks", "2 and 2 weeks"],
)
def test_last_days(days: WindowDays, near: date, driving: date) -> None:
    infused = date(2025, 6, 1)

    told = windows.countdowns(days, infused, infused + timedelta(days=9))

    assert [(one.window, one.last_day) for one in told] == [
        (Window.NEAR_CENTRE, near),
        (Window.NO_DRIVING, driving),
    ]


@pytest.mark.parametrize(("day", "left", "over"), [(13, 1, False), (14, 0, False), (15, -1, True)])
def test_last_day_still_counts(day: int, left: int, over: bool) -> None:
    infused = date(2026, 11, 1)

    near, _driving = windows.countdowns(NEW, infused, infused + timedelta(days=day))

    assert (near.days_left, near.is_over) == (left, over)


@pytest.mark.parametrize("product", ["zevor-cel", "", "something new"])
def test_product_without_a_label_has_none(product: str) -> None:
    assert windows.in_force(LABELS, product, date(2026, 1, 1)) is None


def test_spelling_of_a_product_does_not_matter() -> None:
    assert windows.in_force(LABELS, " Axi-Cel ", date(2026, 1, 1)) is not None


def test_centre_may_be_stricter_never_laxer() -> None:
    assert NEW.at_least(30, 7) == WindowDays(30, 14)
    assert OLD.at_least(None, None) == OLD


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"labels": []},
        {"labels": ["x"]},
        {"labels": [{"code": "a", "effective_date": "soon", "products": ["p"]}]},
        {"labels": [{"code": "a", "effective_date": date(2026, 1, 1), "products": []}]},
        {
            "labels": [
                {
                    "code": "a",
                    "effective_date": date(2026, 1, 1),
                    "products": ["p"],
                    "near_centre_days": "14",
                    "no_driving_days": 14,
                }
            ]
        },
        {
            "labels": [
                {
                    "code": "a",
                    "effective_date": date(2026, 1, 1),
                    "products": ["p"],
                    "near_centre_days": 14,
                    "no_driving_days": 14,
                }
            ]
            * 2
        },
    ],
    ids=["no list", "empty", "no map", "no date", "no product", "no number", "code twice"],
)
def test_table_that_cannot_be_meant_is_refused(document: dict[str, object]) -> None:
    with pytest.raises(WindowError):
        windows.parse_labels(document)
