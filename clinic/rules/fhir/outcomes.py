"""A form about what became of somebody, as a questionnaire's answers (docs/outcomes.md lists the items)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clinic.rules.fhir.elements import OURS, Resource, reference, resource
from clinic.rules.outcomes.forms import Kind, Part, items

# In front of the name of the form, such as follow_up.
FORM = f"{OURS}:outcome:"


@dataclass(frozen=True)
class OutcomeFacts:
    """One form as it stands; `answers` as they are stored."""

    key: object
    patient_key: object
    course: int
    part: Part
    day: int
    answers: Mapping[str, Any]
    recorded_at: datetime


def outcome(facts: OutcomeFacts) -> Resource:
    """Days as days, counts as whole numbers, everything else by its code or in its words."""
    asked = items(facts.part, facts.day)
    answers = [
        {"linkId": key, "answer": [_value(asked[key].kind if key in asked else Kind.TEXT, value)]}
        for key, value in sorted(facts.answers.items())
    ]
    placed = [
        {"linkId": name, "answer": [{"valueInteger": value}]}
        for name, value in (("course", facts.course), ("day", facts.day))
    ]
    return resource(
        "QuestionnaireResponse",
        facts.key,
        questionnaire=f"{FORM}{facts.part.value}",
        status="completed",
        subject=reference("Patient", facts.patient_key),
        authored=facts.recorded_at.isoformat(),
        item=[*placed, *answers],
    )


def _value(kind: Kind, value: Any) -> Resource:
    if kind is Kind.DATE:
        return {"valueDate": str(value)}
    if kind is Kind.COUNT:
        return {"valueInteger": int(value)}
    return {"valueString": str(value)}
