"""On which side of a number something counts, the number itself included or not."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction


class Side(StrEnum):
    """As the document writes it."""

    AT_LEAST = "at_least"
    ABOVE = "above"
    AT_MOST = "at_most"
    BELOW = "below"


@dataclass(frozen=True)
class Line:
    """`at_least` and `at_most` count the number itself, `above` and `below` do not."""

    side: Side
    number: Fraction

    def holds(self, value: Fraction | int) -> bool:
        """Whether the value counts."""
        if self.side is Side.AT_LEAST:
            return value >= self.number
        if self.side is Side.ABOVE:
            return value > self.number
        if self.side is Side.AT_MOST:
            return value <= self.number
        return value < self.number


@dataclass(frozen=True)
class Points:
    """What is given where the line holds: points of a score, or a grade."""

    line: Line
    points: int


def points_of(lines: Iterable[Points], value: Fraction | int) -> int:
    """The points of the first line that holds; 0 where none does."""
    return next((one.points for one in lines if one.line.holds(value)), 0)
