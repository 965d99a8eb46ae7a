from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.rules import outages
from notifications.rules.outages import Limits, Sign, Streak

NOW = datetime(2026, 11, 29, 3, 0, tzinfo=UTC)
LIMITS = Limits(failures=3, lasting=timedelta(minutes=2), try_after=timedelta(seconds=90))


def down_after(signs: list[tuple[float, Sign]]) -> float | None:
    """After how many seconds the route was down, given each failure's second and kind."""
    streak = None
    for second, sign in signs:
        streak = outages.after_failure(streak, sign, now=NOW + timedelta(seconds=second), limits=LIMITS)
        if streak.down_at:
            return second
    return None


@pytest.mark.parametrize(
    ("signs", "second"),
    [
        ([(0, Sign.FAILS), (1, Sign.FAILS)], None),
        ([(0, Sign.FAILS), (1, Sign.FAILS), (3, Sign.FAILS)], 3),
        ([(0, Sign.FAILS), (119, Sign.FAILS)], None),
        ([(0, Sign.FAILS), (120, Sign.FAILS)], 120),
        # A refused account is refused: two more tries would prove nothing.
        ([(0, Sign.BROKEN)], 0),
        # Too many at once is no outage, unless it lasts.
        ([(n, Sign.BUSY) for n in range(0, 120, 10)], None),
        ([(n, Sign.BUSY) for n in range(0, 121, 10)], 120),
        ([(0, Sign.BUSY), (1, Sign.FAILS), (2, Sign.FAILS), (3, Sign.FAILS)], 3),
        # One failure on each of three quiet nights is no streak.
        ([(n * 86_400, Sign.FAILS) for n in range(5)], None),
    ],
)
def test_route_is_down_after_three_failures_or_two_minutes(signs, second):
    assert down_after(signs) == second


@given(st.lists(st.tuples(st.integers(0, 3600), st.sampled_from([Sign.FAILS, Sign.BUSY, Sign.BROKEN]))))
def test_route_that_is_down_stays_down_whatever_fails_next(failures):
    streak = Streak(3, NOW, NOW, NOW)
    for second, sign in sorted(failures):
        streak = outages.after_failure(streak, sign, now=NOW + timedelta(seconds=second), limits=LIMITS)

    assert streak.down_at == NOW


def test_on_probation_one_failure_is_enough():
    probation = outages.on_probation(Streak(9, NOW, NOW, NOW), limits=LIMITS)

    assert probation.down_at is None
    assert outages.after_failure(probation, Sign.FAILS, now=NOW, limits=LIMITS).down_at == NOW
    assert outages.after_failure(probation, Sign.BUSY, now=NOW, limits=LIMITS).down_at is None


@pytest.mark.parametrize(
    ("streak", "seconds", "avoided"),
    [
        (None, 0, False),
        (Streak(2, NOW, NOW, None), 0, False),
        (Streak(3, NOW, NOW, NOW), 0, True),
        (Streak(3, NOW, NOW, NOW), 89, True),
        (Streak(3, NOW, NOW, NOW), 90, False),
    ],
)
def test_route_that_is_down_is_avoided_while_somebody_tries_it(streak, seconds, avoided):
    now = NOW + timedelta(seconds=seconds)
    assert outages.is_avoided(streak, now=now, limits=LIMITS) is avoided


@pytest.mark.parametrize(
    ("channel", "service", "route"),
    [
        ("sms", "paging", "paging"),
        ("sms", "reminders", "reminders"),
        ("voice", "paging", "calls"),
        ("push", "paging", ""),
        ("email", "paging", ""),
    ],
)
def test_route_of_a_message(channel, service, route):
    assert outages.route_of(channel, service) == route
