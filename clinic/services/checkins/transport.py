"""Whether the family can come in tonight: it changes what is advised and how soon silence alarms."""

from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from clinic.access import get_cared_for
from clinic.models import Patient, User
from clinic.models.patient import PatientStatus
from clinic.rules.checkins.nights import coming_night, ends_at
from clinic.services.core import audit


class NotAtHome(Exception):
    """Nobody needs a way to the hospital: the patient is in hospital, or monitoring is over."""


def say(*, patient_id: UUID, can_come: bool, by: User, now: datetime) -> Patient:
    """Anybody of the family says whether they could come tonight. It holds until the morning.

    The same said twice stays as it is. NotVisible, NotAtHome.
    """
    seen = get_cared_for(by, patient_id)
    with transaction.atomic():
        patient = Patient.objects.select_for_update(no_key=True).get(pk=seen.pk)
        if patient.status != PatientStatus.ACTIVE:
            raise NotAtHome
        note(patient=patient, can_come=can_come, by=by, now=now)
        return patient


def note(*, patient: Patient, can_come: bool, by: User, now: datetime) -> None:
    """What they have said of tonight, to whomever. In the caller's transaction, with the patient locked."""
    zone = ZoneInfo(patient.time_zone)
    until = None if can_come else ends_at(coming_night(now, zone), zone)
    if patient.no_transport_until != until:
        patient.no_transport_until = until
        patient.save(update_fields=["no_transport_until"])
        audit.record_about(patient, "patient.transport_said", by, now, {"can_come": can_come})


def forget(*, patient: Patient) -> None:
    """What was said of tonight holds no longer: they are not at home. In the caller's transaction."""
    if patient.no_transport_until is not None:
        patient.no_transport_until = None
        patient.save(update_fields=["no_transport_until"])
