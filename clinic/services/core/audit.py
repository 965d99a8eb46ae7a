"""Writes the append-only trail. Called inside the transaction of the act that it records."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from clinic import prepared
from clinic.models import AuditEvent, Escalation, Patient, SystemCaller, User
from clinic.models.audit_event import actor_kind_of


def record(
    *,
    action: str,
    by: User | SystemCaller | None,
    now: datetime,
    clinic_id: UUID | None = None,
    subject_type: str = "",
    subject_id: object = "",
    patient_id: UUID | None = None,
    detail: dict[str, Any] | None = None,
    actor_kind: str = "",
) -> AuditEvent:
    """One row. `detail` holds codes and ids only, never names, phone numbers or clinical words.

    Of a change it holds {field: {"from": old, "to": new}}, values as they are stored.

    `actor_kind` tells who it was where nobody is signed in; by default that is the system.
    """
    event = AuditEvent(
        at=now,
        clinic_id=clinic_id,
        actor_id=by.pk if by else None,
        actor_kind=actor_kind or (actor_kind_of(by) if by else "system"),
        action=action,
        subject_type=subject_type,
        subject_id=str(subject_id),
        patient_id=patient_id,
        detail=detail or {},
    )
    prepared.insert(event)
    return event


def record_at_clinics(
    *,
    action: str,
    by: User | SystemCaller | None,
    now: datetime,
    clinic_ids: Iterable[UUID],
    subject_type: str = "",
    subject_id: object = "",
    patient_id: UUID | None = None,
    detail: Mapping[str, Any] | None = None,
) -> None:
    """One act at several clinics, such as a search: a row for the leads of each, in one statement.

    The rows share their correlation id, so that they are counted as one act.
    """
    act = uuid4()
    AuditEvent.objects.bulk_create(
        AuditEvent(
            at=now,
            clinic_id=clinic_id,
            actor_id=by.pk if by else None,
            actor_kind=actor_kind_of(by),
            action=action,
            subject_type=subject_type,
            subject_id=str(subject_id)[:64],
            patient_id=patient_id,
            detail=dict(detail or {}),
            correlation_id=act,
        )
        for clinic_id in (tuple(clinic_ids) or (None,))
    )


def record_about(
    subject: Patient | Escalation,
    action: str,
    by: User | None,
    now: datetime,
    detail: Mapping[str, Any] | None = None,
) -> AuditEvent:
    """Record an act on a patient or an escalation; clinic and patient are taken from it."""
    return record(
        action=action,
        by=by,
        now=now,
        clinic_id=subject.clinic_id,
        subject_type=str(subject._meta.model_name),
        subject_id=subject.pk,
        patient_id=subject.pk if isinstance(subject, Patient) else subject.patient_id,
        detail=dict(detail or {}),
    )


def record_about_caregiver(
    user: User, action: str, by: User, now: datetime, detail: Mapping[str, Any] | None = None
) -> None:
    """Record what changed of a caregiver, a row at each clinic of the patients they look after now."""
    links = user.care_links.filter(ended_at__isnull=True)
    for clinic_id in set(links.values_list("patient__clinic_id", flat=True)):
        record(
            action=action,
            by=by,
            now=now,
            clinic_id=clinic_id,
            subject_type="user",
            subject_id=user.pk,
            detail=dict(detail or {}),
        )
