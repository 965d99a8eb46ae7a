"""The thinking check at home: ten points, led by a caregiver, read against the person's own usual score.

The concept is the bedside check of CAR-T wards: orientation, naming, a command, a sentence, counting.
The tasks and words here are our own; it is not the validated clinical instrument, and every page says so.
How serious a score is stands in the protocol, not here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class HomeCheckStep:
    """One page of the check: tasks of one kind, a point each."""

    code: str
    tasks: tuple[str, ...]


STEPS = (
    HomeCheckStep("orientation", ("year", "month", "town", "clinic")),
    HomeCheckStep("naming", ("first", "second", "third")),
    HomeCheckStep("command", ("command",)),
    HomeCheckStep("sentence", ("sentence",)),
    HomeCheckStep("counting", ("counting",)),
)
TASKS = tuple(task for step in STEPS for task in step.tasks)
HIGHEST = len(TASKS)


@dataclass(frozen=True)
class ScoreComparison:
    """A score in two independent bands: below full marks, and below this person's own usual score."""

    score: int
    usual: float

    @property
    def is_below_full(self) -> bool:
        return self.score < HIGHEST

    @property
    def change(self) -> float:
        """Points below the usual score; 0 where it is as usual or better."""
        return max(0, self.usual - self.score)


def score_of(given: Mapping[str, bool]) -> int | None:
    """One point for each task done right; None while a task has no answer."""
    if any(task not in given for task in TASKS):
        return None
    return sum(bool(given[task]) for task in TASKS)
