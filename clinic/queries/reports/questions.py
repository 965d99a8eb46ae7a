"""Which questions of a page are asked now, by what is known of the patient and answered so far."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from clinic.models import Patient
from clinic.queries.protocols.patient_context import context_of
from clinic.rules.protocols.document.protocol import Protocol, Question, QuestionStep
from clinic.rules.protocols.scoring.answers import check_answers
from clinic.rules.protocols.scoring.assessment import facts_of, plan_of


def questions_asked(
    *, page: QuestionStep, protocol: Protocol, patient: Patient, answers: Mapping[str, Any], now: datetime
) -> tuple[Question, ...]:
    """The page's questions without those that this patient, on this day, is not asked."""
    context = context_of(patient, now)
    plan = plan_of(protocol, context)
    facts = facts_of(protocol, check_answers(protocol, answers).values, context)
    return tuple(
        question
        for question in page.questions
        if question.key in plan.asks
        or (
            question.shown_in(plan.phase.code)
            and (question.ask_when is None or question.ask_when.holds(facts))
        )
    )
