from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.rules.core.enums import Level
from clinic.rules.outcomes.figures import AnswerWait, Spread, WaitEvent, has_fallen, round_up, spread, waits

START = datetime(2026, 6, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
TAKEN = None


def history(*steps: tuple[int, Level | None]) -> tuple[AnswerWait, ...]:
    return waits((WaitEvent(START + at * MINUTE, level) for at, level in steps), Level.URGENT)


def wait(level: Level, began: int, answered: int | None) -> AnswerWait:
    return AnswerWait(level, START + began * MINUTE, None if answered is None else START + answered * MINUTE)


@pytest.mark.parametrize(
    ("steps", "found"),
    [
        ([], []),
        ([(0, Level.SAME_DAY), (5, TAKEN)], []),
        ([(0, Level.URGENT)], [wait(Level.URGENT, 0, None)]),
        ([(0, Level.URGENT), (5, TAKEN)], [wait(Level.URGENT, 0, 5)]),
        # It waits from the rise to urgent, not from the opening.
        ([(0, Level.WATCH), (3, Level.URGENT), (5, TAKEN)], [wait(Level.URGENT, 3, 5)]),
        # A rise while it waits is the same wait, at the higher level.
        ([(0, Level.URGENT), (3, Level.EMERGENCY), (5, TAKEN)], [wait(Level.EMERGENCY, 0, 5)]),
        # A rise after somebody has taken it is a new one.
        (
            [(0, Level.URGENT), (2, TAKEN), (3, Level.EMERGENCY), (9, TAKEN)],
            [wait(Level.URGENT, 0, 2), wait(Level.EMERGENCY, 3, 9)],
        ),
        # Taken again after the lease ran out: no new alarm.
        ([(0, Level.URGENT), (2, TAKEN), (40, TAKEN)], [wait(Level.URGENT, 0, 2)]),
        ([(0, Level.WATCH), (1, TAKEN), (3, Level.EMERGENCY)], [wait(Level.EMERGENCY, 3, None)]),
    ],
)
def test_waits(steps: list[tuple[int, Level | None]], found: list[AnswerWait]) -> None:
    assert history(*steps) == tuple(found)


def minutes(*values: float) -> list[timedelta]:
    return [value * MINUTE for value in values]


@pytest.mark.parametrize(
    ("values", "median", "p90", "longest"),
    [
        ((4,), 4, None, 4),
        ((1, 9), 5, None, 9),
        ((9, 1, 2), 2, None, 9),
        (range(1, 10), 5, None, 9),
        (range(1, 11), 5.5, 9, 10),
        (range(1, 12), 6, 10, 11),
        (range(1, 101), 50.5, 90, 100),
    ],
)
def test_spread(values: range, median: float, p90: float | None, longest: float) -> None:
    ninth = None if p90 is None else p90 * MINUTE
    assert spread(minutes(*values)) == Spread(len(values), median * MINUTE, ninth, longest * MINUTE)


def test_spread_of_nothing_has_no_figure() -> None:
    assert spread([]) == Spread(0, None, None, None)


@given(st.lists(st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=2)), min_size=10))
def test_spread_keeps_its_order(durations: list[timedelta]) -> None:
    found = spread(durations)
    assert found.median is not None and found.p90 is not None and found.longest is not None
    assert min(durations) <= found.median <= found.p90 <= found.longest
    assert 10 * sum(one <= found.p90 for one in durations) >= 9 * len(durations)


@pytest.mark.parametrize(
    ("lately", "before", "fallen"),
    [(1, 6, True), (2, 6, False), (0, 3, True), (0, 2, False), (1, 5, False), (0, 0, False), (3, 18, True)],
)
def test_has_fallen_at_half_of_the_mean_of_three_days(lately: int, before: int, fallen: bool) -> None:
    assert has_fallen(lately, before, 3) is fallen


@pytest.mark.parametrize(
    ("value", "end"), [(0, 1), (0.3, 0.5), (1, 1), (1.1, 2), (2, 2), (4, 5), (5.1, 10), (11, 20), (70, 100)]
)
def test_round_up(value: float, end: float) -> None:
    assert round_up(value) == pytest.approx(end)
