"""Why something is suggested: the rule, and the facts with day and source, so that each can be looked up."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from clinic.rules.risk.labs import LabValue

Value = Fraction | int | str | bool


@dataclass(frozen=True)
class Evidence:
    """One fact. `day` is None where it is of no day, `source` empty where it is no lab."""

    name: str
    value: Value
    unit: str
    day: int | None
    source: str


@dataclass(frozen=True)
class Reason:
    """One rule that holds. `points` is 0 for a major reason and a flag, `path` its place in the document."""

    key: str
    path: str
    points: int
    evidence: tuple[Evidence, ...]


def fact(name: str, value: Value, day: int | None = None) -> Evidence:
    """A fact of the record that is no lab."""
    return Evidence(name=name, value=value, unit="", day=day, source="")


def of_lab(value: LabValue, unit: str) -> Evidence:
    """A lab in its kept unit."""
    return Evidence(name=value.name, value=value.value, unit=unit, day=value.day, source=value.source)
