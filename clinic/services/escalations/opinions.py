"""Second opinions: a colleague is asked, and the holder stays responsible."""

from datetime import datetime
from uuid import UUID

from clinic.models import Escalation, User
from clinic.models.colleague_request import RequestKind, RequestState
from clinic.models.escalation import EscalationEventKind as Kind
from clinic.services.escalations import changes, colleague_requests
from clinic.services.escalations.leases import ReasonNeeded


def ask(*, escalation_id: UUID, by: User, of_staff_id: int, text: str, now: datetime) -> Escalation:
    """The holder asks; the question starts a new lease. NotHolder, NotAColleague, ReasonNeeded."""
    with changes.acting_on(escalation_id, by) as escalation:
        changes.require_holder(escalation, by)
        if not text.strip():
            raise ReasonNeeded
        request = colleague_requests.ask(
            escalation=escalation,
            kind=RequestKind.OPINION,
            of_staff_id=of_staff_id,
            text=text,
            by=by,
            now=now,
        )
        changes.save_fields(escalation, *changes.start_lease(escalation, now=now))
        event_text = f"{request.asked_of.user.name}\n{request.text}"
        changes.add_event(escalation, Kind.OPINION_ASKED, now, by=by, text=event_text)
        changes.publish(escalation, "escalation.opinion_asked", by, now)
        return escalation


def give(*, escalation_id: UUID, by: User, text: str, now: datetime) -> Escalation:
    """The colleague says what they think. NoPendingRequest, ReasonNeeded."""
    with changes.acting_on(escalation_id, by) as escalation:
        request = colleague_requests.pending_request_to(escalation, RequestKind.OPINION, by)
        if not text.strip():
            raise ReasonNeeded
        colleague_requests.close(request, RequestState.ACCEPTED, now, text.strip())
        changes.save_fields(escalation)
        changes.add_event(escalation, Kind.OPINION_GIVEN, now, by=by, text=text.strip())
        changes.publish(escalation, "escalation.opinion_given", by, now)
        return escalation
