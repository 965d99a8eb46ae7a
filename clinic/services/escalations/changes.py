"""The one way to change an escalation: lock it, save it with a new version, add an event, audit, hint."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from clinic.access import Permission, get_escalation, require
from clinic.models import ColleagueRequest, Escalation, EscalationEvent, Patient, User
from clinic.models.colleague_request import RequestState
from clinic.models.escalation import EscalationEventKind as Kind
from clinic.models.escalation import EscalationState as State
from clinic.models.word_back import WordBackKind
from clinic.prepared import PreparedQuery
from clinic.queries.core import staff_roles
from clinic.rules.core.enums import Level
from clinic.rules.paging import ladder
from clinic.services.core import audit, live
from clinic.services.patients import word_back


class AlreadyResolved(Exception):
    """It is resolved; nothing can be added."""


class NotHolder(Exception):
    """Only the person who has it may do this; `holder` is their name, empty where nobody has it."""

    def __init__(self, holder: str) -> None:
        super().__init__(holder)
        self.holder = holder


@contextmanager
def acting_on(escalation_id: UUID, by: User) -> Iterator[Escalation]:
    """Lock the escalation for an act of this person. Refusals are raised before the transaction starts."""
    visible = get_escalation(by, escalation_id)
    require(by, Permission.ACT_ON_ESCALATIONS, visible.clinic_id)
    with transaction.atomic():
        yield lock(visible.pk)


@contextmanager
def answering(escalation_id: UUID, by: User) -> Iterator[tuple[Escalation, Patient]]:
    """The same with the patient's row locked first, for an answer that may say something about their life."""
    visible = get_escalation(by, escalation_id)
    require(by, Permission.ACT_ON_ESCALATIONS, visible.clinic_id)
    with transaction.atomic():
        patient = Patient.objects.select_for_update(no_key=True).get(pk=visible.patient_id)
        yield lock(visible.pk), patient


def lock(escalation_id: UUID) -> Escalation:
    """The locked row, without joins: after waiting PostgreSQL would pair it with old neighbours."""
    found = _locked.first(escalation_id)
    if found is None:
        raise Escalation.DoesNotExist
    return found


_locked = PreparedQuery(lambda pk: Escalation.objects.filter(pk=pk).select_for_update(), UUID)


def require_unresolved(escalation: Escalation) -> None:
    """AlreadyResolved once it is closed."""
    if escalation.state == State.RESOLVED:
        raise AlreadyResolved


def require_holder(escalation: Escalation, by: User) -> None:
    """NotHolder unless this person has it now; AlreadyResolved."""
    require_unresolved(escalation)
    if escalation.acknowledged_by_id != by.pk:
        raise NotHolder(escalation.acknowledged_by.name if escalation.acknowledged_by else "")


def save_fields(escalation: Escalation, *fields: str) -> None:
    """Store these fields and count the version."""
    escalation.version = F("version") + 1
    escalation.save(update_fields=[*fields, "version"])
    escalation.refresh_from_db(fields=["version"])


def rung_for(escalation: Escalation) -> ladder.Rung:
    """The rung for its level on the ladder that was copied when it opened."""
    return ladder.from_json(escalation.ladder).rung(Level(escalation.level))


def assign(escalation: Escalation, *, to: User, now: datetime) -> tuple[str, ...]:
    """Make a person responsible, with a fresh lease; the names of the fields to save.

    So they have answered for their own role, whatever door it came by and whoever of it had answered before;
    the caller stops what pages for it.
    """
    role = staff_roles.role_at(user=to, clinic_id=escalation.clinic_id)
    escalation.required_answers.filter(role=role).update(answered_at=now, answered_by=to)
    escalation.state, escalation.acknowledged_by = State.ACKNOWLEDGED, to
    escalation.acknowledged_at = now
    return ("state", "acknowledged_by", "acknowledged_at", *start_lease(escalation, now=now))


def start_lease(escalation: Escalation, *, now: datetime) -> tuple[str, ...]:
    """A whole lease from now; what was set aside is taken up again."""
    escalation.lease_until = now + rung_for(escalation).hold
    escalation.snoozed_until, escalation.snooze_reason = None, ""
    return ("lease_until", "snoozed_until", "snooze_reason")


def reopen(escalation: Escalation, *, waiting_since: datetime, now: datetime) -> tuple[str, ...]:
    """Open it again: no holder, no lease, requests to colleagues lapse, every role owes its answer anew."""
    escalation.state, escalation.waiting_since = State.OPEN, waiting_since
    escalation.acknowledged_at, escalation.acknowledged_by = None, None
    escalation.required_answers.update(answered_at=None, answered_by=None)
    lapse_requests(escalation, now=now)
    word_back.withdraw(escalation=escalation, kinds=(WordBackKind.TAKEN,), now=now)
    return (
        *("state", "waiting_since", "acknowledged_at", "acknowledged_by"),
        *clear_lease(escalation),
    )


def clear_lease(escalation: Escalation) -> tuple[str, ...]:
    """Nobody has it any more."""
    escalation.lease_until, escalation.snoozed_until, escalation.snooze_reason = None, None, ""
    return ("lease_until", "snoozed_until", "snooze_reason")


def lapse_requests(escalation: Escalation, *, now: datetime) -> None:
    """Close all pending requests to colleagues, because they have become pointless."""
    pending = ColleagueRequest.objects.filter(escalation=escalation, state=RequestState.PENDING)
    pending.update(state=RequestState.LAPSED, closed_at=now)


def add_event(
    escalation: Escalation,
    kind: Kind,
    now: datetime,
    *,
    by: User | None = None,
    text: str = "",
    level: str = "",
    outcome: str = "",
) -> EscalationEvent:
    """One line of its history."""
    return EscalationEvent.objects.create(
        escalation=escalation, kind=kind, at=now, by=by, text=text, level=level, outcome=outcome
    )


def publish(escalation: Escalation, action: str, by: User | None, now: datetime) -> None:
    """The audit row, and the hint to the consoles."""
    level, state = str(escalation.level), str(escalation.state)
    detail = {"level": level, "state": state, "version": escalation.version}
    audit.record_about(escalation, action, by, now, detail)
    live.publish_change(clinic_id=escalation.clinic_id, kind=action, ref=escalation.pk, level=level, now=now)
