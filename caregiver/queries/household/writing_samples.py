"""The page of the written sentence."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from caregiver.queries.household.today import day_for
from clinic.access import get_cared_for
from clinic.models import Patient, User
from clinic.queries.reports import home_checks


@dataclass(frozen=True)
class WritingPage:
    """The first sentence and the newest, and for how many days one is kept."""

    patient: Patient
    day: int
    thinking: home_checks.Thinking
    days: int


def page(*, by: User, patient_id: UUID, now: datetime) -> WritingPage:
    """For a caregiver of the patient; NotVisible."""
    patient = get_cared_for(by, patient_id)
    return WritingPage(
        patient, day_for(patient, now), home_checks.of_patient(patient=patient), settings.WRITING_DAYS
    )
