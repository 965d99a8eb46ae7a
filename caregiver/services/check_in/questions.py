"""Which questions of a page are asked now, by what is known of the patient and answered so far."""

from collections.abc import Mapping
from dataclasses import asdict
from datetime import datetime
from typing import Any

from clinic.models import Patient
from clinic.queries.protocols.patient_context import context_of
from clinic.rules.checkins.schedule import phase_for
from clinic.rules.core.enums import Kind
from clinic.rules.protocols.document.conditions import Facts
from clinic.rules.protocols.document.protocol import Protocol, Question, QuestionStep
from clinic.rules.protocols.scoring.answers import check_answers

# How a question that nobody has answered yet counts here: as nothing that calls for another question.
_OPEN = {Kind.CHOICE: 0, Kind.YES_NO: False, Kind.TICKS: 0, Kind.NUMBER: None, Kind.TEMPERATURE: None}


def questions_asked(
    *, page: QuestionStep, protocol: Protocol, patient: Patient, answers: Mapping[str, Any], now: datetime
) -> tuple[Question, ...]:
    """The page's questions without those that this patient, on this day, is not asked."""
    context = context_of(patient, now)
    phase = phase_for(protocol, context.day).code
    facts = {**asdict(context), **_answer_facts(protocol, answers)}
    return tuple(
        question
        for question in page.questions
        if question.shown_in(phase) and (question.ask_when is None or question.ask_when.holds(facts))
    )


def _answer_facts(protocol: Protocol, answers: Mapping[str, Any]) -> Facts:
    values = check_answers(protocol, answers).values
    found = {question.key: values.get(question.key, _OPEN[question.kind]) for question in protocol.questions}
    return {key: len(value) if isinstance(value, list) else value for key, value in found.items()}  # type: ignore[misc]
