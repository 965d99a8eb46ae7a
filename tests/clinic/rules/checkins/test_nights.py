from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.rules.checkins.nights import begins_at, coming_night, ends_at, night_at, staff_told_at
from tests.examples import examples

NEW_YORK = ZoneInfo("America/New_York")
ZONES = ["America/New_York", "Europe/Madrid", "Australia/Lord_Howe", "Asia/Kolkata"]
moments = st.integers(0, 2 * 365 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)


@pytest.mark.parametrize(
    ("clock", "night", "coming"),
    [
        ("2026-11-21 07:59", date(2026, 11, 20), date(2026, 11, 20)),
        ("2026-11-21 08:00", None, date(2026, 11, 21)),
        ("2026-11-21 19:59", None, date(2026, 11, 21)),
        ("2026-11-21 20:00", date(2026, 11, 21), date(2026, 11, 21)),
        ("2026-11-22 00:00", date(2026, 11, 21), date(2026, 11, 21)),
    ],
)
def test_night_of_each_side_of_every_border(clock: str, night: date | None, coming: date) -> None:
    at = datetime.fromisoformat(clock).replace(tzinfo=NEW_YORK)

    assert (night_at(at, NEW_YORK), coming_night(at, NEW_YORK)) == (night, coming)


@pytest.mark.parametrize(("day", "hours"), [((2026, 3, 7), 11), ((2026, 10, 31), 13), ((2026, 6, 1), 12)])
def test_night_of_a_clock_change_is_shorter_or_longer(day: tuple[int, int, int], hours: int) -> None:
    night = date(*day)

    assert ends_at(night, NEW_YORK) - begins_at(night, NEW_YORK) == timedelta(hours=hours)
    assert staff_told_at(night, NEW_YORK) - begins_at(night, NEW_YORK) == timedelta(hours=1)


@settings(max_examples=examples(200), deadline=None)
@given(at=moments, zone=st.sampled_from(ZONES).map(ZoneInfo))
def test_every_moment_of_a_night_lies_between_its_ends_and_no_other(at: datetime, zone: ZoneInfo) -> None:
    coming = coming_night(at, zone)
    inside = begins_at(coming, zone) <= at < ends_at(coming, zone)

    assert (night_at(at, zone) is not None) == inside
    assert at < ends_at(coming, zone)
