"""A caregiver's code for the keypad of a telephone, and whether they are called when a check-in is due.

Whoever has no browser gets a code from staff, who read it out once; whoever has one may set their own.
"""

import secrets
from datetime import datetime

from django.contrib.auth.hashers import make_password
from django.db import transaction

from clinic.access import get_care_team_member, require_managing
from clinic.models import CallCode, CareTeamMember, User
from clinic.models.system_alarm import AlarmKind
from clinic.rules.desk.lock import is_weak
from clinic.services.core import alarms, audit, closed_records
from notifications.services import outbox

CODE_DIGITS = 6


class WeakCode(Exception):
    """Not six digits, all the same, or in a row."""


class CodeNeeded(Exception):
    """Without a code nothing can be answered in a call."""


class NoNumber(Exception):
    """This person has no number by which a call could be known, or works at a clinic."""


def give(*, member_id: int, by: User, now: datetime) -> tuple[CareTeamMember, str]:
    """A new code for this caregiver, in clear for this once; the one before ends.

    NotVisible, NotAllowed, RecordClosed, NoNumber.
    """
    member = _managed_member(member_id, by)
    closed_records.require_cared_for(member.patient)
    code = _made_code()
    with transaction.atomic():
        _store(member.user, code, now)
        _audit(member, "keypad.code_given", by, now)
    return member, code


def record_calls(*, member_id: int, by: User, wanted: bool, now: datetime) -> CareTeamMember:
    """What a caregiver said when staff asked whether to call them.

    NotVisible, NotAllowed, NoNumber. RecordClosed: nobody begins to be called.
    """
    member = _managed_member(member_id, by)
    if wanted:
        closed_records.require_cared_for(member.patient)
    with transaction.atomic():
        if _choose(member.user, wanted, now):
            _audit(member, _action(wanted), by, now)
            alarms.clear(
                clinic_id=member.patient.clinic_id,
                kind=AlarmKind.STOP_ASKED,
                subject=member.pk,
                now=now,
                by=by,
            )
    return member


@transaction.atomic
def set_own(*, by: User, code: str, now: datetime) -> None:
    """Set or change one's own code. WeakCode, NoNumber."""
    _require_number(by)
    if len(code) != CODE_DIGITS or is_weak(code):
        raise WeakCode
    _store(by, code, now)
    audit.record_about_caregiver(by, "keypad.code_set", by, now)


@transaction.atomic
def choose_calls(*, by: User, wanted: bool, now: datetime) -> None:
    """Be called, or reminded by text, when a check-in is due. NoNumber, CodeNeeded."""
    _require_number(by)
    if wanted and not CallCode.objects.filter(user=by).exists():
        raise CodeNeeded
    if _choose(by, wanted, now):
        audit.record_about_caregiver(by, _action(wanted), by, now)


def _choose(person: User, wanted: bool, now: datetime) -> bool:
    if person.called_at_checkin == wanted:
        return False
    person.called_at_checkin = wanted
    person.save(update_fields=["called_at_checkin"])
    if not wanted:
        outbox.take_back(phones=[str(person.phone)], purpose="checkin", now=now)
    return True


def _action(wanted: bool) -> str:
    return "keypad.calls_wanted" if wanted else "keypad.calls_ended"


def _made_code() -> str:
    while is_weak(code := "".join(secrets.choice("0123456789") for _digit in range(CODE_DIGITS))):
        pass
    return code


def _store(person: User, code: str, now: datetime) -> None:
    CallCode.objects.update_or_create(user=person, defaults={"code_hash": make_password(code), "set_at": now})


def _managed_member(member_id: int, by: User) -> CareTeamMember:
    member = get_care_team_member(by, member_id)
    require_managing(by, member.patient)
    _require_number(member.user)
    return member


def _require_number(person: User) -> None:
    """Whoever works at a clinic has a code for pages, which is another thing under the same name."""
    if not person.phone or person.is_staff_member:
        raise NoNumber


def _audit(member: CareTeamMember, action: str, by: User, now: datetime) -> None:
    audit.record(
        action=action,
        by=by,
        now=now,
        clinic_id=member.patient.clinic_id,
        subject_type="care_team_member",
        subject_id=member.pk,
        patient_id=member.patient_id,
    )
