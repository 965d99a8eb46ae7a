"""Ends a caregiver's access to a patient."""

from datetime import datetime

from django.db import transaction

from clinic.access import Permission, get_care_team_member, require
from clinic.models import CareTeamMember, User
from clinic.services import audit


def end_access(*, member_id: int, by: User, now: datetime) -> CareTeamMember:
    """End the link at once; ended links stay on record. NotVisible, NotAllowed."""
    visible = get_care_team_member(by, member_id)
    require(by, Permission.MANAGE_PATIENTS, visible.patient.clinic_id)
    return _end(visible.pk, by, now)


@transaction.atomic
def _end(member_id: int, by: User, now: datetime) -> CareTeamMember:
    members = CareTeamMember.objects.select_for_update(of=("self",)).select_related("patient", "user")
    member = members.get(pk=member_id)
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
