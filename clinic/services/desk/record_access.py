"""Opens records for staff and audits that they were opened.

There is no transaction around both, because the audit row of a refusal must stay.
"""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from clinic.models import Patient, Staff, SystemCaller, User
from clinic.queries.desk import patient_panel
from clinic.queries.escalations import panel as escalations
from clinic.queries.patients import register
from clinic.queries.patients.facts import PatientFacts
from clinic.queries.protocols import drafts
from clinic.services.core import audit
from clinic.services.protocols import rehearsals


def open_patient(
    *, patient_id: UUID, older_than: str, days: int | None, by: User, now: datetime, kind: str = ""
) -> patient_panel.PatientPanel:
    """A patient's page. NotVisible."""
    panel = patient_panel.panel(
        user=by, patient_id=patient_id, older_than=older_than, days=days, now=now, kind=kind
    )
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


def open_patient_list(
    *, words: str, cursor: str, status: str, by: User, now: datetime
) -> register.PatientList:
    """A person's patients, or those that a search finds. What was typed is a name, so it is not kept."""
    page = register.search(user=by, words=words, cursor=cursor, status=status, now=now)
    detail = {"searched": bool(words), "rows": len(page.rows)} | ({"status": status} if status else {})
    audit.record_at_clinics(
        action="patients.listed",
        by=by,
        now=now,
        clinic_ids=page.clinic_ids,
        subject_type="patient",
        detail=detail,
    )
    return page


def note_list(*, action: str, clinic_ids: Iterable[UUID], by: User, now: datetime) -> None:
    """Somebody has opened a list with names on it."""
    audit.record_at_clinics(action=action, by=by, now=now, clinic_ids=clinic_ids)


def note_refusal(
    *,
    name: str,
    patient_id: UUID | None,
    clinic_ids: Iterable[UUID],
    by: User | SystemCaller,
    now: datetime,
) -> None:
    """A person's role does not allow what they tried: a page by its name, and the patient it is about."""
    known = patient_id and Patient.objects.filter(pk=patient_id, clinic__in=list(clinic_ids)).exists()
    audit.record_at_clinics(
        action="access.refused",
        by=by,
        now=now,
        clinic_ids=clinic_ids,
        subject_type="page",
        subject_id=name,
        patient_id=patient_id if known else None,
    )


def note_api_refusal(*, name: str, patient_id: UUID | None, by: User | SystemCaller, now: datetime) -> None:
    """The same over the API, where nobody has looked up the clinics of the person, or of the system, yet."""
    note_refusal(name=name, patient_id=patient_id, clinic_ids=tuple(_clinics_of(by)), by=by, now=now)


def _clinics_of(caller: User | SystemCaller) -> Iterable[UUID]:
    if isinstance(caller, SystemCaller):
        return (caller.clinic_id,)
    return Staff.objects.filter(user=caller, ended_at__isnull=True).values_list("clinic_id", flat=True)


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
