"""Calls in which a family reports by the keys of a telephone: who is called, and what a call begins with."""

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from clinic.models import CallCode, CareTeamMember, Clinic, KeypadCall, Patient, Reminder, User
from clinic.models.system_alarm import AlarmKind
from clinic.services.core import alarms, audit
from notifications.services import outbox

# A call back that is late surprises more than it helps.
CALL_BACK_LASTS = timedelta(minutes=30)


def is_called(*, caregiver: User, clinic: Clinic) -> bool:
    """Whether their reminders are calls: they asked for it, have a code, and the clinic has a number."""
    if not caregiver.called_at_checkin or not clinic.keypad_phone:
        return False
    return CallCode.objects.filter(user=caregiver).exists()


def body(*, brand: str, language: str) -> str:
    """What is said to whoever, or whatever machine, takes the call: nothing about anybody."""
    with translation.override(language):
        return _("%(brand)s: time for the check-in.") % {"brand": brand}


def person_called(*, message_id: UUID) -> User | None:
    """Whom a call of ours is meant for: it reminds, or it calls back."""
    reminder = Reminder.objects.filter(message_id=message_id).select_related("caregiver").first()
    if reminder is not None:
        return reminder.caregiver
    cut_off = KeypadCall.objects.filter(call_back_id=message_id).select_related("user").first()
    return cut_off.user if cut_off else None


@transaction.atomic
def stop_calling(*, message_id: UUID, now: datetime) -> None:
    """Somebody pressed the key for "no more calls". It needs no code, so staff ask the family.

    What waits to be called leaves no more; from the next check-in on the reminder is a text again.
    """
    person = person_called(message_id=message_id)
    if person is None or not person.called_at_checkin:
        return
    person.called_at_checkin = False
    person.save(update_fields=["called_at_checkin"])
    outbox.take_back(phones=[str(person.phone)], purpose="checkin", now=now)
    links = CareTeamMember.objects.filter(user=person, ended_at__isnull=True).select_related("patient")
    for clinic_id, member in {one.patient.clinic_id: one.pk for one in links.order_by("-pk")}.items():
        alarms.raise_alarm(clinic_id=clinic_id, kind=AlarmKind.STOP_ASKED, subject=member, now=now)
    audit.record_about_caregiver(person, "keypad.calls_stopped", person, now)


def call_back(*, call: KeypadCall, now: datetime) -> None:
    """Call the family of a check-in that was cut off. The caller holds the patient's row and this one."""
    message = outbox.queue(
        to=str(call.phone),
        body=body(brand=call.clinic.sms_brand, language=call.language),
        purpose="checkin",
        dedupe_key=f"keypad:{call.pk}:{call.call_backs + 1}",
        service="reminders",
        expires_at=now + CALL_BACK_LASTS,
        language=call.language,
        channel="voice",
        caller=str(call.clinic.keypad_phone),
        now=now,
    )
    call.call_backs, call.call_back_id = call.call_backs + 1, message.pk


def withdraw(*, patient: Patient, now: datetime) -> int:
    """Nobody at home is to report: take back the calls that wait; returns how many."""
    return _take_back(KeypadCall.objects.filter(patient=patient), now)


def withdraw_from(*, member: CareTeamMember, now: datetime) -> int:
    """The same for one person, who looks after that patient no more."""
    return _take_back(KeypadCall.objects.filter(patient=member.patient_id, user=member.user_id), now)


def _take_back(calls: QuerySet[KeypadCall], now: datetime) -> int:
    waiting = calls.filter(call_back_id__isnull=False).values_list("call_back_id", flat=True)
    return sum(outbox.cancel(message_id=pk, now=now) for pk in list(waiting) if pk is not None)
