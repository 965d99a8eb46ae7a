"""What cannot be true of a patient, however it was typed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

# A slip of the year would start the wrong check-in plan without anybody noticing.
INFUSED_YEARS_BACK = 20
INFUSED_DAYS_AHEAD = 90
# Older than anybody who is given this: a slip of the century.
OLDEST_YEARS = 110


class Problem(StrEnum):
    """Why a fact is refused."""

    EMPTY = "empty"
    TOO_LONG = "too_long"
    IN_FUTURE = "in_future"
    TOO_FAR = "too_far"
    NO_NUMBER = "no_number"
    BEFORE_COURSE = "before_course"
    INFUSED_AHEAD = "infused_ahead"
    NO_PROTOCOL = "no_protocol"
    NO_ZONE = "no_zone"
    NO_LANGUAGE = "no_language"
    NO_TARGET = "no_target"
    TARGET_NEEDED = "target_needed"
    TARGET_OF_PRODUCT = "target_of_product"
    DAYS_NEEDED = "days_needed"
    DAYS_OF_LABEL = "days_of_label"
    DAYS_TOO_MANY = "days_too_many"


class WrongFacts(Exception):
    """Facts that cannot be; `problems` says by field why."""

    def __init__(self, problems: Mapping[str, Problem]) -> None:
        super().__init__(", ".join(f"{field}: {problem}" for field, problem in problems.items()))
        self.problems = dict(problems)


def problem_of_birth(day: date, today: date) -> Problem | None:
    """Nobody is born tomorrow, and nobody is as old as a slip of the century makes them."""
    if day > today:
        return Problem.IN_FUTURE
    return Problem.TOO_FAR if day < today - timedelta(days=365 * OLDEST_YEARS) else None


def problem_of_infusion(day: date, today: date) -> Problem | None:
    """A day 0 that lies so far away was mistyped."""
    earliest = today - timedelta(days=365 * INFUSED_YEARS_BACK)
    return None if earliest <= day <= today + timedelta(days=INFUSED_DAYS_AHEAD) else Problem.TOO_FAR
