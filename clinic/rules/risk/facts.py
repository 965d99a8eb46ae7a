"""What is known of a person when their risk is computed.

No fact has a default and None is never 0: what nobody has recorded is named as unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from clinic.rules.risk.labs import LabValue
from clinic.rules.risk.shape import RiskDocument


class Tier(StrEnum):
    """As it is stored with the patient."""

    STANDARD = "standard"
    HIGH = "high"


class FactRefused(Exception):
    """A fact that no record can hold, such as ECOG 7; the message says which."""


@dataclass(frozen=True)
class Person:
    """`sex` is "female", "male" or empty; `product` and `disease` are empty where nobody recorded them."""

    age: int | None
    sex: str
    product: str
    disease: str
    ecog: int | None
    frailty: int | None


@dataclass(frozen=True)
class Background:
    """From before the infusion. An empty set of comorbidities says that there are none; None says nothing.

    `cirs` holds the systems that are not 0, None for one that nobody has graded yet;
    `prior_transplant` is "none", "auto" or "allo". The laboratory's upper limit of LDH is in U/L.
    """

    lymphodepletion_day: int | None
    comorbidities: frozenset[str] | None
    cirs: Mapping[str, int | None] | None
    ldh_upper_limit: Fraction | None
    bridging: bool | None
    prior_transplant: str | None


@dataclass(frozen=True)
class Infection:
    """One infection, its first day and CTCAE grade. Treated unless somebody wrote that it was not."""

    day: int
    grade: int
    is_treated: bool


@dataclass(frozen=True)
class Course:
    """What has happened since. Grades are the highest of this course; None where they were not assessed.

    `steroid_days` counts days at 10 mg dexamethasone equivalent or more, from day 0 to 21.
    """

    crs_max: int | None
    icans_max: int | None
    had_iec_hs: bool
    infections: tuple[Infection, ...]
    steroid_days: int | None
    tocilizumab_last_day: int | None
    steroid_last_day: int | None
    ivig_last_day: int | None


@dataclass(frozen=True)
class Surroundings:
    """`adults` who can stay: 0, 1, or 2 for more."""

    minutes_to_centre: int | None
    lives_alone: bool | None
    adults: int | None


@dataclass(frozen=True)
class Facts:
    """A person on a day. `tier` is the one in force."""

    day: int
    tier: Tier
    person: Person
    background: Background
    course: Course
    surroundings: Surroundings
    labs: tuple[LabValue, ...]


def require_possible(document: RiskDocument, facts: Facts) -> None:
    """FactRefused where a fact is outside its scale or a name is not known: nothing counts as 0 by a slip."""
    person, background, course = facts.person, facts.background, facts.course
    scores = document.scores
    cirs = background.cirs or {}
    within = {
        "ecog": (person.ecog, scores.ecog.lowest, scores.ecog.highest),
        "frailty": (person.frailty, scores.frailty.lowest, scores.frailty.highest),
        "crs": (course.crs_max, 0, 5),
        "icans": (course.icans_max, 0, 5),
        **{f"infection {one.day}": (one.grade, 0, 5) for one in course.infections},
        **{f"cirs {system}": (grade, 0, scores.cirs.highest) for system, grade in cirs.items()},
    }
    for name, (value, lowest, highest) in within.items():
        if value is not None and not lowest <= value <= highest:
            raise FactRefused(f"{name} {value}")
    for name in sorted(background.comorbidities or ()):
        if name not in scores.hct_ci.points and name not in scores.hct_ci.also_called:
            raise FactRefused(f"comorbidity {name}")
    for system in cirs:
        if system not in scores.cirs.systems and system not in scores.cirs.also_called:
            raise FactRefused(f"cirs {system}")
    for name, number in {
        "age": person.age,
        "minutes to the centre": facts.surroundings.minutes_to_centre,
        "adults": facts.surroundings.adults,
        "steroid days": course.steroid_days,
    }.items():
        if number is not None and number < 0:
            raise FactRefused(f"{name} {number}")
    if person.sex not in {"", "female", "male"}:
        raise FactRefused(f"sex {person.sex}")
    if background.prior_transplant not in {None, "none", "auto", "allo"}:
        raise FactRefused(f"transplant {background.prior_transplant}")
