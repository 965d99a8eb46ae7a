"""Ends a caregiver's access to a patient, or signs their phones out."""

from datetime import datetime

from django.db import transaction

from clinic.access import get_care_team_member, require_managing
from clinic.models import CareTeamMember, Patient, User
from clinic.queries.patients.shared_numbers import sharers_of
from clinic.services.core import audit, devices
from clinic.services.patients import family_devices, watchers, withdrawals


def end_access(*, member_id: int, by: User, now: datetime) -> CareTeamMember:
    """End the link at once; ended links stay on record. NotVisible, NotAllowed."""
    visible = get_care_team_member(by, member_id)
    require_managing(by, visible.patient)
    return end_access_of(member_id=visible.pk, by=by, now=now)


def sign_out_everywhere(*, member_id: int, by: User, now: datetime) -> CareTeamMember:
    """A phone is lost: every session of this caregiver, and every phone that may hand in reports, ends now.

    They keep their access and sign in again by a texted code; reports still on a phone are accepted then.
    NotVisible, NotAllowed.
    """
    visible = get_care_team_member(by, member_id)
    require_managing(by, visible.patient)
    return _sign_out_phones(visible.pk, by, now)


@transaction.atomic
def _sign_out_phones(member_id: int, by: User, now: datetime) -> CareTeamMember:
    member = CareTeamMember.objects.select_related("patient", "user").get(pk=member_id)
    # Whoever else of the family uses that phone has lost it too.
    for person in sharers_of(user=member.user, patient=member.patient) or [member.user]:
        _end_sessions(person, by, now)
    _audit(member, "care_team.signed_out", by, now)
    return member


@transaction.atomic
def end_every_access(*, patient: Patient, by: User | None, now: datetime) -> None:
    """Nobody of the family sees this patient any more. By nobody where the record's time is over."""
    links = CareTeamMember.objects.filter(patient=patient, ended_at__isnull=True).order_by("pk")
    for member_id in list(links.values_list("pk", flat=True)):
        end_access_of(member_id=member_id, by=by, now=now)


@transaction.atomic
def end_access_of(*, member_id: int, by: User | None, now: datetime) -> CareTeamMember:
    """End one link, whoever may have decided it; where it was nobody, the row names the caregiver.

    Where nobody is left who can report, staff are asked at once who watches now.

    The patient's row is locked first: of two last people whose access ends at once, the second is the last.
    """
    patient = Patient.objects.select_for_update(of=("self",), no_key=True).get(care_team=member_id)
    members = CareTeamMember.objects.select_for_update(of=("self",)).select_related("patient", "user")
    member = members.get(pk=member_id)
    if member.ended_at is None:
        member.ended_at, member.ended_by = now, by or member.user
        member.save(update_fields=["ended_at", "ended_by"])
        if not member.user.care_links.filter(ended_at__isnull=True).exists():
            _end_sessions(member.user, by, now)
        withdrawals.from_person(member=member, by=member.ended_by, now=now)
        watchers.sync(patient=patient, now=now)
        _audit(member, "care_team.ended", by, now)
    return member


def end_by_transfer(*, member: CareTeamMember, by: User, now: datetime) -> None:
    """Their patient goes on at another clinic; who has no link any more is signed out.

    Runs in the transaction of the transfer, after the links at the other clinic were made.
    """
    member.ended_at, member.ended_by = now, by
    member.save(update_fields=["ended_at", "ended_by"])
    if not member.user.care_links.filter(ended_at__isnull=True).exists():
        _end_sessions(member.user, by, now)
    _audit(member, "care_team.ended", by, now)


def _end_sessions(user: User, by: User | None, now: datetime) -> None:
    """Sessions and API tokens carry a hash of the password field: a new unusable one ends them all.

    Notices to their browsers end with them. Staff are left alone: they have a password, and their own page of
    sessions, which ends notices too.
    """
    if user.is_staff_member:
        return
    user.set_unusable_password()
    user.signed_out_at = now
    user.save(update_fields=["password", "signed_out_at"])
    devices.remove_all(owner=user, keep_id=None, by=by, now=now)
    family_devices.end_all(user=user, by=by, now=now)


def _audit(member: CareTeamMember, action: str, by: User | None, now: datetime) -> None:
    audit.record(
        action=action,
        by=by,
        now=now,
        clinic_id=member.patient.clinic_id,
        subject_type="care_team_member",
        subject_id=member.pk,
        patient_id=member.patient_id,
    )
