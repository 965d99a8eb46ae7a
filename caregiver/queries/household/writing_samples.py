"""The page of the written sentence."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings

from caregiver.queries.household.today import day_of_patient
from clinic.access import get_cared_for
from clinic.models import Patient, User
from clinic.queries.reports import home_checks


@dataclass(frozen=True)
class WritingSamples:
    """The first sentence and the newest, and for how many days one is kept."""

    patient: Patient
    day: int
    thinking: home_checks.HomeCheckSummary
    days: int


def of_patient(*, by: User, patient_id: UUID, now: datetime) -> WritingSamples:
    """For a caregiver of the patient; NotVisible."""
    patient = get_cared_for(by, patient_id)
    return WritingSamples(
        patient, day_of_patient(patient, now), home_checks.of_patient(patient=patient), settings.WRITING_DAYS
    )
