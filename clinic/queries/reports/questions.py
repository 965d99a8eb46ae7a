"""Which questions of a page are asked now, by what is known of the patient and answered so far."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from clinic.models import Patient
from clinic.queries.protocols.patient_context import context_of
from clinic.rules.protocols.document.protocol import Protocol, Question, QuestionStep
from clinic.rules.reports import asked


def questions_asked(
    *, page: QuestionStep, protocol: Protocol, patient: Patient, answers: Mapping[str, Any], now: datetime
) -> tuple[Question, ...]:
    """The page's questions without those that this patient, on this day, is not asked."""
    return asked.questions_of(step=page, protocol=protocol, context=context_of(patient, now), answers=answers)
