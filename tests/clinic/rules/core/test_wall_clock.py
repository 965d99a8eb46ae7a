from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from clinic.rules.core import wall_clock

NEW_YORK = ZoneInfo("America/New_York")


@pytest.mark.parametrize(
    ("clock", "expected"),
    [("01:59", "06:59"), ("02:00", "07:00"), ("02:30", "07:00"), ("03:00", "07:00"), ("03:15", "07:15")],
)
def test_times_that_a_spring_night_leaves_out_are_the_jump(clock, expected):
    found = wall_clock.utc_moment(date(2026, 3, 8), time.fromisoformat(clock), NEW_YORK)

    assert found == datetime.fromisoformat(f"2026-03-08T{expected}Z")


@pytest.mark.parametrize(
    ("clock", "expected"), [("00:30", "04:30"), ("01:00", "05:00"), ("01:30", "05:30"), ("02:00", "07:00")]
)
def test_times_that_an_autumn_night_has_twice_are_the_first(clock, expected):
    found = wall_clock.utc_moment(date(2026, 11, 1), time.fromisoformat(clock), NEW_YORK)

    assert found == datetime.fromisoformat(f"2026-11-01T{expected}Z")


@pytest.mark.parametrize(
    ("typed", "zone", "now", "meant"),
    [
        # The clock has shown one o'clock twice; before that it has shown it once.
        ("2026-11-01T01:30", "America/New_York", "2026-11-01T06:40Z", "2026-11-01T06:30Z"),
        ("2026-11-01T01:30", "America/New_York", "2026-11-01T05:40Z", "2026-11-01T05:30Z"),
        # What is still to come is the first of them.
        ("2026-11-01T01:30", "America/New_York", "2026-10-30T12:00Z", "2026-11-01T05:30Z"),
        ("2026-11-01T00:45", "America/St_Johns", "2026-11-01T12:00Z", "2026-11-01T03:15Z"),
        # Half an hour back, at two.
        ("2026-04-05T01:45", "Australia/Lord_Howe", "2026-04-05T12:00Z", "2026-04-04T15:15Z"),
        # Left out by a spring night; and a zone that keeps its clock.
        ("2026-10-04T02:10", "Australia/Lord_Howe", "2026-10-04T12:00Z", "2026-10-03T15:30Z"),
        ("2026-03-08T02:30", "America/New_York", "2026-03-09T12:00Z", "2026-03-08T07:00Z"),
        ("2026-11-01T01:30", "Asia/Kolkata", "2026-11-01T06:40Z", "2026-10-31T20:00Z"),
    ],
)
def test_time_that_a_person_types_is_the_last_that_has_been(typed, zone, now, meant):
    found = wall_clock.moment_meant(
        datetime.fromisoformat(typed), ZoneInfo(zone), datetime.fromisoformat(now)
    )

    assert found == datetime.fromisoformat(meant)
