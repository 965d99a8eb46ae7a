"""A run as it is stored: the facts that went in, so that it can be computed again, and what came of them.

Numbers are kept as they were written, never as binary fractions: "749/10" comes back as exactly that.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from enum import Enum
from fractions import Fraction
from typing import Any

from clinic.rules.risk.assessment import RiskAssessment
from clinic.rules.risk.facts import Background, Course, Facts, Infection, Person, Surroundings, Tier
from clinic.rules.risk.labs import LabValue


def facts_to_json(facts: Facts) -> dict[str, Any]:
    """Everything that went in; `facts_from_json` reads it."""
    stored: dict[str, Any] = _plain(facts)
    return stored


def facts_from_json(stored: dict[str, Any]) -> Facts:
    """The facts of a stored run. KeyError or TypeError where a field is missing or unknown."""
    background, course = dict(stored["background"]), dict(stored["course"])
    limit, illnesses = background["ldh_upper_limit"], background["comorbidities"]
    background["ldh_upper_limit"] = None if limit is None else Fraction(limit)
    background["comorbidities"] = None if illnesses is None else frozenset(illnesses)
    course["infections"] = tuple(Infection(**one) for one in course["infections"])
    return Facts(
        day=stored["day"],
        tier=Tier(stored["tier"]),
        person=Person(**stored["person"]),
        background=Background(**background),
        course=Course(**course),
        surroundings=Surroundings(**stored["surroundings"]),
        labs=tuple(LabValue(**{**one, "value": Fraction(one["value"])}) for one in stored["labs"]),
    )


def result_to_json(found: RiskAssessment) -> dict[str, Any]:
    """What was computed, with every reason and its evidence, to be read and never computed on."""
    stored: dict[str, Any] = _plain(found)
    return stored


def findings_of(result: Mapping[str, Any]) -> frozenset[str]:
    """The reasons that a stored result holds; for them a clinic may add to the monitoring of a person."""
    told = result["suggestion"]
    return frozenset(reason["key"] for reason in (*told["major"], *told["minor"]))


def _plain(value: Any) -> Any:
    if is_dataclass(value):
        return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
    if isinstance(value, dict):
        return {str(key): _plain(one) for key, one in value.items()}
    if isinstance(value, frozenset):
        return sorted(_plain(one) for one in value)
    if isinstance(value, tuple | list):
        return [_plain(one) for one in value]
    if isinstance(value, Fraction | Enum):
        return str(value)
    return value
