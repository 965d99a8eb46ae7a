"""Calls that were cut off: what was answered is sent where it matters, and the family is called back.

Nothing hangs on the telephone company's word that a call has ended: who presses no key for some minutes has
left. What is never finished is a check-in that nobody answered, and alarms as silence does.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from caregiver.services.keypad import checkin
from clinic.access import NotVisible, get_cared_for
from clinic.models import KeypadCall, Patient, Report
from clinic.models.keypad_call import KeypadStage
from clinic.models.patient import PatientStatus
from clinic.queries.checkins import holds
from clinic.rules.core.enums import Level
from clinic.services.checkins import keypad_calls
from notifications.rules.timing import after_quiet_hours

logger = logging.getLogger(__name__)

CALLS_BACK = 2
BETWEEN = timedelta(minutes=15)
# Whoever hung up just now is awake.
AWAKE_FOR = timedelta(minutes=10)
# After a failure of ours, until what was answered is forgotten (services/account/expired_data.py).
AGAIN_AFTER = timedelta(minutes=1)
_AT_ONCE = 100


def follow_up(*, now: datetime) -> None:
    """Look at every call in which nothing was pressed for too long. One that fails stops no other."""
    due = KeypadCall.objects.filter(next_at__lte=now).order_by("next_at").values_list("pk", flat=True)
    for call_id in list(due[:_AT_ONCE]):
        try:
            _follow_up(call_id, _whose(call_id), now)
        except Exception as error:
            logger.error("A call that was cut off cannot be looked at: %s", type(error).__name__)
            KeypadCall.objects.filter(pk=call_id).update(next_at=now + AGAIN_AFTER)


def _whose(call_id: UUID) -> Patient | None:
    """The patient whom the caller looks after still; asked before the transaction, so a refusal stays."""
    call = KeypadCall.objects.select_related("user").get(pk=call_id)
    if call.user is None or call.patient_id is None:
        return None
    try:
        return get_cared_for(call.user, call.patient_id)
    except NotVisible:
        return None


@transaction.atomic
def _follow_up(call_id: UUID, patient: Patient | None, now: datetime) -> None:
    # The patient's row first, as for a reminder: no call is queued beside an event that ends them.
    of_call = KeypadCall.objects.filter(pk=call_id).values("patient")
    Patient.objects.select_for_update(of=("self",), no_key=True).filter(pk__in=of_call).first()
    rows = KeypadCall.objects.select_for_update(of=("self",))
    call = rows.select_related("clinic", "user", "patient__clinic", "protocol_version__protocol").get(
        pk=call_id
    )
    if call.next_at is None or call.next_at > now:
        return
    if call.stage == KeypadStage.QUESTIONS:
        call.stage = KeypadStage.LEFT
    call.next_at = _what_follows(call, patient, now)
    call.save(update_fields=["stage", "next_at", "progress", "call_backs", "call_back_id"])


def _what_follows(call: KeypadCall, patient: Patient | None, now: datetime) -> datetime | None:
    """Send it, call back, or leave it; when to look again."""
    if patient is None or not call.progress:
        return None
    level = checkin.level_so_far(call=call, now=now)
    waits = not level.is_pressing and not _has_been_told_since(call)
    if waits and call.call_backs < CALLS_BACK and _may_call(call, now):
        keypad_calls.call_back(call=call, now=now)
        return now + BETWEEN
    if level >= Level.SAME_DAY:
        # A part of a check-in raises what it raises; it was seen when the last key was pressed.
        checkin.send(call=call, patient=patient, observed_at=call.updated_at, now=now)
    return None


def _has_been_told_since(call: KeypadCall) -> bool:
    """Somebody of the family has reported meanwhile, by whatever door."""
    later = Report.objects.filter(patient=call.patient, received_at__gt=call.started_at, is_drill=False)
    return later.exists()


def _may_call(call: KeypadCall, now: datetime) -> bool:
    """The patient is at home, no person must first read what the family wrote, and nobody is woken."""
    person, patient = call.user, call.patient
    if person is None or patient is None or not call.clinic.keypad_phone:
        return False
    if patient.status != PatientStatus.ACTIVE or holds.is_held(patient.pk):
        return False
    if now - call.updated_at <= AWAKE_FOR:
        return True
    zone = ZoneInfo(person.time_zone)
    return now == after_quiet_hours(
        now, zone=zone, quiet_from=person.quiet_from, quiet_until=person.quiet_until
    )
