"""Ends a caregiver's access to a patient."""

from datetime import datetime

from django.db import transaction

from clinic.access import NotVisible, Permission, patients_visible_to, require
from clinic.models import CareTeamMember, User
from clinic.services import audit


@transaction.atomic
def end_access(*, member_id: int, by: User, now: datetime) -> CareTeamMember:
    """End the link at once; ended links stay on record. NotVisible, NotAllowed."""
    member = (
        CareTeamMember.objects.select_for_update(of=("self",))
        .select_related("patient", "user")
        .filter(pk=member_id, patient__in=patients_visible_to(by))
        .first()
    )
    if member is None:
        raise NotVisible("care_team_member")
    require(by, Permission.MANAGE_PATIENTS, member.patient.clinic_id)
    if member.ended_at is None:
        member.ended_at, member.ended_by = now, by
        member.save(update_fields=["ended_at", "ended_by"])
        audit.record(
            action="care_team.ended",
            by=by,
            now=now,
            clinic_id=member.patient.clinic_id,
            subject_type="care_team_member",
            subject_id=member.pk,
            patient_id=member.patient_id,
        )
    return member
