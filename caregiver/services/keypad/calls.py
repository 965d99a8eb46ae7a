"""One request of the telephone company in a call: what was pressed, and what is said next.

Each address that a call is led to names its turn. A request about an earlier turn, because the company
repeats it or it comes late, is answered with what is asked now, and changes nothing.
"""

import logging
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import translation

from caregiver.rules.keypad import dialogue, keys
from caregiver.services.keypad import checkin, entry, words
from caregiver.services.keypad.words import Say
from clinic import row_scope
from clinic.models import Clinic, KeypadCall
from clinic.models.keypad_call import KeypadStage
from clinic.queries.core import languages
from clinic.services.checkins import keypad_calls
from notifications import queries as messages
from notifications.services import calls as our_calls

logger = logging.getLogger(__name__)

# A key is pressed at once; a number has to be read off.
_SECONDS, _SECONDS_FOR_NUMBER = 7, 12
# The code has been right: who it is stands in the row.
_KNOWN = (KeypadStage.QUESTIONS, KeypadStage.DONE, KeypadStage.LEFT)


@dataclass(frozen=True)
class Wait:
    """For how many keys, and how long; 0 keys: as many as come before the pound key."""

    digits: int = 1
    seconds: int = _SECONDS


@dataclass(frozen=True)
class Spoken:
    """What is said now. Without `wait` the call ends with it."""

    says: tuple[Say, ...]
    wait: Wait | None = None
    call_id: UUID | None = None
    turn: int = 0
    language: str = words.ENGLISH


class NoSuchCall(Exception):
    """There is no call of this id; only who has our signed address could ask."""


@row_scope.everything()
def open_incoming(*, sid: str, from_phone: str, to_phone: str, now: datetime) -> Spoken:
    """A family calls. The same request again gives the same beginning."""
    clinic = Clinic.objects.filter(keypad_phone=to_phone).first() if to_phone else None
    if clinic is None:
        return Spoken((Say(f"{words.danger()} {words.no_such_number()}"),))
    offered = _offered(clinic)
    stage = KeypadStage.LANGUAGE if len(offered) > 1 else KeypadStage.CODE
    call, _created = KeypadCall.objects.get_or_create(
        sid=sid,
        defaults={
            "clinic": clinic,
            "phone": from_phone,
            "language": offered[0],
            "stage": stage,
            "started_at": now,
            "updated_at": now,
        },
    )
    return _spoken(call, now)


@row_scope.everything()
def open_ours(*, message_id: UUID, sid: str, now: datetime) -> Spoken:
    """A call of ours was taken, by whoever or whatever machine it was."""
    found = messages.call_placed(message_id)
    clinic = Clinic.objects.filter(keypad_phone=found.caller).first() if found else None
    if found is None or clinic is None:
        return Spoken((Say(words.danger()),))
    offered = _offered(clinic)
    before = KeypadCall.objects.filter(call_back_id=message_id).first()
    call, _created = KeypadCall.objects.get_or_create(
        sid=sid,
        defaults={
            "clinic": clinic,
            "message_id": message_id,
            "phone": found.to,
            "language": found.language if found.language in offered else offered[0],
            "stage": KeypadStage.BEGIN,
            "call_backs": before.call_backs if before else 0,
            "started_at": now,
            "updated_at": now,
        },
    )
    return _spoken(call, now)


def next_turn(*, call_id: UUID, turn: int, digits: str, now: datetime) -> Spoken:
    """What follows from these digits. NoSuchCall.

    From the code on the rows of the caller's own clinics are all that is to be seen.
    """
    with row_scope.everything():
        known = KeypadCall.objects.filter(pk=call_id).values_list("stage", "user_id").first()
        if known is None:
            raise NoSuchCall
        if known[0] not in _KNOWN:
            return _turn(call_id, turn, digits, now)
    token = row_scope.enter_person(known[1])
    try:
        return _turn(call_id, turn, digits, now)
    finally:
        row_scope.leave(token)


@transaction.atomic
def _turn(call_id: UUID, turn: int, digits: str, now: datetime) -> Spoken:
    rows = KeypadCall.objects.select_for_update(of=("self",))
    call = rows.select_related("clinic", "user", "patient__clinic", "protocol_version__protocol").get(
        pk=call_id
    )
    if turn != call.turn:
        return _spoken(call, now)
    if call.stage == KeypadStage.LEFT and call.progress:
        # Slow, and not cut off after all: they go on.
        call.stage = KeypadStage.QUESTIONS
    if call.stage in entry.ENDS:
        return _spoken(call, now)
    call.turn, call.updated_at = turn + 1, now
    if digits and call.message_id:
        our_calls.record_key(message_id=call.message_id, sid=call.sid, now=now)
    spoken = _answered(call, digits, now)
    call.save()
    return spoken


def _answered(call: KeypadCall, digits: str, now: datetime) -> Spoken:
    if call.stage in (KeypadStage.QUESTIONS, KeypadStage.DONE):
        return _said(call, checkin.answer(call=call, digits=digits, now=now), now)
    with translation.override(call.language):
        if call.stage == KeypadStage.BEGIN and digits == entry.NO_MORE_CALLS and call.message_id:
            keypad_calls.stop_calling(message_id=call.message_id, now=now)
            call.stage = KeypadStage.REFUSED
            return _end(call, f"{words.no_more_calls()} {words.danger(call.clinic)}")
    slip = entry.answer(call=call, digits=digits, offered=_offered(call.clinic), now=now)
    if call.stage == KeypadStage.QUESTIONS:
        return _said(call, checkin.begin(call=call, now=now), now)
    return _spoken(call, now, slip)


def _spoken(call: KeypadCall, now: datetime, slip: str = "") -> Spoken:
    """What the call asks where it stands."""
    if call.stage in (KeypadStage.QUESTIONS, KeypadStage.DONE):
        return _said(call, checkin.current(call=call, now=now), now)
    if call.misses >= dialogue.MOST_MISSES or call.stage in (KeypadStage.REFUSED, KeypadStage.LEFT):
        with translation.override(call.language):
            last = _why_it_ends(call)
            return _end(call, f"{last} {words.danger(call.clinic)} {words.call_instead(call.clinic)}".strip())
    says = entry.ask(call=call, offered=_offered(call.clinic), slip=slip)
    many = call.stage == KeypadStage.CODE
    wait = Wait(entry.CODE_DIGITS, _SECONDS_FOR_NUMBER) if many else Wait()
    return Spoken(says, wait, call.pk, call.turn, call.language)


def _why_it_ends(call: KeypadCall) -> str:
    """Only to whom the code has proven it is said that there is nobody to report for."""
    if call.stage not in entry.ENDS:
        return words.stops_here()
    return words.nobody_here() if call.user_id else ""


def _said(call: KeypadCall, answer: checkin.Answer, now: datetime) -> Spoken:
    if answer.is_last:
        return Spoken((answer.say,), None, call.pk, call.turn, answer.say.language)
    wait = Wait(0, _SECONDS_FOR_NUMBER) if answer.is_typed else Wait()
    return Spoken((answer.say,), wait, call.pk, call.turn, answer.say.language)


def _end(call: KeypadCall, sentences: str) -> Spoken:
    return Spoken((Say(sentences, call.language),), None, call.pk, call.turn, call.language)


def _offered(clinic: Clinic) -> list[str]:
    """The clinic's languages that we have a voice for, as many as there are keys; English first."""
    offered = [code for code, _name in languages.choices([clinic.pk]) if code in words.VOICES]
    return offered[: keys.MOST_CHOICES]
