"""Caregivers say how they bear it; what they share waits for the social worker, and pages nobody.

Nothing here is about the patient: no level, no escalation and no timer knows of it, and the audit names no
patient, so that it stands in no record and no timeline.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic.access import NotVisible, Permission, get_cared_for, require
from clinic.models import CareTeamMember, StrainAnswer, User
from clinic.models.patient import PatientStatus
from clinic.queries.checkins import strain as queries
from clinic.rules.checkins.strain import HIGHEST, LOOKED_AT_WITHIN, Strain
from clinic.services.core import audit


class NotAsked(Exception):
    """Nobody is asked while the patient is not monitored at home, or with an answer that was not offered."""


class NobodyReads(Exception):
    """The clinic has no social worker: what is shared would wait for nobody."""


def answer(
    *, answer_id: UUID, patient_id: UUID, said: Strain, is_shared: bool, by: User, now: datetime
) -> StrainAnswer:
    """Keep what a caregiver says; the same id twice is one answer. NotVisible, NotAsked, NobodyReads."""
    patient = get_cared_for(by, patient_id)
    if patient.status != PatientStatus.ACTIVE or not (
        0 <= said.sleep <= HIGHEST and 0 <= said.coping <= HIGHEST
    ):
        raise NotAsked
    if is_shared and not queries.has_social_worker(patient):
        raise NobodyReads
    with transaction.atomic():
        kept, created = StrainAnswer.objects.get_or_create(
            pk=answer_id,
            defaults={
                "patient": patient,
                "author": by,
                "sleep": said.sleep,
                "coping": said.coping,
                "answered_at": now,
                "is_shared": is_shared,
                "due_at": now + LOOKED_AT_WITHIN if is_shared else None,
            },
        )
        if kept.author_id != by.pk or kept.patient_id != patient.pk:
            raise NotVisible("strain_answer")
        if created and is_shared:
            _record("strain.shared", kept, patient.clinic_id, by, now)
    return kept


def close(*, answer_id: UUID, by: User, now: datetime) -> StrainAnswer:
    """Somebody who may read it has spoken to them. Closed twice stays the first's. NotVisible, NotAllowed."""
    found = StrainAnswer.objects.select_related("patient").filter(pk=answer_id, is_shared=True).first()
    if found is None or not by.staff_roles.filter(clinic=found.patient.clinic_id, ended_at=None).exists():
        raise NotVisible("strain_answer")
    require(by, Permission.SEE_STRAIN, found.patient.clinic_id)
    with transaction.atomic():
        kept = StrainAnswer.objects.select_for_update().get(pk=found.pk)
        if kept.closed_at is None:
            kept.closed_at, kept.closed_by = now, by
            kept.save(update_fields=["closed_at", "closed_by"])
            _record("strain.closed", kept, found.patient.clinic_id, by, now)
    return kept


def forget(*, member: CareTeamMember) -> None:
    """They look after that patient no more: what they said of themselves goes.

    In the caller's transaction.
    """
    StrainAnswer.objects.filter(patient=member.patient_id, author=member.user_id).delete()


def _record(action: str, kept: StrainAnswer, clinic_id: UUID, by: User, now: datetime) -> None:
    audit.record(
        action=action,
        by=by,
        now=now,
        clinic_id=clinic_id,
        subject_type="strain_answer",
        subject_id=kept.pk,
    )
