from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.rules.core import staffed_hours
from clinic.rules.core.holidays import Holiday
from clinic.rules.core.staffed_hours import Opening, deadline, next_staffed, spans, staffed_at

ZONE = ZoneInfo("America/New_York")
WEEKDAYS = {day: [["08:00", "12:00"], ["13:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}
NIGHTS = {"fri": [["20:00", "06:00"]]}
ALWAYS = {day: [["00:00", "24:00"]] for day in ("mon", "tue", "wed", "thu", "fri", "sat", "sun")}


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """June 2026: the 1st is a Monday."""
    return datetime(2026, 6, day, hour, minute, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("hours", "moment", "staffed", "following"),
    [
        (WEEKDAYS, at(1, 7, 59), False, at(1, 8)),
        (WEEKDAYS, at(1, 8), True, at(1, 8)),
        (WEEKDAYS, at(1, 11, 59), True, at(1, 11, 59)),
        (WEEKDAYS, at(1, 12), False, at(1, 13)),
        (WEEKDAYS, at(1, 17), False, at(2, 8)),
        (WEEKDAYS, at(5, 17), False, at(8, 8)),
        (WEEKDAYS, at(7, 12), False, at(8, 8)),
        (NIGHTS, at(5, 19, 59), False, at(5, 20)),
        (NIGHTS, at(6, 5, 59), True, at(6, 5, 59)),
        (NIGHTS, at(6, 6), False, at(12, 20)),
        (ALWAYS, at(6, 23, 59), True, at(6, 23, 59)),
        (ALWAYS, at(7, 0), True, at(7, 0)),
        ({"mon": [["08:00", "17:00"]]}, at(1, 17), False, at(8, 8)),
        ({}, at(1, 9), False, None),
        ({"mon": []}, at(1, 9), False, None),
    ],
)
def test_staffed_and_next_staffed(
    hours: dict, moment: datetime, staffed: bool, following: datetime | None
) -> None:
    assert staffed_at(Opening(hours, ZONE), moment) is staffed
    assert next_staffed(Opening(hours, ZONE), moment) == following


def test_opening_hours_follow_the_clock_of_the_clinic() -> None:
    tokyo_evening = datetime(2026, 6, 1, 21, tzinfo=ZoneInfo("Asia/Tokyo"))

    assert staffed_at(Opening(WEEKDAYS, ZONE), tokyo_evening)


def test_opening_time_stays_through_a_clock_change() -> None:
    saturday = datetime(2026, 3, 7, 12, tzinfo=ZONE)

    assert next_staffed(Opening(WEEKDAYS, ZONE), saturday) == datetime(2026, 3, 9, 8, tzinfo=ZONE)


@pytest.mark.parametrize(
    ("hours", "since", "until"),
    [
        ({"mon": [["08:00", "17:00"]]}, "10:00", "11:00"),
        ({"mon": [["08:00", "17:00"]]}, "16:30", "17:00"),
        ({"mon": [["08:00", "17:00"]]}, "07:59", "08:00"),
        ({"mon": [["08:00", "17:00"]]}, "08:00", "09:00"),
        # Spans that meet are one, a break in the middle of the day is not.
        ({"mon": [["08:00", "12:00"], ["12:00", "17:00"]]}, "11:30", "12:30"),
        ({"mon": [["08:00", "12:00"], ["13:00", "17:00"]]}, "11:30", "12:00"),
        ({"mon": [["08:00", "12:00"], ["13:00", "17:00"]]}, "12:00", "13:00"),
        ({"mon": [["00:00", "24:00"]], "tue": [["00:00", "24:00"]]}, "23:30", "24:30"),
        # Never staffed: the clock alone counts.
        ({}, "10:00", "11:00"),
    ],
)
def test_wait_ends_after_an_hour_as_it_closes_or_as_it_opens(hours, since, until):
    monday = datetime(2026, 11, 23, tzinfo=UTC)

    def moment(clock):
        hour, minute = map(int, clock.split(":"))
        return monday + timedelta(hours=hour, minutes=minute)

    assert deadline(Opening(hours, ZoneInfo("UTC")), moment(since), timedelta(hours=1)) == moment(until)


def closed(first: int, last: int) -> tuple[Holiday, ...]:
    return (Holiday(date(2026, 6, first), date(2026, 6, last), "Closed"),)


@pytest.mark.parametrize(
    ("hours", "holidays", "moment", "staffed", "following"),
    [
        (WEEKDAYS, closed(1, 1), at(1, 9), False, at(2, 8)),
        (WEEKDAYS, closed(1, 1), at(2, 9), True, at(2, 9)),
        (WEEKDAYS, closed(2, 3), at(1, 17), False, at(4, 8)),
        # A Friday and a Monday: over the week-end.
        (WEEKDAYS, closed(5, 5) + closed(8, 8), at(4, 17), False, at(9, 8)),
        # Longer than the week that is looked at.
        (WEEKDAYS, closed(1, 20), at(1, 9), False, at(22, 8)),
        (WEEKDAYS, closed(2, 20), at(1, 16), True, at(1, 16)),
        # A night ends as the holiday begins, and a night of the holiday never begins.
        (NIGHTS, closed(6, 6), at(5, 23, 59), True, at(5, 23, 59)),
        (NIGHTS, closed(6, 6), at(6, 0), False, at(12, 20)),
        (NIGHTS, closed(5, 5), at(6, 1), False, at(12, 20)),
        (ALWAYS, closed(6, 6), at(6, 0), False, at(7, 0)),
        (ALWAYS, closed(6, 6), at(5, 23, 59), True, at(5, 23, 59)),
        ({}, closed(1, 1), at(1, 9), False, None),
    ],
)
def test_nobody_reads_on_a_holiday_and_it_opens_after_it(hours, holidays, moment, staffed, following) -> None:
    opening = Opening(hours, ZONE, holidays)

    assert staffed_at(opening, moment) is staffed
    assert next_staffed(opening, moment) == following


def test_holiday_is_a_day_of_the_clinic_wherever_one_asks() -> None:
    opening = Opening(ALWAYS, ZONE, closed(2, 2))

    assert not staffed_at(opening, datetime(2026, 6, 3, 3, 59, tzinfo=UTC))
    assert staffed_at(opening, datetime(2026, 6, 3, 4, tzinfo=UTC))


def test_what_may_wait_waits_through_a_holiday() -> None:
    opening = Opening(WEEKDAYS, ZONE, closed(2, 2))

    assert deadline(opening, at(1, 16, 30), timedelta(hours=1)) == at(1, 17)
    assert deadline(opening, at(1, 18), timedelta(hours=1)) == at(3, 8)


def test_next_opening_is_known_however_long_the_holidays_are() -> None:
    opening = Opening(WEEKDAYS, ZONE, closed(2, 25))

    assert sorted(spans(opening, at(1, 18)))[-2:] == [
        (at(26, 8), at(26, 12)),
        (at(26, 13), at(26, 17)),
    ]


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("", []),
        ("8-17", [["08:00", "17:00"]]),
        (" 8:30 – 12.15 ; 13-17 ", [["08:30", "12:15"], ["13:00", "17:00"]]),
        ("22:00-06:00", [["22:00", "06:00"]]),
        ("0-24", [["00:00", "24:00"]]),
        ("8", None),
        ("8-25", None),
        ("8:60-17", None),
        ("24-8", None),
        ("9-9", None),
        ("nine to five", None),
        ("٨-١٧:٣٠", [["08:00", "17:30"]]),
    ],
)
def test_hours_of_a_day_are_read_as_people_write_them(text, spans):
    assert staffed_hours.read_day(text) == spans
    if spans is not None:
        assert staffed_hours.are_hours({"mon": spans})
        assert staffed_hours.read_day(staffed_hours.write_day(spans)) == spans
