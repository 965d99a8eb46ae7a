"""Requests between colleagues: the rows that transfers and second opinions share."""

from datetime import datetime

from django.db.models import QuerySet

from clinic.models import ColleagueRequest, Escalation, Staff, User
from clinic.models.colleague_request import RequestKind, RequestState
from clinic.queries.core import staff_roles
from clinic.services.paging import sending


class NotAColleague(Exception):
    """Only another nurse or physician of the clinic can be asked."""


class NoPendingRequest(Exception):
    """Nothing of this kind is open, or it was asked of somebody else."""


def ask(
    *, escalation: Escalation, kind: RequestKind, of_staff_id: int, text: str, by: User, now: datetime
) -> ColleagueRequest:
    """Ask a colleague and text them; what was asked of another before is taken back. NotAColleague."""
    others = staff_roles.colleagues(user=by, clinic_id=escalation.clinic_id)
    colleague = next((one for one in others if one.pk == of_staff_id), None)
    if colleague is None:
        raise NotAColleague
    pending(escalation, kind).update(state=RequestState.WITHDRAWN, closed_at=now)
    request = ColleagueRequest.objects.create(
        escalation=escalation, kind=kind, asked_by=by, asked_of=colleague, asked_at=now, text=text.strip()
    )
    sending.text_colleague(
        staff=Staff.objects.select_related("user", "clinic").get(pk=colleague.pk),
        escalation_id=escalation.pk,
        request_id=request.pk,
        now=now,
    )
    return request


def pending_request_to(escalation: Escalation, kind: RequestKind, by: User) -> ColleagueRequest:
    """The pending request to this person. NoPendingRequest."""
    found = pending(escalation, kind).select_related("asked_by", "asked_of__user").first()
    if found is None or found.asked_of.user_id != by.pk:
        raise NoPendingRequest
    return found


def pending_request_from(escalation: Escalation, kind: RequestKind, by: User) -> ColleagueRequest:
    """The pending request from this person. NoPendingRequest."""
    found = pending(escalation, kind).select_related("asked_of__user").first()
    if found is None or found.asked_by_id != by.pk:
        raise NoPendingRequest
    return found


def close(request: ColleagueRequest, state: RequestState, now: datetime, answer: str = "") -> None:
    """It is answered, or taken back."""
    request.state, request.closed_at, request.answer = state, now, answer
    request.save(update_fields=["state", "closed_at", "answer"])


def pending(escalation: Escalation, kind: RequestKind) -> QuerySet[ColleagueRequest]:
    """The open one of a kind, if there is one."""
    return ColleagueRequest.objects.filter(escalation=escalation, kind=kind, state=RequestState.PENDING)
