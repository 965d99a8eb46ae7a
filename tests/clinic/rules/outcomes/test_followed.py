from __future__ import annotations

import pytest

from clinic.rules.outcomes.followed import Span, Stay, joined, unplanned_hours
from tests.clinic.rules.outcomes.made_up import at_home, followed, reports, stay


@pytest.mark.parametrize(
    ("stays", "hours"),
    [
        ([], ()),
        ([stay(100, 150)], (100,)),
        ([stay(100, 150, is_planned=True)], ()),
        ([stay(300, 310), stay(100, 150)], (100, 300)),
        ([stay(100, 150), stay(174, 180)], (100,)),
        ([stay(100, 150), stay(174.1, 180)], (100, 174.1)),
        ([stay(100, 150), stay(150, 160), stay(184, 190)], (100,)),
        ([stay(100, 300), stay(110, 120), stay(310, 320)], (100,)),
        ([stay(100, None), stay(124, 130)], (100,)),
        ([stay(100, None), stay(125, 130)], (100, 125)),
        # Going home from a planned stay and back at once is no plan any more.
        ([stay(100, 110, is_planned=True), stay(120, 150)], (120,)),
        ([stay(100, 110), stay(120, 150, is_planned=True), stay(160, 170)], (100,)),
    ],
)
def test_one_stay_is_one_event(stays: list[Stay], hours: tuple[float, ...]) -> None:
    assert unplanned_hours(stays) == hours


def test_spans_that_touch_are_one() -> None:
    assert joined([Span(50, 90), Span(0, 50), Span(95, 95), Span(80, 85), Span(100, 120)]) == (
        Span(0, 90),
        Span(100, 120),
    )


@pytest.mark.parametrize(
    ("spans", "counts"),
    [
        ([(76, 100)], True),
        ([(76.1, 200)], False),
        ([(0, 99.9)], False),
        ([(0, 90), (90, 100)], True),
        ([(0, 90), (91, 100)], False),
        ([], False),
    ],
)
def test_event_counts_after_a_whole_day_at_home(spans: list[tuple[float, float]], counts: bool) -> None:
    person = followed(at_home=at_home(*spans), stays=(stay(100),))

    assert (person.eligible_hours == (100,)) is counts
    assert person.serious_hours == (100,)


def test_death_at_home_is_a_serious_event() -> None:
    person = followed(at_home=at_home((0, 90)), stays=(stay(50),), deaths_at_home=(90.0,))

    assert (person.serious_hours, person.eligible_hours) == ((50, 90), (50, 90))


def test_both_ends_of_a_window_count() -> None:
    person = followed(reports=reports((100, "none"), (76, "none"), (75.9, "none"), (100.1, "none")))

    assert [report.hour for report in person.received_before(100, 24)] == [76, 100]
