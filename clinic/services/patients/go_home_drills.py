"""The go-home drill: a family's test alarm, answered by a nurse before monitoring starts."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic.access import Permission, get_drill, require
from clinic.models import Assessment, Escalation, EscalationEvent, Patient, Report, User
from clinic.models.escalation import EscalationEventKind as Kind
from clinic.models.escalation import EscalationState as State
from clinic.rules.core.enums import Kind as QuestionKind
from clinic.rules.core.enums import Level
from clinic.rules.paging.ladder import LISTED_FROM
from clinic.rules.protocols.document.protocol import Protocol
from clinic.services.core import audit, live


class NoDrillNow(Exception):
    """The patient is monitored already, so a drill could hide a real alarm."""


class DrillAlreadyAnswered(Exception):
    """Somebody has answered this test."""


def answers_of(protocol: Protocol) -> dict[str, object]:
    """What the test says: the first danger sign of the checklist, so that it is scored as serious."""
    signs = next(one for one in protocol.questions if one.kind is QuestionKind.TICKS)
    return {signs.key: [signs.options[0].value]}


def open_for(*, report: Report, assessment: Assessment, patient: Patient, now: datetime) -> Escalation:
    """Show the test on every console. Pages nobody.

    Runs inside the scoring transaction, which holds the lock on the patient's row.
    """
    waiting = Escalation.objects.exclude(state=State.RESOLVED).filter(patient=patient, is_drill=True)
    escalation = waiting.select_for_update().first() or _create_escalation(
        patient, Level(assessment.level), now
    )
    _add_event(escalation, Kind.OPENED, now, report=report)
    live.publish_change(
        clinic_id=patient.clinic_id, kind="drill.opened", ref=escalation.pk, level=None, now=now
    )
    return escalation


def answer(*, escalation_id: UUID, by: User, now: datetime) -> Escalation:
    """A person has seen the drill: it is closed at once. NotVisible, NotAllowed, DrillAlreadyAnswered."""
    visible = get_drill(by, escalation_id)
    require(by, Permission.ACT_ON_ESCALATIONS, visible.clinic_id)
    with transaction.atomic():
        escalation = Escalation.objects.select_for_update().get(pk=visible.pk)
        if escalation.state == State.RESOLVED:
            raise DrillAlreadyAnswered
        _resolve(escalation, by, now)
        return escalation


def close_waiting(*, patient: Patient, by: User, now: datetime) -> None:
    """Nobody goes home: the test that waits is closed. Runs in the caller's transaction, patient locked."""
    waiting = Escalation.objects.exclude(state=State.RESOLVED).filter(patient=patient, is_drill=True)
    for escalation in waiting.select_for_update().order_by("pk"):
        _resolve(escalation, by, now)


def _create_escalation(patient: Patient, level: Level, now: datetime) -> Escalation:
    # Whatever the rules make of one danger sign, a test is at least on the list.
    shown = max(level, LISTED_FROM)
    return Escalation.objects.create(
        clinic_id=patient.clinic_id,
        patient=patient,
        level=shown,
        severity=shown.rank,
        is_drill=True,
        opened_at=now,
        waiting_since=now,
    )


def _resolve(escalation: Escalation, by: User, now: datetime) -> None:
    escalation.state = State.RESOLVED
    escalation.acknowledged_at, escalation.acknowledged_by = now, by
    escalation.resolved_at, escalation.resolved_by = now, by
    escalation.save(
        update_fields=["state", "acknowledged_at", "acknowledged_by", "resolved_at", "resolved_by"]
    )
    _add_event(escalation, Kind.ACKNOWLEDGED, now, by=by)
    audit.record(
        action="drill.answered",
        by=by,
        now=now,
        clinic_id=escalation.clinic_id,
        subject_type="escalation",
        subject_id=escalation.pk,
        patient_id=escalation.patient_id,
    )
    live.publish_change(
        clinic_id=escalation.clinic_id, kind="drill.answered", ref=escalation.pk, level=None, now=now
    )


def _add_event(
    escalation: Escalation,
    kind: Kind,
    now: datetime,
    *,
    by: User | None = None,
    report: Report | None = None,
) -> None:
    EscalationEvent.objects.create(escalation=escalation, kind=kind, at=now, by=by, report=report)
