"""Which page to a phone waits for the bundle."""

from datetime import UTC, datetime, timedelta

import pytest

from clinic.rules.core.enums import Level
from clinic.rules.paging.throttle import held_until

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("level", "seconds_ago", "held_for"),
    [
        (Level.URGENT, None, None),
        (Level.URGENT, 0, 60),
        (Level.URGENT, 59, 1),
        (Level.URGENT, 60, None),
        (Level.EMERGENCY, 0, None),
    ],
    ids=["the first", "at once", "just before", "after a minute", "emergency"],
)
def test_held_until(level, seconds_ago, held_for):
    last = None if seconds_ago is None else NOW - timedelta(seconds=seconds_ago)

    held = held_until(level, last, NOW)

    assert held == (None if held_for is None else NOW + timedelta(seconds=held_for))
