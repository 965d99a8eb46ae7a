"""Shows health data to staff and writes down that it was looked at.

No transaction around both: a refusal must keep the audit row that tells of it.
"""

from datetime import datetime
from uuid import UUID

from clinic.models import User
from clinic.queries import escalations, patients
from clinic.services import audit


def patient(*, patient_id: UUID, older_than: str, by: User, now: datetime) -> patients.PatientPanel:
    """A patient's page. NotVisible."""
    panel = patients.panel(user=by, patient_id=patient_id, older_than=older_than, now=now)
    _record("patient.viewed", "patient", patient_id, panel.patient, by, now)
    return panel


def escalation(*, escalation_id: UUID, by: User, now: datetime) -> escalations.EscalationPanel:
    """An escalation's panel. NotVisible."""
    panel = escalations.panel(user=by, escalation_id=escalation_id, now=now)
    _record("escalation.viewed", "escalation", escalation_id, panel.patient, by, now)
    return panel


def _record(
    action: str, subject_type: str, subject_id: UUID, seen: patients.PatientFacts, by: User, now: datetime
) -> None:
    audit.record(
        action=action,
        by=by,
        now=now,
        clinic_id=seen.clinic_id,
        subject_type=subject_type,
        subject_id=subject_id,
        patient_id=seen.id,
    )
