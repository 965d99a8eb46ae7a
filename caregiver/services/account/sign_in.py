"""Signs caregivers in by a six-digit code, texted to the number that the clinic enrolled."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.db import transaction

from caregiver.models import SignInCode
from caregiver.services.account import codes
from caregiver.services.account.codes import (
    EXPIRES_AFTER,
    DeadCode,
    NumberFlooded,
    RequestedCode,
    TooManyCodes,
    WrongCode,
)
from clinic import row_scope
from clinic.access import NotVisible, get_cared_for
from clinic.models import CareTeamMember, User
from clinic.models.system_alarm import AlarmKind
from clinic.queries.patients import shared_numbers
from clinic.services.core import alarms, audit, known_devices

__all__ = [
    "DeadCode",
    "RequestedCode",
    "TooManyCodes",
    "WrongCode",
    "choose",
    "confirm",
    "send_code",
    "switch",
]


@row_scope.everything()
def send_code(*, phone: str, source: str, marks: Sequence[str] = (), now: datetime) -> RequestedCode:
    """Text a code if the clinic has enrolled this number. The caller cannot tell whether it did.

    `marks` are those of the browser that asks (clinic/services/core/known_devices.py). TooManyCodes when the
    number, from this address or from all of them, or the address asked too often; on a known device, when
    that itself did. A number that has had its texts of the hour gets none, and the answer is the same.
    Staff get an alarm when strangers ask for a family's number without end, or for the numbers of many.
    """
    people = enrolled_caregivers(phone)
    is_known = any(known_devices.mark_of(one) in marks for one in people)
    try:
        with transaction.atomic():
            requested = codes.issue(
                phone=phone, user=people[0] if people else None, source=source, now=now, is_known=is_known
            )
    except NumberFlooded:
        _tell_staff(people, now)
        raise
    if not is_known:
        _tell_clinics_of_flood(now)
    return requested


@row_scope.everything()
def confirm(*, code_id: UUID, code: str, now: datetime) -> list[User]:
    """Whose code this is: one person, or everybody who shares the phone, of whom one is chosen next.

    WrongCode, DeadCode; the fifth wrong try kills the code.
    """
    row = codes.try_code(code_id=code_id, code=code, now=now)
    people = _use_up(row, now) if row else []
    if not people:
        codes.refuse(code_id)
    return people


@row_scope.everything()
@transaction.atomic
def choose(*, code_id: UUID, user_id: UUID, now: datetime) -> User:
    """One of the people who share a phone, after the code was right. DeadCode once that is too long ago.

    The caller has kept the code's id where only whoever typed the code has it.
    """
    fresh = SignInCode.objects.filter(
        pk=code_id, for_number_change=False, used_at__gt=now - EXPIRES_AFTER, used_at__lte=now
    )
    row = fresh.first()
    person = (
        next((one for one in enrolled_caregivers(str(row.phone)) if one.pk == user_id), None) if row else None
    )
    if person is None:
        raise DeadCode
    _audit(person, now)
    return person


def switch(*, by: User, to: UUID, patient_id: UUID, now: datetime) -> User:
    """Somebody else of the family takes the phone that they share. NotVisible.

    The caller has made sure that this session was signed in by a text to that number.
    """
    patient = get_cared_for(by, patient_id)
    people = shared_numbers.sharers_of(user=by, patient=patient)
    person = next((one for one in people if one.pk == to), None)
    if person is None:
        raise NotVisible("user")
    if person != by:
        _audit(person, now)
    return person


@row_scope.everything()
def enrolled_caregivers(phone: str) -> list[User]:
    """Only people whom a clinic has linked to a patient sign in by text; staff never do."""
    links = CareTeamMember.objects.filter(
        user__phone=phone, user__email__isnull=True, user__is_active=True, ended_at__isnull=True
    )
    return list({link.user_id: link.user for link in links.select_related("user").order_by("pk")}.values())


@transaction.atomic
def _use_up(row: SignInCode, now: datetime) -> list[User]:
    """The people for the one request that uses the code; a person who lost access meanwhile gets nothing."""
    if row.user is None or not codes.use_up(row, now):
        return []
    people = enrolled_caregivers(str(row.phone))
    if row.user not in people:
        return []
    if len(people) == 1:
        _audit(people[0], now)
    return people


def _tell_staff(people: Sequence[User], now: datetime) -> None:
    """At each clinic of the people whose number it is; nobody hears of numbers that are nobody's."""
    links = CareTeamMember.objects.filter(user__in=people, ended_at__isnull=True)
    for link in links.select_related("patient"):
        alarms.raise_alarm(
            clinic_id=link.patient.clinic_id, kind=AlarmKind.CODES_ASKED, subject=link.pk, now=now
        )


def _tell_clinics_of_flood(now: datetime) -> None:
    """Each clinic whose families are among them, once; codes go on, or strangers could lock families out."""
    numbers = codes.numbers_asked_by_strangers(now=now)
    if len(numbers) < codes.FLOOD_LEAST:
        return
    # Counted only now: it reads a row of every family.
    links = CareTeamMember.objects.filter(ended_at__isnull=True)
    if len(numbers) < links.values("user").distinct().count() // codes.FLOOD_SHARE:
        return
    clinics = links.filter(user__phone__in=numbers).values_list("patient__clinic", flat=True).distinct()
    for clinic_id in clinics:
        alarms.raise_alarm(clinic_id=clinic_id, kind=AlarmKind.CODES_FLOOD, subject="", now=now)


def _audit(user: User, now: datetime) -> None:
    audit.record(action="caregiver.signed_in", by=user, subject_type="user", subject_id=user.pk, now=now)
