"""Figures of how a clinic answers: how long something waited for a person, and the middle of many."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic.rules.core.enums import Level

# A tenth of fewer than so many is one case; a figure of it would tell of that case alone.
ENOUGH_FOR_TENTHS = 10


@dataclass(frozen=True)
class WaitEvent:
    """One line of an escalation's history: it opened or rose to a level, or a person took it.

    `is_anew`: something came in that called for a person again, whatever the level was before.
    """

    at: datetime
    level: Level | None = None
    is_anew: bool = False


@dataclass(frozen=True)
class AnswerWait:
    """From the moment something called for a person until one took it; `answered_at` is None until then."""

    level: Level
    began_at: datetime
    answered_at: datetime | None

    @property
    def lasted(self) -> timedelta | None:
        return self.answered_at - self.began_at if self.answered_at else None


@dataclass(frozen=True)
class Spread:
    """How many there were, and their median, ninth tenth and longest; None where there are too few."""

    n: int
    median: timedelta | None
    p90: timedelta | None
    longest: timedelta | None


def waits(steps: Iterable[WaitEvent], least: Level) -> tuple[AnswerWait, ...]:
    """The waits in one history, in the order of time, of what reached at least this level.

    A rise while it waits makes the wait more serious and does not start it anew; a rise after somebody has
    taken it is a new wait. What ran out or was handed on waits again, but that is no new alarm.
    """
    found: list[AnswerWait] = []
    level, began_at, reached = Level.NONE, None, Level.NONE
    for step in steps:
        if step.level is None:
            if began_at is not None:
                found.append(AnswerWait(level, began_at, step.at))
            began_at = None
        elif step.level >= least and (step.level > reached or step.is_anew):
            began_at = began_at or step.at
            level = reached = max(reached, step.level)
    if began_at is not None:
        found.append(AnswerWait(level, began_at, None))
    return tuple(found)


def spread(durations: Iterable[timedelta]) -> Spread:
    """Median of two middle ones is their mean; p90 is the nearest rank, from ten on."""
    inside = sorted(durations)
    if not inside:
        return Spread(0, None, None, None)
    p90 = _nearest_rank(inside, 0.9) if len(inside) >= ENOUGH_FOR_TENTHS else None
    return Spread(len(inside), _median(inside), p90, inside[-1])


def _median(inside: Sequence[timedelta]) -> timedelta:
    upper, lower = len(inside) // 2, (len(inside) - 1) // 2
    return (inside[lower] + inside[upper]) / 2


def _nearest_rank(inside: Sequence[timedelta], share: float) -> timedelta:
    return inside[math.ceil(share * len(inside)) - 1]


def has_fallen(lately: int, before: int, days_before: int) -> bool:
    """Whether a family's reports have dropped to half of their own daily mean.

    `lately` is a day's number, `before` the number of the `days_before` days before it. Fewer than one a
    day before is no habit that could break.
    """
    return before >= days_before and lately * 2 * days_before <= before


def round_up(value: float) -> float:
    """The end of an axis that holds the value: 1, 2 or 5 times a power of ten."""
    if value <= 0:
        return 1.0
    power = 10.0 ** math.floor(math.log10(value))
    return next(step * power for step in (1, 2, 5, 10) if step * power >= value)
