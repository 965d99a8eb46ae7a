"""Chance that is the same on every machine and every Python: only `random()` and plain arithmetic."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import TypeVar

from clinic.rules.protocols.simulation.cohort import Spread

Value = TypeVar("Value")


class Dice:
    """A source of its own for each purpose, so that a change of one draw moves no other."""

    def __init__(self, *purpose: object) -> None:
        self._random = random.Random("/".join(str(part) for part in purpose))  # noqa: S311  nothing secret

    def happens(self, share: float) -> bool:
        """Whether something comes about that does so in this share of cases."""
        return self._random.random() < share

    def between(self, low: float, high: float) -> float:
        """Anywhere between the two, evenly."""
        return low + (high - low) * self._random.random()

    def around(self, mean: float, spread: float) -> float:
        """Near the mean, with this standard deviation: twelve even draws together are close to normal."""
        drawn = 0.0
        # Not sum(): from Python 3.12 on it rounds otherwise.
        for _ in range(12):
            drawn += self._random.random()
        return mean + spread * (drawn - 6)

    def within(self, spread: Spread) -> float:
        """Below the median as often as above it."""
        at = self._random.random()
        if at < 0.5:
            return spread.low + (spread.median - spread.low) * at * 2
        return spread.median + (spread.high - spread.median) * (at * 2 - 1)

    def one_of(self, values: Sequence[Value]) -> Value:
        """One of the values, each as likely."""
        return values[int(self._random.random() * len(values))]
