"""The life of an escalation: opened or raised by a report, acknowledged, noted and resolved by people."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from clinic.models import (
    Assessment,
    Escalation,
    EscalationEvent,
    Patient,
    ProtocolVersion,
    Report,
    RequiredAnswer,
    User,
)
from clinic.models.escalation import Cause, Outcome
from clinic.models.escalation import EscalationEventKind as Kind
from clinic.models.escalation import EscalationState as State
from clinic.models.patient import PatientStatus
from clinic.models.suppression import SuppressionRule
from clinic.models.word_back import WordBackKind
from clinic.prepared import PreparedQuery
from clinic.queries.core import staff_roles, successors
from clinic.queries.escalations import seen
from clinic.queries.paging import ladders
from clinic.rules.core.enums import Level
from clinic.rules.paging import ladder
from clinic.rules.protocols.document.questions import Text
from clinic.rules.reports import phone_levels
from clinic.services.core import suppressions
from clinic.services.escalations import call_backs, changes, contacts, known, outcomes
from clinic.services.escalations.call_backs import CallOrWordsNeeded
from clinic.services.escalations.changes import AlreadyResolved, NotHolder
from clinic.services.escalations.known import Expected
from clinic.services.escalations.outcomes import AnswerMissing, OutcomeNeeded
from clinic.services.paging import chain
from clinic.services.patients import life_events, word_back
from clinic.services.protocols.versions import NoProtocol, current_version_for
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


@dataclass(frozen=True)
class _Trigger:
    """What moves a patient's escalation: a scored report, or a cause without one."""

    level: Level
    report: Report | None = None
    cause: str = ""
    by: User | None = None
    text: str = ""
    why: Text = field(default_factory=dict)
    # What fired, with its level; a cause stands beside the rules.
    rules: Mapping[str, Level] = field(default_factory=dict)
    # It would page, but for what somebody expects.
    as_expected: bool = False


def open_or_raise(
    *, report: Report, assessment: Assessment, patient: Patient, now: datetime
) -> Escalation | None:
    """Open the patient's one escalation, or attach the report to it; its level rises, never falls.

    What makes worse what somebody has taken opens it again and asks them first (`_reopen_worse`).
    Runs inside the scoring transaction, which holds the lock on the patient's row. What somebody expects
    does not count; see known.level_left. None where nothing else is left of the report. The phone's word
    counts like the rules': the higher one escalates.
    """
    rules = seen.levels_of(assessment.reasons)
    facts: dict[str, Any] = {"report": report, "assessment": assessment, "patient": patient, "now": now}
    left = known.level_left(**facts)
    as_expected = left < phone_levels.counted(assessment.level, report.level_on_phone)
    trigger = _Trigger(level=left, report=report, rules=rules, as_expected=as_expected)
    escalation = _apply_trigger(trigger, patient, now)
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
    trigger = _Trigger(level=level, cause=cause, by=by, text=text, why=why or {}, rules=rules)
    return _apply_trigger(trigger, patient, now)


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


_unresolved = PreparedQuery(
    lambda patient_id: (
        Escalation.objects.exclude(state=State.RESOLVED)
        .filter(patient=patient_id, is_drill=False)
        .select_for_update()
        .order_by("pk")[:1]
    ),
    UUID,
)


def _apply_trigger(trigger: _Trigger, patient: Patient, now: datetime) -> Escalation | None:
    if patient.status == PatientStatus.DIED:
        if ladder.pages_staff(trigger.level):
            suppressions.record(
                clinic_id=patient.clinic_id, rule=SuppressionRule.DIED, patient_id=patient.pk, now=now
            )
        return None
    goes_on = successors.newest(patient)
    if goes_on.pk != patient.pk:
        return _open_where_they_are(trigger, goes_on, now)
    current = _unresolved.first(patient.pk)
    if current is None:
        return _open(trigger, patient, now) if ladder.is_listed(trigger.level) else None
    if trigger.level > Level(current.level):
        current.level, current.severity = trigger.level, trigger.level.rank
        return _reopen_worse(current, Kind.ROSE, trigger, now)
    if current.state == State.ACKNOWLEDGED and _is_worse(current, trigger):
        return _reopen_worse(current, Kind.WORSENED, trigger, now)
    return _attach_to_escalation(current, trigger, now)


def _open_where_they_are(trigger: _Trigger, patient: Patient, now: datetime) -> Escalation | None:
    """It came in at a clinic that had handed the patient over at that moment: the other one is paged."""
    if not ladder.is_listed(trigger.level):
        return None
    locked = Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    return open_for_cause(
        patient=locked, cause=Cause.OTHER_CLINIC, level=trigger.level, by=trigger.by, now=now
    )


def _open(trigger: _Trigger, patient: Patient, now: datetime) -> Escalation:
    escalation = Escalation.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        level=trigger.level,
        severity=trigger.level.rank,
        opened_at=now,
        waiting_since=now,
        protocol_version=_protocol_version_for(trigger, patient),
        ladder=ladder.to_json(ladders.of_clinic(patient.clinic_id)),
    )
    _add_trigger_event(escalation, Kind.OPENED, trigger, now)
    _start_paging(escalation, trigger, now)
    changes.publish(escalation, "escalation.opened", None, now)
    return escalation


def _is_worse(escalation: Escalation, trigger: _Trigger) -> bool:
    """Whether it brings something that pages staff, and that whoever has it has not taken on."""
    return ladder.pages_staff(trigger.level) and ladder.is_worse(trigger.rules, seen.levels_seen(escalation))


def _reopen_worse(escalation: Escalation, kind: Kind, trigger: _Trigger, now: datetime) -> Escalation:
    """Whoever has it took on something lesser, so it is open again, no longer set aside, and sounds.

    From urgent up that person is asked first, and alone for a tenth of the lease; see chain.start.
    """
    had_it = escalation.acknowledged_by
    fields = changes.reopen(escalation, waiting_since=now, now=now)
    changes.save_fields(escalation, "level", "severity", *fields)
    _add_trigger_event(escalation, kind, trigger, now)
    _start_paging(escalation, trigger, now, had_it=had_it)
    changes.publish(escalation, f"escalation.{kind.value}", None, now)
    return escalation


def _attach_to_escalation(escalation: Escalation, trigger: _Trigger, now: datetime) -> Escalation:
    if trigger.cause:
        kind = Kind.CAUSE_ADDED
    elif trigger.as_expected:
        kind = Kind.EXPECTED
    else:
        kind = Kind.REPORT_ATTACHED if trigger.level == Level(escalation.level) else Kind.IMPROVED
    changes.save_fields(escalation)
    event = _add_trigger_event(escalation, kind, trigger, now)
    if ladder.pages_staff(trigger.level):
        _record_suppression(escalation, event, now)
        _add_owed_roles(escalation, trigger, now)
    action = "escalation.report_attached" if trigger.report else "escalation.cause_added"
    changes.publish(escalation, action, None, now)
    return escalation


def _start_paging(
    escalation: Escalation, trigger: _Trigger, now: datetime, *, had_it: User | None = None
) -> None:
    """Each role that must answer gets a row and a chain; one chain for everybody where none is named."""
    if not ladder.pages_staff(trigger.level):
        return
    for role in _roles_asked_for(escalation, trigger):
        RequiredAnswer.objects.get_or_create(escalation=escalation, role=role)
    chain.start(escalation=escalation, now=now, had_it=had_it)


def _roles_asked_for(escalation: Escalation, trigger: _Trigger) -> tuple[str, ...]:
    return ladder.from_json(escalation.ladder).roles(trigger.level, trigger.rules)


def _add_owed_roles(escalation: Escalation, trigger: _Trigger, now: datetime) -> None:
    """What joins may owe a role that nothing before it did; whoever has it has answered for their own."""
    there = set(escalation.required_answers.values_list("role", flat=True))
    missing = [role for role in _roles_asked_for(escalation, trigger) if role not in there]
    holder = escalation.acknowledged_by
    own_role = staff_roles.role_at(user=holder, clinic_id=escalation.clinic_id) if holder else ""
    for role in missing:
        answered = {"answered_at": now, "answered_by": holder} if holder and role == own_role else {}
        RequiredAnswer.objects.create(escalation=escalation, role=role, **answered)
    if missing:
        chain.start_owed(escalation=escalation, now=now)


def _record_suppression(escalation: Escalation, event: EscalationEvent, now: datetime) -> None:
    """Record that this alone would have paged somebody, had the escalation not been running already."""
    is_taken = escalation.state == State.ACKNOWLEDGED
    suppressions.record(
        clinic_id=escalation.clinic_id,
        rule=SuppressionRule.ALREADY_HELD if is_taken else SuppressionRule.ALREADY_PAGING,
        patient_id=escalation.patient_id,
        escalation_id=escalation.pk,
        would_page=chain.first_person(escalation=escalation, now=now),
        event=event,
        now=now,
    )


def _protocol_version_for(trigger: _Trigger, patient: Patient) -> ProtocolVersion | None:
    if trigger.report:
        return trigger.report.protocol_version
    try:
        return current_version_for(patient=patient)
    except NoProtocol:
        return None


def _add_trigger_event(
    escalation: Escalation, kind: Kind, trigger: _Trigger, now: datetime
) -> EscalationEvent:
    return EscalationEvent.objects.create(
        escalation=escalation,
        kind=kind,
        at=now,
        by=trigger.by,
        report=trigger.report,
        cause=trigger.cause,
        level=trigger.level,
        text=trigger.text,
        why=dict(trigger.why),
    )
