from datetime import date

import pytest

from clinic.rules.core import holidays
from clinic.rules.core.holidays import Holiday, WrongHoliday

TODAY = date(2026, 11, 20)
THANKSGIVING = Holiday(date(2026, 11, 26), date(2026, 11, 27), "Thanksgiving")


def checked(first, last=None, name="Christmas", others=(THANKSGIVING,)):
    return holidays.checked(first=first, last=last, name=name, others=others, today=TODAY)


def test_one_day_and_several():
    assert checked(date(2026, 12, 25)).is_one_day
    several = checked(date(2026, 12, 24), date(2026, 12, 26), "  Christmas   and Boxing Day ")
    assert several == Holiday(date(2026, 12, 24), date(2026, 12, 26), "Christmas and Boxing Day")
    assert date(2026, 12, 26) in several
    assert date(2026, 12, 27) not in several


@pytest.mark.parametrize(
    ("first", "last", "name", "reason"),
    [
        (date(2026, 12, 25), date(2026, 12, 24), "x", "backwards"),
        (date(2026, 11, 18), date(2026, 11, 19), "x", "past"),
        (date(2026, 12, 1), date(2027, 1, 1), "x", "long"),
        (date(2026, 12, 25), None, "  ", "named"),
        (date(2026, 12, 25), None, "x" * 61, "named"),
        (date(2026, 11, 27), None, "x", "twice"),
        (date(2026, 11, 20), date(2026, 11, 26), "x", "twice"),
    ],
)
def test_what_cannot_be_a_holiday_says_why(first, last, name, reason):
    with pytest.raises(WrongHoliday) as wrong:
        checked(first, last, name)
    assert wrong.value.reason == reason


def test_edges_that_can():
    assert checked(date(2026, 11, 19), TODAY)
    assert checked(date(2026, 12, 1), date(2026, 12, 31))
    assert checked(date(2026, 11, 28))


def test_there_is_an_end_of_them():
    many = [
        Holiday(date(2027, 1 + n // 28, 1 + n % 28), date(2027, 1 + n // 28, 1 + n % 28), "x")
        for n in range(60)
    ]
    with pytest.raises(WrongHoliday, match="many"):
        checked(date(2026, 12, 25), others=many)


def test_stored_and_read_back_the_next_one_first():
    christmas = Holiday(date(2026, 12, 25), date(2026, 12, 25), "Christmas")
    stored = holidays.to_json([christmas, THANKSGIVING])

    assert holidays.are_holidays(stored)
    assert holidays.from_json(stored) == (THANKSGIVING, christmas)


@pytest.mark.parametrize(
    "stored",
    [
        {},
        None,
        ["2026-12-25"],
        [{"first": "2026-12-25"}],
        [{"first": "25.12.", "last": "2026-12-25", "name": ""}],
        [{"first": "2026-12-26", "last": "2026-12-25", "name": "x"}],
        [{"first": 1, "last": 2, "name": "x"}],
    ],
)
def test_what_would_break_every_advice_is_no_holiday(stored):
    assert not holidays.are_holidays(stored)
