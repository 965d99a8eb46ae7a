"""Which questions of a page are asked now, by what is known of the patient and answered so far."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from clinic.models import Patient
from clinic.queries.protocols.patient_context import context_of
from clinic.rules.protocols.document.phases import phase_for
from clinic.rules.protocols.document.protocol import Protocol, Question, QuestionStep
from clinic.rules.protocols.scoring.answers import check_answers
from clinic.rules.protocols.scoring.assessment import facts_of


def questions_asked(
    *, page: QuestionStep, protocol: Protocol, patient: Patient, answers: Mapping[str, Any], now: datetime
) -> tuple[Question, ...]:
    """The page's questions without those that this patient, on this day, is not asked."""
    context = context_of(patient, now)
    phase = phase_for(protocol, context.day).code
    facts = facts_of(protocol, check_answers(protocol, answers).values, context)
    return tuple(
        question
        for question in page.questions
        if question.shown_in(phase) and (question.ask_when is None or question.ask_when.holds(facts))
    )
