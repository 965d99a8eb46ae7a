"""The state of the first screen, over every combination of facts."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest

from caregiver.rules.household.first_screen import Facts, Screen, screen_of, somebody_looked, urgency
from clinic.rules.core.enums import Level
from clinic.rules.patients.life_events import Status

NOW = datetime(2026, 11, 21, 16, 11, tzinfo=UTC)
EVERYTHING = [
    Facts(status, level, is_asked, is_due)
    for status, level, is_asked, is_due in product(Status, (None, *Level), (True, False), (True, False))
]


def at_home(level: Level | None = None, *, is_asked: bool = False, is_due: bool = False) -> Facts:
    return Facts(Status.ACTIVE, level, is_asked, is_due)


@pytest.mark.parametrize(
    ("facts", "screen"),
    [
        (at_home(Level.EMERGENCY, is_asked=True, is_due=True), Screen.OPEN),
        (at_home(Level.URGENT), Screen.OPEN),
        (at_home(Level.SAME_DAY, is_due=True), Screen.DUE),
        (at_home(Level.SAME_DAY), Screen.QUIET),
        (at_home(is_asked=True, is_due=True), Screen.ASKED),
        (at_home(is_due=True), Screen.DUE),
        (at_home(), Screen.QUIET),
        (Facts(Status.PREPARING, None, False, False), Screen.QUIET),
        (Facts(Status.PAUSED, None, False, True), Screen.AWAY),
        (Facts(Status.ADMITTED, Level.SAME_DAY, False, False), Screen.AWAY),
        (Facts(Status.ADMITTED, Level.EMERGENCY, False, False), Screen.OPEN),
        (Facts(Status.ENDED, None, True, False), Screen.ASKED),
    ],
)
def test_first_screen(facts: Facts, screen: Screen) -> None:
    assert screen_of(facts) is screen


def test_urgent_or_worse_stands_first_whatever_else_there_is() -> None:
    pressing = [one for one in EVERYTHING if one.open_level in {Level.URGENT, Level.EMERGENCY}]

    assert {screen_of(one) for one in pressing} == {Screen.OPEN}
    assert Screen.OPEN not in {screen_of(one) for one in EVERYTHING if one not in pressing}


def test_of_several_the_worst_comes_first() -> None:
    people = [
        at_home(),
        at_home(is_due=True),
        at_home(Level.URGENT),
        Facts(Status.ADMITTED, None, False, False),
        at_home(is_asked=True),
        at_home(Level.EMERGENCY, is_due=True),
    ]

    ordered = sorted(people, key=urgency)

    assert [screen_of(one) for one in ordered] == ["open", "open", "asked", "due", "quiet", "away"]
    assert [one.open_level for one in ordered[:2]] == [Level.EMERGENCY, Level.URGENT]


@pytest.mark.parametrize(
    ("hours", "was_staffed", "looked"),
    [(1, False, True), (24, False, True), (25, False, False), (1, True, False)],
)
def test_a_look_out_of_hours_counts_for_a_day(hours: int, was_staffed: bool, looked: bool) -> None:
    seen_at = NOW - timedelta(hours=hours)

    assert somebody_looked(seen_at, was_staffed=was_staffed, now=NOW) is looked
    assert somebody_looked(None, was_staffed=False, now=NOW) is False
