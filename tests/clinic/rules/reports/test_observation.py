from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.rules.reports.observation import FURTHEST, TOLERATED, observation_of

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


def ago(**span):
    return NOW - timedelta(**span)


@pytest.mark.parametrize(
    ("said", "sent_at", "seen_at", "problem"),
    [
        (NOW, NOW, NOW, ""),
        (ago(hours=20), NOW, ago(hours=20), ""),
        (ago(hours=20), ago(minutes=-7), ago(hours=20), ""),
        # Seven minutes ahead: nothing is seen after it arrived.
        (ago(minutes=-7), ago(minutes=-7), NOW, ""),
        (ago(minutes=-60), ago(minutes=-60), NOW, ""),
        # Five hours ahead: put right by that much, also where it was kept for two hours.
        (ago(hours=-5), ago(hours=-5), NOW, "clock_wrong"),
        (ago(hours=-3), ago(hours=-5), ago(hours=2), "clock_wrong"),
        (ago(minutes=-61), ago(minutes=-61), NOW, "clock_wrong"),
        # Ahead of what the clock explains.
        (ago(hours=-9), ago(hours=-5), NOW, "in_future"),
        (ago(minutes=-61), NOW, NOW, "in_future"),
        (datetime(2038, 1, 20, tzinfo=UTC), NOW, NOW, "in_future"),
        (datetime(2038, 1, 20, tzinfo=UTC), datetime(2038, 1, 20, tzinfo=UTC), NOW, "in_future"),
        # What was sent long ago by its own word may have lain somewhere: it stays old.
        (ago(hours=18), ago(hours=18), ago(hours=18), ""),
        (ago(days=366), NOW, NOW, "too_old"),
        (datetime(1970, 1, 1, tzinfo=UTC), datetime(1970, 1, 1, tzinfo=UTC), NOW, "too_old"),
        (datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC), NOW, "too_old"),
    ],
)
def test_moment_that_counts(said, sent_at, seen_at, problem):
    found = observation_of(said, sent_at=sent_at, received_at=NOW)

    assert (found.at, found.problem) == (seen_at, problem)


def test_clock_that_is_behind_is_put_right_where_it_was_read_at_the_sending():
    found = observation_of(ago(hours=7), sent_at=ago(hours=5), received_at=NOW, sent_just_now=True)

    assert (found.at, found.problem) == (ago(hours=2), "clock_wrong")


@given(st.datetimes(timezones=st.just(UTC)), st.datetimes(timezones=st.just(UTC)), st.booleans())
def test_whatever_a_phone_says_nothing_is_seen_after_it_arrived_or_a_lifetime_before(said, sent_at, just_now):
    found = observation_of(said, sent_at=sent_at, received_at=NOW, sent_just_now=just_now)

    assert NOW - 2 * FURTHEST <= found.at <= NOW
    assert found.problem or said - TOLERATED <= found.at <= said
