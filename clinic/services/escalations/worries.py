""" "I am worried": a tap that no rule judges and that always leads to a call by a person."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic import row_scope
from clinic.access import get_cared_for
from clinic.models import Escalation, Patient, User, Worry
from clinic.models.escalation import Cause
from clinic.models.patient import PatientStatus
from clinic.models.system_alarm import AlarmKind
from clinic.queries.core import successors
from clinic.queries.protocols.patient_context import context_of
from clinic.queries.protocols.versions import current_rules_for
from clinic.rules.core.enums import Level
from clinic.rules.protocols.scoring.worries import level_without_question, worry_level
from clinic.services.core import alarms, audit, device_sends
from clinic.services.escalations import lifecycle
from clinic.services.paging import chain, holders, sending

LONGEST_WORDS = 2000


class WorryConflict(Exception):
    """Somebody else's worry is stored under this id."""


def record(
    *,
    worry_id: UUID,
    patient_id: UUID,
    by: User,
    told_at: datetime,
    now: datetime,
    is_strong: bool = False,
    words: str = "",
) -> Worry:
    """Put the family on the worklist to be called. The same tap again changes nothing.

    Sent again with words, or as "very worried", it adds what is new. NotVisible, WorryConflict.
    """
    visible = get_cared_for(by, patient_id)
    with transaction.atomic():
        # First the patient's row, as scoring does, so that both find one escalation.
        patient = Patient.objects.select_for_update(no_key=True).get(pk=visible.pk)
        worry = _store(patient, worry_id, by, is_strong, words[:LONGEST_WORDS].strip(), told_at, now)
        device_sends.note(by=by, record_id=worry_id)
        return worry


def _store(
    patient: Patient, worry_id: UUID, by: User, is_strong: bool, words: str, told_at: datetime, now: datetime
) -> Worry:
    # The id may be that of a worry at another clinic, whose rows are not given out here.
    with row_scope.everything():
        stored = Worry.objects.filter(pk=worry_id).first()
    if stored is None:
        return _create_worry(patient, worry_id, by, is_strong, words, told_at, now)
    if stored.author_id != by.pk or successors.newest(stored.patient).pk != patient.pk:
        raise WorryConflict
    if stored.patient_id != patient.pk:
        # Told before another clinic took the patient over: that one is asked to call them now.
        _open_escalation(patient, is_strong or stored.is_strong, by, "", now)
        return stored
    return _extend_worry(stored, patient, by, is_strong, words, now)


def _create_worry(
    patient: Patient, worry_id: UUID, by: User, is_strong: bool, words: str, told_at: datetime, now: datetime
) -> Worry:
    escalation = _open_escalation(patient, is_strong, by, words, now)
    worry = Worry.objects.create(
        id=worry_id,
        patient=patient,
        author=by,
        escalation=escalation,
        is_strong=is_strong,
        words=words,
        told_at=min(told_at, now),
        received_at=now,
    )
    if escalation is not None:
        _tell_holder(escalation, worry_id, now)
    _audit(worry, by, now)
    return worry


def _tell_holder(escalation: Escalation, worry_id: UUID, now: datetime) -> None:
    """It has joined what somebody has, which pages nobody: they are told that the family waits for a call.

    Where no text reaches that person, whoever is paged first is told.
    """
    holder = escalation.acknowledged_by
    if holder is None:
        return
    staff = holders.to_ask_first(escalation=escalation, user=holder)
    staff = staff or chain.first_person(escalation=escalation, now=now)
    if staff is not None:
        sending.text_worry(staff=staff, escalation_id=escalation.pk, worry_id=worry_id, now=now)


def _extend_worry(
    worry: Worry, patient: Patient, by: User, is_strong: bool, words: str, now: datetime
) -> Worry:
    news = words if words not in worry.words else ""
    if not news and not (is_strong and not worry.is_strong):
        return worry
    worry.is_strong = worry.is_strong or is_strong
    worry.words = "\n".join(filter(None, [worry.words, news]))
    worry.escalation = _open_escalation(patient, worry.is_strong, by, news, now)
    worry.save(update_fields=["is_strong", "words", "escalation"])
    _audit(worry, by, now)
    return worry


def _open_escalation(
    patient: Patient, is_strong: bool, by: User, words: str, now: datetime
) -> Escalation | None:
    """None only where the patient has died: nobody is paged, and staff are asked to call this family."""
    if patient.status == PatientStatus.DIED:
        alarms.raise_alarm(
            clinic_id=patient.clinic_id, kind=AlarmKind.CALL_FAMILY, subject=patient.pk, now=now
        )
    level = level_of_worry(patient, is_strong=is_strong, now=now)
    return lifecycle.open_for_cause(
        patient=patient, cause=Cause.WORRY, level=level, now=now, by=by, text=words
    )


def escalate_held_back(*, patient: Patient, now: datetime) -> None:
    """The patient lives: whoever of the family asked to be called meanwhile is owed that call after all.

    Runs in the transaction that takes the death back, which holds the lock on the patient's row.
    """
    held_back = Worry.objects.filter(patient=patient, escalation=None, called_back_at=None)
    for worry in held_back.select_related("author").order_by("received_at", "pk"):
        worry.escalation = _open_escalation(patient, worry.is_strong, worry.author, worry.words, now)
        worry.save(update_fields=["escalation"])


def level_of_worry(patient: Patient, *, is_strong: bool, now: datetime) -> Level:
    """How serious a tap about this patient is now."""
    protocol = current_rules_for(patient)
    if protocol is None:
        return level_without_question(is_strong=is_strong)
    return worry_level(protocol, context_of(patient, now), is_strong=is_strong)


def _audit(worry: Worry, by: User, now: datetime) -> None:
    audit.record(
        action="worry.told",
        by=by,
        now=now,
        clinic_id=worry.patient.clinic_id,
        subject_type="worry",
        subject_id=worry.pk,
        patient_id=worry.patient_id,
        detail={"strong": worry.is_strong},
    )
