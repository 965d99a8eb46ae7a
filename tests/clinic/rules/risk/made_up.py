"""Made-up people for the rules of risk: what a test does not name is known and unremarkable."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from fractions import Fraction
from typing import Any

from clinic.protocols import risk_document
from clinic.rules.risk.facts import Background, Course, Facts, Person, Surroundings, Tier
from clinic.rules.risk.labs import LabRecord, LabValue, lab_value
from clinic.rules.risk.reading import read
from clinic.rules.risk.scores.summary import Scores, scores

DOCUMENT = read(risk_document()).document
DAY_ZERO = date(2026, 3, 2)
QUIET_LABS = {
    "platelets": 240,
    "anc": 4,
    "hb": 13,
    "crp": 0.4,
    "ferritin": 180,
    "ldh": 180,
    "creatinine": 1,
}


def lab(name: str, value: object, day: int = -6, unit: str | None = None) -> LabValue:
    kept = unit or DOCUMENT.labs[name].unit
    return lab_value(DOCUMENT.labs, name=name, value=value, unit=kept, day=day, source="typed")


def labs(*more: LabValue, **changed: object) -> tuple[LabValue, ...]:
    """A quiet sample of day -6, with some values changed (None: not measured), and further values."""
    values = {**QUIET_LABS, **changed}
    return (*(lab(name, value) for name, value in values.items() if value is not None), *more)


PERSON = Person(age=50, sex="male", product="tisa-cel", disease="FL", ecog=0, frailty=2)
BACKGROUND = Background(
    lymphodepletion_day=None,
    comorbidities=frozenset(),
    cirs=None,
    ldh_upper_limit=Fraction(250),
    bridging=False,
    prior_transplant="none",
)
COURSE = Course(
    crs_max=0,
    icans_max=0,
    had_iec_hs=False,
    infections=(),
    steroid_days=0,
    tocilizumab_last_day=None,
    steroid_last_day=None,
    ivig_last_day=None,
)
SURROUNDINGS = Surroundings(minutes_to_centre=20, lives_alone=False, adults=2)


def facts(
    *,
    day: int = -3,
    tier: Tier = Tier.STANDARD,
    person: dict[str, Any] | None = None,
    background: dict[str, Any] | None = None,
    course: dict[str, Any] | None = None,
    surroundings: dict[str, Any] | None = None,
    values: tuple[LabValue, ...] | None = None,
) -> Facts:
    return Facts(
        day=day,
        tier=tier,
        person=replace(PERSON, **(person or {})),
        background=replace(BACKGROUND, **(background or {})),
        course=replace(COURSE, **(course or {})),
        surroundings=replace(SURROUNDINGS, **(surroundings or {})),
        labs=labs() if values is None else values,
    )


def record_of(found: Facts) -> LabRecord:
    return LabRecord.of(DOCUMENT.labs, found.labs, found.day)


def scores_of(found: Facts) -> Scores:
    return scores(DOCUMENT, found, record_of(found))


def counts(*pairs: tuple[int, float], day: int) -> LabRecord:
    """Neutrophils as (day, cells/uL), as they are known on a day."""
    values = [lab("anc", cells, at, "/uL") for at, cells in pairs]
    return LabRecord.of(DOCUMENT.labs, values, day)
