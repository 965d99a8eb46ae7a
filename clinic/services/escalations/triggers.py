"""What a trigger does to a patient's one escalation: it opens it, raises it, or joins it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from clinic.models import (
    Escalation,
    EscalationEvent,
    Patient,
    ProtocolVersion,
    Report,
    RequiredAnswer,
    User,
)
from clinic.models.escalation import Cause
from clinic.models.escalation import EscalationEventKind as Kind
from clinic.models.escalation import EscalationState as State
from clinic.models.patient import PatientStatus
from clinic.models.suppression import SuppressionRule
from clinic.prepared import PreparedQuery
from clinic.queries.core import staff_roles, successors
from clinic.queries.escalations import seen
from clinic.queries.paging import ladders
from clinic.rules.core.enums import Level
from clinic.rules.paging import ladder
from clinic.rules.protocols.document.questions import Text
from clinic.services.core import suppressions
from clinic.services.escalations import changes
from clinic.services.paging import chain
from clinic.services.protocols.versions import NoProtocol, current_version_for


@dataclass(frozen=True)
class Trigger:
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


def apply(*, trigger: Trigger, patient: Patient, now: datetime) -> Escalation | None:
    """Its level rises, never falls; what makes worse what somebody has opens it again and asks them first.

    Runs inside the caller's transaction, which holds the lock on the patient's row. None where it is not
    listed.
    """
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


_unresolved = PreparedQuery(
    lambda patient_id: (
        Escalation.objects.exclude(state=State.RESOLVED)
        .filter(patient=patient_id, is_drill=False)
        .select_for_update()
        .order_by("pk")[:1]
    ),
    UUID,
)


def _open_where_they_are(trigger: Trigger, patient: Patient, now: datetime) -> Escalation | None:
    """It came in at a clinic that had handed the patient over at that moment: the other one is paged."""
    if not ladder.is_listed(trigger.level):
        return None
    locked = Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
    rules = seen.level_of_cause(Cause.OTHER_CLINIC, trigger.level)
    there = Trigger(level=trigger.level, cause=Cause.OTHER_CLINIC, by=trigger.by, rules=rules)
    return apply(trigger=there, patient=locked, now=now)


def _open(trigger: Trigger, patient: Patient, now: datetime) -> Escalation:
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


def _is_worse(escalation: Escalation, trigger: Trigger) -> bool:
    """Whether it brings something that pages staff, and that whoever has it has not taken on."""
    return ladder.pages_staff(trigger.level) and ladder.is_worse(trigger.rules, seen.levels_seen(escalation))


def _reopen_worse(escalation: Escalation, kind: Kind, trigger: Trigger, now: datetime) -> Escalation:
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


def _attach_to_escalation(escalation: Escalation, trigger: Trigger, now: datetime) -> Escalation:
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
    escalation: Escalation, trigger: Trigger, now: datetime, *, had_it: User | None = None
) -> None:
    """Each role that must answer gets a row and a chain; one chain for everybody where none is named."""
    if not ladder.pages_staff(trigger.level):
        return
    for role in _roles_asked_for(escalation, trigger):
        RequiredAnswer.objects.get_or_create(escalation=escalation, role=role)
    chain.start(escalation=escalation, now=now, had_it=had_it)


def _roles_asked_for(escalation: Escalation, trigger: Trigger) -> tuple[str, ...]:
    return ladder.from_json(escalation.ladder).roles(trigger.level, trigger.rules)


def _add_owed_roles(escalation: Escalation, trigger: Trigger, now: datetime) -> None:
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


def _protocol_version_for(trigger: Trigger, patient: Patient) -> ProtocolVersion | None:
    if trigger.report:
        return trigger.report.protocol_version
    try:
        return current_version_for(patient=patient)
    except NoProtocol:
        return None


def _add_trigger_event(
    escalation: Escalation, kind: Kind, trigger: Trigger, now: datetime
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
