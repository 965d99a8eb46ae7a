"""The beginning of a call: language, the person's code, and for whom. Nothing of a patient is said before."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import translation

from caregiver.rules.keypad import keys
from caregiver.rules.keypad.dialogue import NO_KEY, WRONG_KEY
from caregiver.services.keypad import checkin, identity, words
from caregiver.services.keypad.words import Say
from clinic.models import KeypadCall, Patient, User
from clinic.models.keypad_call import KeypadStage
from clinic.services.core import audit
from clinic.services.protocols.versions import NoProtocol

CODE_DIGITS = 6
START, NO_MORE_CALLS = "1", "9"
_RIGHT, _NOT_RIGHT = "1", "2"
ENDS = frozenset({KeypadStage.REFUSED, KeypadStage.LEFT})


def ask(*, call: KeypadCall, offered: Sequence[str], slip: str) -> tuple[Say, ...]:
    """What is asked at this stage. Each language says for itself how it is chosen, and about danger."""
    if call.stage == KeypadStage.LANGUAGE:
        return tuple(_choose_language(call, code, key) for key, code in enumerate(offered, start=1))
    with translation.override(call.language):
        return (Say(f"{words.slip(slip)} {_asked(call, slip)}".strip(), call.language),)


def answer(*, call: KeypadCall, digits: str, offered: Sequence[str], now: datetime) -> str:
    """Move the call on by these digits, or count a miss; the kind of slip, empty where there was none."""
    if not digits:
        call.misses += 1
        return NO_KEY
    if digits == keys.STAR and call.stage != KeypadStage.CODE:
        return ""
    if call.stage == KeypadStage.CODE:
        return _on_code(call, digits, now)
    moved = {
        KeypadStage.BEGIN: _on_begin,
        KeypadStage.LANGUAGE: _on_language,
        KeypadStage.PATIENT: _on_patient,
    }[KeypadStage(call.stage)](call, digits, offered, now)
    call.misses = 0 if moved else call.misses + 1
    return "" if moved else WRONG_KEY


def _choose_language(call: KeypadCall, code: str, key: int) -> Say:
    with translation.override(code):
        return Say(f"{words.danger(call.clinic)} {words.language_key(key)}", code)


def _asked(call: KeypadCall, slip: str) -> str:
    danger = words.danger(call.clinic)
    if call.stage == KeypadStage.BEGIN:
        return f"{words.ask_begin(call.clinic.sms_brand)} {danger}"
    if call.stage == KeypadStage.PATIENT and call.patient is not None:
        return words.about(call.patient.given_name)
    if call.stage == KeypadStage.PATIENT:
        patients = identity.patients_of(person=_person(call), clinic=call.clinic)
        keyed = enumerate(patients[: keys.MOST_CHOICES], start=1)
        return " ".join(words.patient_key(one.given_name, key) for key, one in keyed)
    if call.wrong_codes and not slip:
        return words.wrong_code()
    # In a call of ours the danger line has been said; who has chosen a language has heard it, too.
    return words.ask_code() if call.turn else f"{danger} {words.ask_code()}"


def _on_begin(call: KeypadCall, digits: str, _offered: Sequence[str], _now: datetime) -> bool:
    if digits != START:
        return False
    call.stage = KeypadStage.CODE
    return True


def _on_language(call: KeypadCall, digits: str, offered: Sequence[str], _now: datetime) -> bool:
    index = keys.choice(digits, len(offered))
    if index is None:
        return False
    call.language, call.stage = offered[index], KeypadStage.CODE
    return True


def _on_code(call: KeypadCall, digits: str, now: datetime) -> str:
    """Known and unknown numbers are treated alike, to the words and to the time that it takes.

    What is too short is a slip, and no try.
    """
    if len(digits) != CODE_DIGITS:
        call.misses += 1
        return WRONG_KEY
    phone = str(call.phone)
    may = identity.may_try(clinic=call.clinic, phone=phone, now=now)
    person = identity.person_of(clinic=call.clinic, phone=phone, code=digits)
    call.misses = 0
    if may and person is not None:
        call.user = person
        _choose_patient(call, identity.patients_of(person=person, clinic=call.clinic), now)
        return ""
    call.wrong_codes += 1
    if not may or call.wrong_codes >= identity.TRIES_PER_CALL:
        call.stage = KeypadStage.REFUSED
        _note_refusal(call, now)
    return ""


def _choose_patient(call: KeypadCall, patients: Sequence[Patient], now: datetime) -> None:
    if len(patients) > 1:
        call.stage = KeypadStage.PATIENT
    elif patients:
        _start(call, patients[0], now)
    else:
        call.stage = KeypadStage.REFUSED


def _on_patient(call: KeypadCall, digits: str, _offered: Sequence[str], now: datetime) -> bool:
    """Chosen, then confirmed: a slip of the key would be a report about somebody else.

    The name is said by itself, in a turn without any question (docs/adr/0042).
    """
    if call.patient is not None:
        return _on_name(call, call.patient, digits, now)
    patients = identity.patients_of(person=_person(call), clinic=call.clinic)
    index = keys.choice(digits, len(patients))
    if index is None:
        return False
    call.patient = patients[index]
    return True


def _on_name(call: KeypadCall, patient: Patient, digits: str, now: datetime) -> bool:
    if digits == _NOT_RIGHT:
        call.patient = None
    elif digits == _RIGHT:
        _start(call, patient, now)
    return digits in (_RIGHT, _NOT_RIGHT)


def _start(call: KeypadCall, patient: Patient, now: datetime) -> None:
    call.patient = patient
    try:
        checkin.start(call=call, now=now)
    except NoProtocol:
        call.stage = KeypadStage.REFUSED


def _note_refusal(call: KeypadCall, now: datetime) -> None:
    """By the number, which the call keeps for a week; the audit learns no number."""
    audit.record(
        action="keypad.refused",
        by=None,
        now=now,
        clinic_id=call.clinic_id,
        subject_type="keypad_call",
        subject_id=call.pk,
    )


def _person(call: KeypadCall) -> User:
    if call.user is None:
        raise LookupError("nobody is known in this call yet")
    return call.user
