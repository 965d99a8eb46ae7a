"""Transfers of an escalation to a colleague. Until they accept, the sender stays responsible."""

from datetime import datetime
from uuid import UUID

from clinic.models import Escalation, User
from clinic.models.colleague_request import RequestKind, RequestState
from clinic.models.escalation import EscalationEventKind as Kind
from clinic.models.escalation import EscalationState as State
from clinic.services.escalations import changes, colleague_requests
from clinic.services.escalations.leases import ReasonNeeded
from clinic.services.paging import chain


class NotHeldByColleague(Exception):
    """Nobody has it, so it can simply be taken."""


def offer(*, escalation_id: UUID, by: User, to_staff_id: int, text: str, now: datetime) -> Escalation:
    """The holder asks a colleague to take it over. NotHolder, NotAColleague."""
    with changes.acting_on(escalation_id, by) as escalation:
        changes.require_holder(escalation, by)
        request = colleague_requests.ask(
            escalation=escalation,
            kind=RequestKind.TRANSFER,
            of_staff_id=to_staff_id,
            text=text,
            by=by,
            now=now,
        )
        changes.save_fields(escalation)
        event_text = "\n".join(filter(None, [request.asked_of.user.name, request.text]))
        changes.add_event(escalation, Kind.TRANSFER_OFFERED, now, by=by, text=event_text)
        changes.publish(escalation, "escalation.transfer_offered", by, now)
        return escalation


def accept(*, escalation_id: UUID, by: User, now: datetime) -> Escalation:
    """The colleague takes it over, with a fresh lease. NoPendingRequest once the offer is gone."""
    with changes.acting_on(escalation_id, by) as escalation:
        request = colleague_requests.pending_request_to(escalation, RequestKind.TRANSFER, by)
        colleague_requests.close(request, RequestState.ACCEPTED, now)
        changes.save_fields(escalation, *changes.assign(escalation, to=by, now=now))
        chain.stop_answered(escalation=escalation, now=now)
        changes.add_event(escalation, Kind.TRANSFER_ACCEPTED, now, by=by)
        changes.publish(escalation, "escalation.transfer_accepted", by, now)
        return escalation


def decline(*, escalation_id: UUID, by: User, text: str, now: datetime) -> Escalation:
    """The colleague cannot; the sender still has it. NoPendingRequest."""
    with changes.acting_on(escalation_id, by) as escalation:
        request = colleague_requests.pending_request_to(escalation, RequestKind.TRANSFER, by)
        colleague_requests.close(request, RequestState.DECLINED, now, text.strip())
        changes.save_fields(escalation)
        changes.add_event(escalation, Kind.TRANSFER_DECLINED, now, by=by, text=text.strip())
        changes.publish(escalation, "escalation.transfer_declined", by, now)
        return escalation


def withdraw(*, escalation_id: UUID, by: User, now: datetime) -> Escalation:
    """The sender keeps it after all. NoPendingRequest."""
    with changes.acting_on(escalation_id, by) as escalation:
        request = colleague_requests.pending_request_from(escalation, RequestKind.TRANSFER, by)
        colleague_requests.close(request, RequestState.WITHDRAWN, now)
        changes.save_fields(escalation)
        changes.add_event(escalation, Kind.TRANSFER_WITHDRAWN, now, by=by)
        changes.publish(escalation, "escalation.transfer_withdrawn", by, now)
        return escalation


def take_over(*, escalation_id: UUID, by: User, reason: str, now: datetime) -> Escalation:
    """Take it over from a colleague at once, with a reason: an emergency does not wait for a lease to expire.

    AlreadyResolved, NotHeldByColleague, ReasonNeeded.
    """
    with changes.acting_on(escalation_id, by) as escalation:
        changes.require_unresolved(escalation)
        if escalation.state != State.ACKNOWLEDGED or escalation.acknowledged_by_id == by.pk:
            raise NotHeldByColleague
        if not reason.strip():
            raise ReasonNeeded
        changes.lapse_requests(escalation, now=now)
        had_it = escalation.acknowledged_by.name if escalation.acknowledged_by else ""
        changes.save_fields(escalation, *changes.assign(escalation, to=by, now=now))
        chain.stop_answered(escalation=escalation, now=now)
        changes.add_event(escalation, Kind.TAKEN_OVER, now, by=by, text=f"{had_it}\n{reason.strip()}")
        changes.publish(escalation, "escalation.taken_over", by, now)
        return escalation


def move_at_handover(*, escalation: Escalation, to: User, now: datetime) -> None:
    """Give it to whoever signed for it at a change of shift, with a fresh lease; open offers lapse.

    Runs inside the caller's transaction, which holds the lock and has seen who had it.
    """
    had_it = escalation.acknowledged_by.name if escalation.acknowledged_by else ""
    changes.lapse_requests(escalation, now=now)
    changes.save_fields(escalation, *changes.assign(escalation, to=to, now=now))
    chain.stop_answered(escalation=escalation, now=now)
    changes.add_event(escalation, Kind.HANDED_OVER, now, by=to, text=had_it)
    changes.publish(escalation, "escalation.handed_over", to, now)
