"""The life of an escalation: opened or raised by a report, acknowledged, noted and resolved by people."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from clinic.models import (
    Assessment,
    Escalation,
    EscalationEvent,
    Patient,
    Report,
    User,
)
from clinic.models.escalation import Cause, Outcome
from clinic.models.escalation import EscalationEventKind as Kind
from clinic.models.escalation import EscalationState as State
from clinic.models.patient import PatientStatus
from clinic.models.suppression import SuppressionRule
from clinic.models.word_back import WordBackKind
from clinic.queries.core import staff_roles
from clinic.queries.escalations import seen
from clinic.rules.core.enums import Level
from clinic.rules.protocols.document.questions import Text
from clinic.rules.reports import phone_levels
from clinic.services.core import suppressions
from clinic.services.escalations import call_backs, changes, contacts, known, outcomes, triggers
from clinic.services.escalations.call_backs import CallOrWordsNeeded
from clinic.services.escalations.changes import AlreadyResolved, NotHolder
from clinic.services.escalations.known import Expected
from clinic.services.escalations.outcomes import AnswerMissing, OutcomeNeeded
from clinic.services.escalations.triggers import Trigger
from clinic.services.paging import chain
from clinic.services.patients import life_events, word_back
from clinic.services.reports import disagreements

__all__ = ["AlreadyResolved", "AnswerMissing", "CallOrWordsNeeded", "NotHolder", "OutcomeNeeded"]


_NO_CHECKIN_IS_MISSED = {
    PatientStatus.PAUSED: SuppressionRule.PAUSED,
    PatientStatus.ADMITTED: SuppressionRule.IN_HOSPITAL,
}


class AlreadyTaken(Exception):
    """Somebody else has acknowledged or resolved it: `by`, `at` and the `state` it is in."""

    def __init__(self, *, by: User | None, at: datetime | None, state: str) -> None:
        super().__init__(state)
        self.by, self.at, self.state = by, at, state

    @property
    def by_name(self) -> str:
        return self.by.name if self.by else ""


class NotAcknowledged(Exception):
    """It cannot be resolved before a person has acknowledged it."""


class EmptyNote(Exception):
    """A note needs words."""


def open_or_raise(
    *, report: Report, assessment: Assessment, patient: Patient, now: datetime
) -> Escalation | None:
    """Open the patient's one escalation, or attach the report to it; its level rises, never falls.

    What makes worse what somebody has taken opens it again and asks them first (`triggers`).
    Runs inside the scoring transaction, which holds the lock on the patient's row. What somebody expects
    does not count; see known.level_left. None where nothing else is left of the report. The phone's word
    counts like the rules': the higher one escalates.
    """
    rules = seen.levels_of(assessment)
    facts: dict[str, Any] = {"report": report, "assessment": assessment, "patient": patient, "now": now}
    left = known.level_left(**facts)
    as_expected = left < phone_levels.counted(assessment.level, report.level_on_phone)
    trigger = Trigger(level=left, report=report, rules=rules, as_expected=as_expected)
    escalation = triggers.apply(trigger=trigger, patient=patient, now=now)
    if as_expected:
        known.put_on_record(**facts, escalation=escalation)
    return escalation


def raise_by_phone(
    *, report: Report, assessment: Assessment, patient: Patient, now: datetime
) -> Escalation | None:
    """A report that was scored came again, and its phone says more: that escalates by itself.

    Runs inside the scoring transaction. A report enters an escalation once, so one that has is followed by a
    cause of its own.
    """
    if not EscalationEvent.objects.filter(report=report).exists():
        return open_or_raise(report=report, assessment=assessment, patient=patient, now=now)
    level = phone_levels.counted(assessment.level, report.level_on_phone)
    return open_for_cause(patient=patient, cause=Cause.PHONE_LEVEL, level=level, by=report.author, now=now)


def open_for_cause(
    *,
    patient: Patient,
    cause: Cause,
    level: Level,
    now: datetime,
    by: User | None = None,
    text: str = "",
    why: Text | None = None,
) -> Escalation | None:
    """The same for a cause without a report, such as a missed check-in.

    `text` is what the family wrote, `why` what the protocol says, in each of its languages.
    Nobody is paged for a check-in that a paused patient missed, or one in hospital; that is put on record.
    Runs inside the caller's transaction, which holds the lock on the patient's row.
    """
    if cause == Cause.MISSED_CHECKIN and patient.status in _NO_CHECKIN_IS_MISSED:
        suppressions.record(
            clinic_id=patient.clinic_id,
            rule=_NO_CHECKIN_IS_MISSED[PatientStatus(patient.status)],
            patient_id=patient.pk,
            now=now,
        )
        return None
    rules = seen.level_of_cause(cause, level)
    trigger = Trigger(level=level, cause=cause, by=by, text=text, why=why or {}, rules=rules)
    return triggers.apply(trigger=trigger, patient=patient, now=now)


def acknowledge(*, escalation_id: UUID, by: User, now: datetime) -> Escalation:
    """Take it on a lease: one person wins, everybody else gets AlreadyTaken. Stops the pages.

    Where two roles must answer, the other role's first person joins; whoever took it first still has it.
    """
    with changes.acting_on(escalation_id, by) as escalation:
        role = staff_roles.role_at(user=by, clinic_id=escalation.clinic_id)
        owed = escalation.required_answers.filter(role=role, answered_at__isnull=True)
        joins = escalation.state == State.ACKNOWLEDGED and owed.exists()
        if escalation.state != State.OPEN and not joins:
            raise AlreadyTaken(
                by=escalation.resolved_by or escalation.acknowledged_by,
                at=escalation.resolved_at or escalation.acknowledged_at,
                state=escalation.state,
            )
        if joins:
            owed.update(answered_at=now, answered_by=by)
            changes.save_fields(escalation)
        else:
            changes.save_fields(escalation, *changes.assign(escalation, to=by, now=now))
        chain.stop_answered(escalation=escalation, now=now)
        changes.add_event(escalation, Kind.JOINED if joins else Kind.ACKNOWLEDGED, now, by=by)
        changes.publish(escalation, "escalation.joined" if joins else "escalation.acknowledged", by, now)
        word_back.send(escalation=escalation, kind=WordBackKind.TAKEN, now=now)
        return escalation


def add_note(*, escalation_id: UUID, by: User, text: str, now: datetime) -> EscalationEvent:
    """Add what was said on the phone; the holder's note starts a new lease. AlreadyResolved, EmptyNote."""
    with changes.acting_on(escalation_id, by) as escalation:
        changes.require_unresolved(escalation)
        if not text.strip():
            raise EmptyNote
        fields = changes.start_lease(escalation, now=now) if escalation.acknowledged_by_id == by.pk else ()
        changes.save_fields(escalation, *fields)
        event = changes.add_event(escalation, Kind.NOTE, now, by=by, text=text.strip())
        changes.publish(escalation, "escalation.noted", by, now)
        return event


def resolve(
    *,
    escalation_id: UUID,
    by: User,
    outcome: str,
    note: str,
    now: datetime,
    confirmed: UUID | None = None,
    expected: Sequence[Expected] = (),
) -> Escalation:
    """Close it with what came of it.

    "Could not reach" closes nothing: it hands the patient to the next person (contacts.reopen_unreached).
    Only its holder does; a colleague takes it over first, with a reason (transfers.take_over).
    `confirmed` is the report that proved right where two of the family's differed. `expected` are mild
    findings that need not page again for a while (known.name, whose refusals it raises). "Admitted" puts the
    admission on record, once (patients/life_events).
    AlreadyResolved, NotAcknowledged, NotHolder, OutcomeNeeded, AnswerMissing,
    contacts.CallsNeeded, CallOrWordsNeeded.
    """
    with changes.answering(escalation_id, by) as (escalation, patient):
        changes.require_unresolved(escalation)
        if escalation.state == State.OPEN:
            raise NotAcknowledged
        changes.require_holder(escalation, by)
        # What was answered for on lowering it below urgent still holds.
        outcome = outcome or outcomes.of_lowering(escalation)
        outcomes.require_to_resolve(escalation, outcome)
        if outcome == Outcome.COULD_NOT_REACH:
            return contacts.reopen_unreached(escalation=escalation, by=by, note=note, now=now)
        outcomes.require_all_roles(escalation)
        call_backs.settle(escalation=escalation, outcome=outcome, words=note, by=by, now=now)
        disagreements.settle(escalation=escalation, confirmed=confirmed, by=by, now=now)
        known.name(escalation=escalation, expected=expected, reason=note, by=by, now=now)
        if outcome == Outcome.ADMITTED:
            life_events.admit_by_outcome(patient=patient, escalation=escalation, by=by, now=now)
        return close_locked(escalation, by, outcome, note.strip(), now)


def close_locked(escalation: Escalation, by: User, outcome: str, note: str, now: datetime) -> Escalation:
    """Close what the caller has locked, and may close."""
    escalation.state, escalation.resolved_at, escalation.resolved_by = State.RESOLVED, now, by
    escalation.outcome, escalation.resolution_note = outcome, note
    fields = ("state", "resolved_at", "resolved_by", "outcome", "resolution_note")
    changes.save_fields(escalation, *fields, *changes.clear_lease(escalation))
    changes.lapse_requests(escalation, now=now)
    chain.cancel(escalation=escalation, now=now)
    changes.add_event(escalation, Kind.RESOLVED, now, by=by, text=note)
    changes.publish(escalation, "escalation.resolved", by, now)
    word_back.send(escalation=escalation, kind=WordBackKind.CLOSED, now=now)
    return escalation
