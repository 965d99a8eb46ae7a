"""A laboratory value as an Observation, with the code that LOINC has for it and the unit in UCUM."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from clinic.rules.fhir import elements
from clinic.rules.fhir.elements import LOINC, OURS, UCUM, Resource, reference, resource
from clinic.rules.fhir.people import Person

_LABORATORY = elements.concept(
    "http://terminology.hl7.org/CodeSystem/observation-category", "laboratory", "Laboratory"
)
# By the labs of protocols/risk.yaml; remembered, not looked up: check them before a system relies on one.
_LABS: Mapping[str, tuple[str, str]] = {
    "platelets": ("777-3", "Platelets [#/volume] in Blood by Automated count"),
    "anc": ("751-8", "Neutrophils [#/volume] in Blood by Automated count"),
    "hb": ("718-7", "Hemoglobin [Mass/volume] in Blood"),
    "crp": ("1988-5", "C reactive protein [Mass/volume] in Serum or Plasma"),
    "ferritin": ("2276-4", "Ferritin [Mass/volume] in Serum or Plasma"),
    "ldh": ("2532-0", "Lactate dehydrogenase [Enzymatic activity/volume] in Serum or Plasma"),
    "creatinine": ("2160-0", "Creatinine [Mass/volume] in Serum or Plasma"),
    "igg": ("2465-3", "IgG [Mass/volume] in Serum or Plasma"),
    "cd4": ("24467-3", "CD3+CD4+ (T4 helper) cells [#/volume] in Blood"),
    "cd19": ("8116-4", "CD19 cells [#/volume] in Blood"),
    "lvef": ("10230-1", "Left ventricular Ejection fraction"),
    "bilirubin": ("1975-2", "Bilirubin.total [Mass/volume] in Serum or Plasma"),
    "fibrinogen": ("3255-7", "Fibrinogen [Mass/volume] in Platelet poor plasma by Coagulation assay"),
}
# The kept unit as UCUM writes it, where that differs.
_UNITS: Mapping[str, str] = {"10^9/L": "10*9/L", "cells/uL": "{cells}/uL"}


# What other systems write for units of ours: UCUM, or as their screens show it.
_WRITTEN: Mapping[str, str] = {
    **{ucum: unit for unit, ucum in _UNITS.items()},
    "10*3/uL": "10^3/uL",
    "10*3/mm3": "10^3/uL",
    "/mm3": "/uL",
    "{cells}/mm3": "cells/uL",
    "10*9/l": "10^9/L",
    "x10*9/L": "10^9/L",
    "x10^9/L": "10^9/L",
    "[iU]/L": "U/L",
    "IU/L": "U/L",
}


def lab_named(systems_and_codes: Iterable[tuple[str, str]]) -> str:
    """Our name of the lab that one of these codes means; empty for a lab that is not kept here."""
    said = set(systems_and_codes)
    return next(
        (lab for lab, (code, _name) in _LABS.items() if {(LOINC, code), (f"{OURS}:lab", lab)} & said), ""
    )


def unit_written(text: str) -> str:
    """Our way to write a unit, as far as another one is known; which of them a lab has, its document says."""
    return _WRITTEN.get(text, text)


@dataclass(frozen=True)
class LabFacts:
    """`value` in the kept unit; `taken_at` is a moment, or the day where nobody wrote the time."""

    key: object
    patient_key: object
    lab: str
    value: Decimal
    unit: str
    typed: str
    taken_at: datetime | date
    entered_at: datetime
    author: Person
    was_wrong: bool


def lab_result(facts: LabFacts) -> Resource:
    """`entered-in-error` where it was struck out; what was typed stands beside it as a note."""
    code, name = _LABS[facts.lab]
    return resource(
        "Observation",
        facts.key,
        status="entered-in-error" if facts.was_wrong else "final",
        category=[_LABORATORY],
        code={
            "coding": [
                {"system": LOINC, "code": code, "display": name},
                {"system": f"{OURS}:lab", "code": facts.lab},
            ],
            "text": name,
        },
        subject=reference("Patient", facts.patient_key),
        effectiveDateTime=facts.taken_at.isoformat(),
        issued=facts.entered_at.isoformat(),
        performer=[facts.author.reference()],
        valueQuantity={
            "value": float(facts.value),
            "unit": facts.unit,
            "system": UCUM,
            "code": _UNITS.get(facts.unit, facts.unit),
        },
        note=[{"text": f"Entered as {facts.typed}"}],
    )
