from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.rules.timing import after_quiet_hours, wait_before_retry

ZONES = ["America/New_York", "America/Phoenix", "America/St_Johns", "Asia/Kathmandu", "America/Los_Angeles"]


def local(zone: str, *parts: int, fold: int = 0) -> datetime:
    return datetime(*parts, tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("attempts", "seconds"), [(0, 1), (1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 30), (7, 30), (1000, 30)]
)
def test_wait_doubles_up_to_half_a_minute(attempts: int, seconds: int) -> None:
    assert wait_before_retry(attempts) == timedelta(seconds=seconds)


@given(st.integers(0, 1000), st.integers(min_value=1))
def test_spread_moves_a_wait_by_a_tenth_at_most(attempts: int, spread: int) -> None:
    assert (
        0.9 * wait_before_retry(attempts)
        <= wait_before_retry(attempts, spread)
        <= 1.1 * wait_before_retry(attempts)
    )


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize(
    ("hour", "minute", "day", "until"),
    [
        (23, 10, 16, (7, 0)),
        (3, 0, 15, (7, 0)),
        (22, 0, 16, (7, 0)),
        (7, 0, 15, (7, 0)),
        (12, 30, 15, (12, 30)),
        (21, 59, 15, (21, 59)),
    ],
    ids=["late", "night", "first minute", "end", "noon", "just before"],
)
def test_quiet_hours_over_midnight(
    zone: str, hour: int, minute: int, day: int, until: tuple[int, int]
) -> None:
    at = local(zone, 2026, 6, 15, hour, minute)

    moved = after_quiet_hours(at, zone=ZoneInfo(zone), quiet_from=time(22), quiet_until=time(7))

    assert moved == local(zone, 2026, 6, day, *until)


@pytest.mark.parametrize(("hour", "until"), [(12, 14), (13, 14), (14, 14), (11, 11)])
def test_quiet_hours_within_a_day(hour: int, until: int) -> None:
    at = local("America/New_York", 2026, 6, 15, hour)

    moved = after_quiet_hours(
        at, zone=ZoneInfo("America/New_York"), quiet_from=time(12), quiet_until=time(14)
    )

    assert moved == local("America/New_York", 2026, 6, 15, until)


def test_equal_ends_mean_no_quiet_hours() -> None:
    at = local("America/New_York", 2026, 6, 15, 3)

    assert (
        after_quiet_hours(at, zone=ZoneInfo("America/New_York"), quiet_from=time(7), quiet_until=time(7))
        == at
    )


def test_night_of_the_spring_change_ends_at_seven_by_the_clock() -> None:
    at = local("America/New_York", 2026, 3, 8, 1, 30)

    moved = after_quiet_hours(at, zone=ZoneInfo("America/New_York"), quiet_from=time(22), quiet_until=time(7))

    assert moved == datetime(2026, 3, 8, 11, 0, tzinfo=UTC)


def test_end_that_the_spring_change_skips_is_later_the_same_night() -> None:
    at = local("America/New_York", 2026, 3, 8, 1, 30)

    moved = after_quiet_hours(
        at, zone=ZoneInfo("America/New_York"), quiet_from=time(22), quiet_until=time(2, 30)
    )

    assert moved == datetime(2026, 3, 8, 7, 30, tzinfo=UTC)


def test_second_run_of_the_doubled_autumn_hour_is_not_sent_back_in_time() -> None:
    at = local("America/New_York", 2026, 11, 1, 1, 15, fold=1)

    moved = after_quiet_hours(
        at, zone=ZoneInfo("America/New_York"), quiet_from=time(22), quiet_until=time(1, 30)
    )

    assert moved == at


@given(
    st.integers(0, 366 * 24 * 60).map(
        lambda minutes: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
    ),
    st.sampled_from(ZONES),
    st.times(),
    st.times(),
)
def test_nothing_is_moved_back_or_by_more_than_a_day_and_a_change(
    at: datetime, zone: str, quiet_from: time, quiet_until: time
) -> None:
    moved = after_quiet_hours(at, zone=ZoneInfo(zone), quiet_from=quiet_from, quiet_until=quiet_until)

    assert timedelta(0) <= moved - at <= timedelta(hours=25)
