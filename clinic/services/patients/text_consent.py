"""Consent to reminder texts: given or withdrawn by the caregiver, or recorded by a person of the clinic."""

from datetime import datetime

from django.db import transaction

from clinic.access import get_care_team_member, require_managing
from clinic.models import CareTeamMember, User
from clinic.models.system_alarm import AlarmKind
from clinic.services.core import alarms, audit, closed_records
from notifications.models.consent import ConsentEnd, ConsentSource
from notifications.models.opt_out import OptOutSource
from notifications.services import consents, opt_outs

TOPIC = "reminders"
# Nothing was read on a page: a person of the clinic asked, and wrote down the answer.
TOLD_BY_PHONE = "told-by-phone-1"


@transaction.atomic
def agree(*, by: User, text_version: str, now: datetime) -> None:
    """A caregiver agrees on a page of ours to be reminded at their number."""
    if by.phone is None:
        return
    consents.record(
        phone=str(by.phone),
        topics=[TOPIC],
        text_version=text_version,
        language=by.language,
        source=ConsentSource.PAGE,
        given_by=by.pk,
        now=now,
    )
    audit.record_about_caregiver(by, "texts.agreed", by, now)


@transaction.atomic
def decline(*, by: User, now: datetime) -> None:
    """A caregiver wants no reminders any more."""
    if consents.withdraw(phone=str(by.phone or ""), because=ConsentEnd.WITHDRAWN, now=now):
        audit.record_about_caregiver(by, "texts.declined", by, now)


def record_agreement(*, member_id: int, by: User, now: datetime) -> CareTeamMember:
    """A person of the clinic writes down that a caregiver agreed. NotVisible, NotAllowed, RecordClosed."""
    member = _managed_member(member_id, by)
    closed_records.require_cared_for(member.patient)
    with transaction.atomic():
        consents.record(
            phone=str(member.user.phone),
            topics=[TOPIC],
            text_version=TOLD_BY_PHONE,
            language=member.user.language,
            source=ConsentSource.PERSON,
            given_by=by.pk,
            now=now,
        )
        _close_tasks(member, "texts.agreed", by, now)
    return member


def record_refusal(*, member_id: int, by: User, now: datetime) -> CareTeamMember:
    """A person of the clinic writes down that a caregiver wants no texts. NotVisible, NotAllowed."""
    member = _managed_member(member_id, by)
    with transaction.atomic():
        phone = str(member.user.phone)
        opt_outs.record(phone=phone, service=TOPIC, source=OptOutSource.PERSON, now=now)
        consents.withdraw(phone=phone, because=ConsentEnd.WITHDRAWN, now=now)
        _close_tasks(member, "texts.declined", by, now)
    return member


def _managed_member(member_id: int, by: User) -> CareTeamMember:
    member = get_care_team_member(by, member_id)
    require_managing(by, member.patient)
    return member


def _close_tasks(member: CareTeamMember, action: str, by: User, now: datetime) -> None:
    """Close the tasks to ask them: somebody has."""
    for kind in (AlarmKind.STOP_ASKED, AlarmKind.OPTED_OUT):
        alarms.clear(clinic_id=member.patient.clinic_id, kind=kind, subject=member.pk, now=now, by=by)
    audit.record(
        action=action,
        by=by,
        now=now,
        clinic_id=member.patient.clinic_id,
        subject_type="care_team_member",
        subject_id=member.pk,
        patient_id=member.patient_id,
    )
