"""Opens records for staff and audits that they were opened.

There is no transaction around both, because the audit row of a refusal must stay.
"""

from datetime import datetime
from uuid import UUID

from clinic.models import User
from clinic.queries.desk import patient_panel
from clinic.queries.escalations import panel as escalations
from clinic.queries.patients.facts import PatientFacts
from clinic.queries.protocols import drafts
from clinic.services.core import audit
from clinic.services.protocols import rehearsals


def open_patient(
    *, patient_id: UUID, older_than: str, days: int, by: User, now: datetime
) -> patient_panel.PatientPanel:
    """A patient's page. NotVisible."""
    panel = patient_panel.panel(user=by, patient_id=patient_id, older_than=older_than, days=days, now=now)
    _audit_view("patient.viewed", "patient", patient_id, panel.patient, by, now)
    if panel.texts:
        _audit_view("family_texts.viewed", "patient", patient_id, panel.patient, by, now)
    return panel


def open_escalation(*, escalation_id: UUID, by: User, now: datetime) -> escalations.EscalationPanel:
    """An escalation's panel. NotVisible."""
    panel = escalations.panel(user=by, escalation_id=escalation_id, now=now)
    _audit_view("escalation.viewed", "escalation", escalation_id, panel.patient, by, now)
    return panel


def open_protocol_draft(*, draft_id: UUID, by: User, now: datetime) -> drafts.DraftOverview:
    """A draft's page. A finished rehearsal on it counts as seen by this person. NotVisible."""
    page = drafts.draft_overview(user=by, draft_id=draft_id)
    if page.rehearsal_row is not None and page.rehearsal_row.finished_at is not None:
        rehearsals.mark_viewed(rehearsal=page.rehearsal_row, by=by, now=now)
    return page


def _audit_view(
    action: str, subject_type: str, subject_id: UUID, seen: PatientFacts, by: User, now: datetime
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
