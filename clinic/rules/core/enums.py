"""Stable codes of the rules: how serious a report is, and what kinds of question exist."""

from __future__ import annotations

from enum import StrEnum


class Level(StrEnum):
    """How soon somebody must act. Compared by seriousness, not by spelling."""

    NONE = "none"
    WATCH = "watch"
    SAME_DAY = "same_day"
    URGENT = "urgent"
    EMERGENCY = "emergency"

    @property
    def rank(self) -> int:
        """0 for none up to 4 for emergency."""
        return _RANKS[self]

    @property
    def is_pressing(self) -> bool:
        """Whether the family must call now: advice that waits for no further question."""
        return self >= Level.URGENT

    @property
    def is_emergency(self) -> bool:
        """Whether the emergency number comes before the clinic's."""
        return self is Level.EMERGENCY

    @property
    def goes_out_at_once(self) -> bool:
        """Whether a report is sent before the rest of it is asked."""
        return self is Level.EMERGENCY

    def __lt__(self, other: str) -> bool:
        return self.rank < Level(other).rank

    def __le__(self, other: str) -> bool:
        return self.rank <= Level(other).rank

    def __gt__(self, other: str) -> bool:
        return self.rank > Level(other).rank

    def __ge__(self, other: str) -> bool:
        return self.rank >= Level(other).rank


_RANKS = {level: rank for rank, level in enumerate(Level)}


class Kind(StrEnum):
    """What an answer to a question looks like."""

    TICKS = "ticks"
    TEMPERATURE = "temperature"
    NUMBER = "number"
    YES_NO = "yes_no"
    CHOICE = "choice"


class Validation(StrEnum):
    """What the input check says about the temperature as typed."""

    OK = "ok"
    CONFIRM = "confirm"
    UNIT_SUSPECT = "unit_suspect"
    REJECT = "reject"
    ABSENT = "absent"
