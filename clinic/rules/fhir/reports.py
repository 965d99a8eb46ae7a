"""A report as a QuestionnaireResponse, and what was measured in it as Observations."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from typing import Any

from clinic.rules.core.enums import Kind
from clinic.rules.fhir import elements
from clinic.rules.fhir.elements import LOINC, OURS, Resource, reference, resource
from clinic.rules.fhir.people import Person
from clinic.rules.protocols.document.protocol import Protocol, Question
from clinic.rules.protocols.scoring.answers import CheckedAnswers, check_answers
from clinic.rules.protocols.scoring.numbers import exact

# Words of the protocol that go with the codes.
_LANGUAGE = "en"
_VITAL = elements.concept(
    "http://terminology.hl7.org/CodeSystem/observation-category", "vital-signs", "Vital Signs"
)
_SURVEY = elements.concept("http://terminology.hl7.org/CodeSystem/observation-category", "survey", "Survey")
_MASKED = elements.concept("http://terminology.hl7.org/CodeSystem/data-absent-reason", "masked", "Masked")
_UNKNOWN = elements.concept("http://terminology.hl7.org/CodeSystem/data-absent-reason", "unknown", "Unknown")
# What LOINC calls what is measured. Oxygen has two codes, the general one and that of a fingertip (FHIR R4,
# profile of vital signs).
_SIGNS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "temp": (("8310-5", "Body temperature"),),
    "pulse": (("8867-4", "Heart rate"),),
    "spo2": (
        ("2708-6", "Oxygen saturation in Arterial blood"),
        ("59408-5", "Oxygen saturation in Arterial blood by Pulse oximetry"),
    ),
    "weight": (("29463-7", "Body weight"),),
}
_PRESSURE = ("85354-9", "Blood pressure panel with all children optional")
_PRESSURES: Mapping[str, tuple[str, str]] = {
    "sbp": ("8480-6", "Systolic blood pressure"),
    "dbp": ("8462-4", "Diastolic blood pressure"),
}


@dataclass(frozen=True)
class ReportFacts:
    """A stored report. `author` wrote it down, `source` has said it.

    `counts`: nothing has taken its place, and nobody has said that it was a mistake. `is_about_another`: it
    was somebody else's; who has had it is told that it does not count, and nobody is told what it says.
    """

    key: object
    patient_key: object
    protocol: Protocol
    version: int
    answers: Mapping[str, Any]
    observed_at: datetime
    author: Person
    source: Person
    counts: bool
    is_correction: bool
    is_about_another: bool


def questionnaire_response(report: ReportFacts) -> Resource:
    """Every answer as it was given; one that cannot be read stays as it was typed."""
    checked = check_answers(report.protocol, report.answers)
    status = "amended" if report.is_correction else "completed"
    return resource(
        "QuestionnaireResponse",
        report.key,
        questionnaire=f"{OURS}:protocol:{report.protocol.code}|{report.version}",
        status=status if report.counts else "entered-in-error",
        subject=reference("Patient", report.patient_key),
        authored=report.observed_at.isoformat(),
        author=report.author.reference(),
        source=report.source.reference(),
        item=[
            {"linkId": question.key, "text": question.label(_LANGUAGE), "answer": answers}
            for question in report.protocol.questions
            if not report.is_about_another and (answers := list(_answers(question, report.answers, checked)))
        ],
    )


def observations(report: ReportFacts) -> list[Resource]:
    """What was measured and can be read; a number that makes no sense is none."""
    values = check_answers(report.protocol, report.answers).values
    units = {one.key: "°C" if one.kind is Kind.TEMPERATURE else one.unit for one in report.protocol.questions}
    found = [
        _observation(
            report, key, codes=codes, category=_VITAL, valueQuantity=elements.quantity(value, units[key])
        )
        for key, codes in _SIGNS.items()
        if (value := _number(values, key)) is not None
    ]
    pressure = {key: _number(values, key) for key in _PRESSURES}
    if any(value is not None for value in pressure.values()):
        parts = [_pressure(key, value) for key, value in pressure.items()]
        found.append(_observation(report, "bp", codes=(_PRESSURE,), category=_VITAL, component=parts))
    return [_masked(one) for one in found] if report.is_about_another else found


def _masked(observation: Resource) -> Resource:
    kept = {key: value for key, value in observation.items() if key not in ("valueQuantity", "component")}
    return {**kept, "dataAbsentReason": _MASKED}


def home_check(
    *, key: object, patient_key: object, author: Person, done_at: datetime, score: int, is_baseline: bool
) -> Resource:
    """The points of a thinking check; nobody else's code means the same."""
    return resource(
        "Observation",
        key,
        status="final",
        category=[_SURVEY],
        code=elements.concept(f"{OURS}:reading", "home_check", "Thinking check at home, points of 10"),
        subject=reference("Patient", patient_key),
        effectiveDateTime=done_at.isoformat(),
        performer=[author.reference()],
        valueInteger=score,
        note=[{"text": "The usual value of this person"}] if is_baseline else [],
    )


def correction(*, key: object, replaces_key: object, at: datetime, author: Person, reason: str) -> Resource:
    """That one report took another's place."""
    return resource(
        "Provenance",
        f"{key}-in-place-of",
        target=[reference("QuestionnaireResponse", key)],
        recorded=at.isoformat(),
        reason=[elements.text(reason)] if reason else [],
        agent=[{"who": author.reference()}],
        entity=[{"role": "revision", "what": reference("QuestionnaireResponse", replaces_key)}],
    )


def _answers(question: Question, given: Mapping[str, Any], checked: CheckedAnswers) -> Iterable[Resource]:
    raw = given.get(question.answer_keys[0])
    if raw is None or raw in ("", []):
        return
    if question.kind is Kind.TEMPERATURE:
        yield _temperature(raw, checked)
    elif question.kind is Kind.NUMBER:
        value = _number(checked.values, question.key)
        if value is None:
            yield {"valueString": str(raw)}
        elif question.unit:
            yield {"valueQuantity": elements.quantity(value, question.unit)}
        else:
            yield {"valueDecimal": value}
    elif question.kind is Kind.YES_NO:
        yield {"valueBoolean": raw} if isinstance(raw, bool) else {"valueString": str(raw)}
    else:
        for one in raw if isinstance(raw, list) else [raw]:
            coding = {"system": f"{OURS}:answer:{question.key}", "code": str(one)}
            words = question.option_text(one, _LANGUAGE)
            yield {"valueCoding": elements.without_empty({**coding, "display": words})}


def _temperature(raw: object, checked: CheckedAnswers) -> Resource:
    """In the unit in which it was typed; what scoring made of it is the Observation."""
    temperature = checked.temperature
    typed = _typed(temperature.typed)
    if typed is None or temperature.unit not in ("C", "F"):
        return {"valueString": str(raw)}
    return {"valueQuantity": elements.quantity(typed, f"°{temperature.unit}")}


def _typed(text: str) -> float | None:
    number = exact(text)
    return _plain(number) if number is not None else None


def _number(values: Mapping[str, object], key: str) -> float | None:
    value = values.get(key)
    return (
        _plain(value) if isinstance(value, int | float | Fraction) and not isinstance(value, bool) else None
    )


def _plain(value: float | Fraction) -> float:
    """Whole numbers without a point."""
    return int(value) if value == int(value) else float(value)


def _pressure(key: str, value: float | None) -> Resource:
    code, display = _PRESSURES[key]
    measured = {"valueQuantity": elements.quantity(value, "mmHg")} if value is not None else None
    return {
        "code": elements.concept(LOINC, code, display),
        **(measured or {"dataAbsentReason": _UNKNOWN}),
    }


def _observation(
    report: ReportFacts, key: str, *, codes: tuple[tuple[str, str], ...], category: Resource, **value: Any
) -> Resource:
    return resource(
        "Observation",
        f"{report.key}-{key}",
        status="final" if report.counts else "entered-in-error",
        category=[category],
        code={"coding": [{"system": LOINC, "code": code, "display": name} for code, name in codes]},
        subject=reference("Patient", report.patient_key),
        effectiveDateTime=report.observed_at.isoformat(),
        performer=[report.source.reference()],
        derivedFrom=[reference("QuestionnaireResponse", report.key)],
        **value,
    )
