"""When a patient's next check-in comes, also where it is too far ahead to be planned as a row yet."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from clinic.models import Patient
from clinic.models.patient import PatientStatus
from clinic.queries.protocols.patient_context import additions_of
from clinic.queries.protocols.versions import current_rules_for
from clinic.rules.checkins.schedule import PLAN_AHEAD, next_slot
from clinic.rules.protocols.document.protocol import Protocol


def beyond_plan(*, patient: Patient, now: datetime) -> datetime | None:
    """By the protocol in force, after what is planned; None for whoever is asked nothing at home."""
    return beyond_plans(patients=[patient], now=now).get(patient.pk)


def beyond_plans(*, patients: Iterable[Patient], now: datetime) -> dict[UUID, datetime]:
    """The same of several; one query for each clinic and protocol, not for each patient."""
    rules_of: dict[tuple[UUID, str], Protocol | None] = {}
    found: dict[UUID, datetime] = {}
    for patient in patients:
        if patient.status != PatientStatus.ACTIVE:
            continue
        key = (patient.clinic_id, patient.protocol_code)
        if key not in rules_of:
            rules_of[key] = current_rules_for(patient)
        rules = rules_of[key]
        zone = ZoneInfo(patient.time_zone)
        if rules is None:
            continue
        additions = additions_of(rules, patient, now)
        slot = next_slot(rules, patient.infusion_date, zone, now + PLAN_AHEAD, additions=additions)
        if slot is not None:
            found[patient.pk] = slot
    return found
