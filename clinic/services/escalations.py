"""An escalation's life: opened or raised by a report, taken, noted and resolved by people."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from clinic.access import Permission, get_escalation, require
from clinic.models import Assessment, Escalation, EscalationEvent, Patient, Report, User
from clinic.models.escalation import Cause, Outcome
from clinic.models.escalation import EscalationEventKind as Kind
from clinic.models.escalation import EscalationState as State
from clinic.rules import ladder
from clinic.rules.enums import Level
from clinic.services import audit, live, paging


class AlreadyTaken(Exception):
    """Somebody else has acknowledged or resolved it: `by_name`, `at` and the `state` it is in."""

    def __init__(self, *, by_name: str, at: datetime | None, state: str) -> None:
        super().__init__(state)
        self.by_name, self.at, self.state = by_name, at, state


class NotAcknowledged(Exception):
    """It cannot be resolved before a person has acknowledged it."""


class AlreadyResolved(Exception):
    """It is resolved; nothing can be added."""


class OutcomeNeeded(Exception):
    """Urgent and emergency escalations close only with an outcome that we know."""


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


def open_or_raise(
    *, report: Report, assessment: Assessment, patient: Patient, now: datetime
) -> Escalation | None:
    """Open the patient's one escalation, or attach the report to it; its level rises, never falls.

    Runs inside the scoring transaction, which holds the lock on the patient's row.
    """
    return _take_in(_Trigger(level=Level(assessment.level), report=report), patient, now)


def open_for_cause(
    *, patient: Patient, cause: Cause, level: Level, now: datetime, by: User | None = None, text: str = ""
) -> Escalation | None:
    """The same for what no report says, such as a missed check-in; `text` is what the family wrote.

    Runs inside the caller's transaction, which holds the lock on the patient's row.
    """
    return _take_in(_Trigger(level=level, cause=cause, by=by, text=text), patient, now)


def acknowledge(*, escalation_id: UUID, by: User, now: datetime) -> Escalation:
    """Take it: one person wins, everybody else gets AlreadyTaken. Stops the pages."""
    with _held(escalation_id, by) as escalation:
        if escalation.state != State.OPEN:
            who = escalation.acknowledged_by or escalation.resolved_by
            raise AlreadyTaken(
                by_name=who.name if who else "",
                at=escalation.acknowledged_at or escalation.resolved_at,
                state=escalation.state,
            )
        escalation.state, escalation.acknowledged_at, escalation.acknowledged_by = State.ACKNOWLEDGED, now, by
        _save(escalation, "state", "acknowledged_at", "acknowledged_by")
        paging.cancel(escalation=escalation, now=now)
        _note(escalation, Kind.ACKNOWLEDGED, now, by=by)
        _tell(escalation, "escalation.acknowledged", by, now)
        return escalation


def add_note(*, escalation_id: UUID, by: User, text: str, now: datetime) -> EscalationEvent:
    """Add what was said on the phone. AlreadyResolved, EmptyNote."""
    with _held(escalation_id, by) as escalation:
        if escalation.state == State.RESOLVED:
            raise AlreadyResolved
        if not text.strip():
            raise EmptyNote
        _save(escalation)
        event = _note(escalation, Kind.NOTE, now, by=by, text=text.strip())
        _tell(escalation, "escalation.noted", by, now)
        return event


def resolve(*, escalation_id: UUID, by: User, outcome: str, note: str, now: datetime) -> Escalation:
    """Close it with what came of it. AlreadyResolved, NotAcknowledged, OutcomeNeeded."""
    with _held(escalation_id, by) as escalation:
        if escalation.state == State.RESOLVED:
            raise AlreadyResolved
        if escalation.state == State.OPEN:
            raise NotAcknowledged
        if outcome not in Outcome.values and (outcome or ladder.pages_staff(Level(escalation.level))):
            raise OutcomeNeeded
        escalation.state, escalation.resolved_at, escalation.resolved_by = State.RESOLVED, now, by
        escalation.outcome, escalation.resolution_note = outcome, note.strip()
        _save(escalation, "state", "resolved_at", "resolved_by", "outcome", "resolution_note")
        paging.cancel(escalation=escalation, now=now)
        _note(escalation, Kind.RESOLVED, now, by=by, text=note.strip())
        _tell(escalation, "escalation.resolved", by, now)
        return escalation


def _take_in(trigger: _Trigger, patient: Patient, now: datetime) -> Escalation | None:
    unresolved = Escalation.objects.exclude(state=State.RESOLVED).filter(patient=patient, is_drill=False)
    current = unresolved.select_for_update().first()
    if current is None:
        return _open(trigger, patient, now) if trigger.level >= Level.WATCH else None
    if trigger.level > Level(current.level):
        return _rise(current, trigger, now)
    return _attach(current, trigger, now)


def _open(trigger: _Trigger, patient: Patient, now: datetime) -> Escalation:
    escalation = Escalation.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        level=trigger.level,
        severity=trigger.level.rank,
        opened_at=now,
        waiting_since=now,
    )
    _note_trigger(escalation, Kind.OPENED, trigger, now)
    if ladder.pages_staff(trigger.level):
        paging.start(escalation=escalation, now=now)
    _tell(escalation, "escalation.opened", None, now)
    return escalation


def _rise(escalation: Escalation, trigger: _Trigger, now: datetime) -> Escalation:
    """What somebody took was something lesser, so a rise waits for a person anew."""
    escalation.level, escalation.severity, escalation.state = trigger.level, trigger.level.rank, State.OPEN
    escalation.acknowledged_at, escalation.acknowledged_by, escalation.waiting_since = None, None, now
    _save(escalation, "level", "severity", "state", "acknowledged_at", "acknowledged_by", "waiting_since")
    _note_trigger(escalation, Kind.ROSE, trigger, now)
    if ladder.pages_staff(trigger.level):
        paging.start(escalation=escalation, now=now)
    _tell(escalation, "escalation.rose", None, now)
    return escalation


def _attach(escalation: Escalation, trigger: _Trigger, now: datetime) -> Escalation:
    if trigger.cause:
        kind = Kind.CAUSE_ADDED
    else:
        kind = Kind.REPORT_ATTACHED if trigger.level == Level(escalation.level) else Kind.IMPROVED
    _save(escalation)
    _note_trigger(escalation, kind, trigger, now)
    _tell(escalation, "escalation.report_attached" if trigger.report else "escalation.cause_added", None, now)
    return escalation


@contextmanager
def _held(escalation_id: UUID, by: User) -> Iterator[Escalation]:
    """The escalation, locked in a transaction. A refusal comes before it, so its audit row stays."""
    visible = get_escalation(by, escalation_id)
    require(by, Permission.ACT_ON_ESCALATIONS, visible.clinic_id)
    with transaction.atomic():
        # No join here: after waiting for the lock PostgreSQL would pair the new row with old neighbours.
        yield Escalation.objects.select_for_update().get(pk=visible.pk)


def _save(escalation: Escalation, *fields: str) -> None:
    escalation.version = F("version") + 1
    escalation.save(update_fields=[*fields, "version"])
    escalation.refresh_from_db(fields=["version"])


def _note(
    escalation: Escalation, kind: Kind, now: datetime, *, by: User | None = None, text: str = ""
) -> EscalationEvent:
    return EscalationEvent.objects.create(escalation=escalation, kind=kind, at=now, by=by, text=text)


def _note_trigger(escalation: Escalation, kind: Kind, trigger: _Trigger, now: datetime) -> EscalationEvent:
    return EscalationEvent.objects.create(
        escalation=escalation,
        kind=kind,
        at=now,
        by=trigger.by,
        report=trigger.report,
        cause=trigger.cause,
        level=trigger.level,
        text=trigger.text,
    )


def _tell(escalation: Escalation, action: str, by: User | None, now: datetime) -> None:
    audit.record(
        action=action,
        by=by,
        now=now,
        clinic_id=escalation.clinic_id,
        subject_type="escalation",
        subject_id=escalation.pk,
        patient_id=escalation.patient_id,
        detail={
            "level": str(escalation.level),
            "state": str(escalation.state),
            "version": escalation.version,
        },
    )
    live.changed(
        clinic_id=escalation.clinic_id, kind=action, ref=escalation.pk, level=str(escalation.level), now=now
    )
