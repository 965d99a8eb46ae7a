"""What the person who has an escalation does with it, for programs."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from clinic import access
from clinic.api import refusals
from clinic.api.endpoint import Endpoint, described, read
from clinic.api.inputs import (
    AnswerIn,
    ContactIn,
    DeclineIn,
    LevelIn,
    NothingIn,
    QuestionIn,
    ReasonIn,
    SnoozeIn,
    TransferIn,
)
from clinic.api.outputs import ErrorOut, EscalationDetailOut
from clinic.api.views.escalations import answer
from clinic.services.escalations import contacts, leases, levels, opinions, transfers

ANSWERS = {200: EscalationDetailOut, 409: ErrorOut}


class _Act(Endpoint):
    """Reads the body, does one thing, gives the escalation as it is then."""

    def act(self, request: Request, escalation_id: UUID, sent: Any, do: Callable[..., object]) -> Response:
        # Before the body: whoever may not do this learns nothing of what is wrong with theirs.
        visible = access.get_escalation(request.user, escalation_id)
        access.require(request.user, access.Permission.ACT_ON_ESCALATIONS, visible.clinic_id)
        facts = read(sent, request.data)
        with refusals.told():
            do(escalation_id=escalation_id, by=request.user, now=timezone.now(), **facts)
        return answer(access.get_escalation(request.user, escalation_id))


class Renew(_Act):
    @described(name="escalations_renew", summary="Go on having it", takes=NothingIn, answers=ANSWERS)
    def post(self, request: Request, escalation_id: UUID) -> Response:
        """A whole lease from now. Whoever took it has it until `lease_until`; then it is open again."""
        return self.act(request, escalation_id, NothingIn, leases.renew)


class Snooze(_Act):
    @described(name="escalations_snooze", summary="Set it aside", takes=SnoozeIn, answers=ANSWERS)
    def post(self, request: Request, escalation_id: UUID) -> Response:
        """Until a time, with a reason; from urgent up at most 15 minutes. At the end it is open again."""
        return self.act(request, escalation_id, SnoozeIn, leases.snooze)


class Contacts(_Act):
    @described(
        name="escalations_contacts", summary="Log a call to the family", takes=ContactIn, answers=ANSWERS
    )
    def post(self, request: Request, escalation_id: UUID) -> Response:
        """Who was called and whether they were reached. Two calls in vain let `could_not_reach` count."""
        return self.act(request, escalation_id, ContactIn, _log)


class Transfer(_Act):
    @described(
        name="escalations_transfer", summary="Offer it to a colleague", takes=TransferIn, answers=ANSWERS
    )
    def post(self, request: Request, escalation_id: UUID) -> Response:
        """The sender has it until the colleague accepts."""
        return self.act(request, escalation_id, TransferIn, _offer)


class AcceptTransfer(_Act):
    @described(
        name="escalations_transfer_accept", summary="Accept a transfer", takes=NothingIn, answers=ANSWERS
    )
    def post(self, request: Request, escalation_id: UUID) -> Response:
        """The caller has it from now on."""
        return self.act(request, escalation_id, NothingIn, transfers.accept)


class DeclineTransfer(_Act):
    @described(
        name="escalations_transfer_decline", summary="Decline a transfer", takes=DeclineIn, answers=ANSWERS
    )
    def post(self, request: Request, escalation_id: UUID) -> Response:
        """By the colleague whom it was offered to; the sender still has it."""
        return self.act(request, escalation_id, DeclineIn, transfers.decline)


class WithdrawTransfer(_Act):
    @described(
        name="escalations_transfer_withdraw", summary="Withdraw a transfer", takes=NothingIn, answers=ANSWERS
    )
    def post(self, request: Request, escalation_id: UUID) -> Response:
        """By the sender, who keeps it after all."""
        return self.act(request, escalation_id, NothingIn, transfers.withdraw)


class AskOpinion(_Act):
    @described(
        name="escalations_opinion", summary="Ask what a colleague thinks", takes=QuestionIn, answers=ANSWERS
    )
    def post(self, request: Request, escalation_id: UUID) -> Response:
        """By whoever has it and goes on having it; a question asked before is taken back."""
        return self.act(request, escalation_id, QuestionIn, _ask)


class AnswerOpinion(_Act):
    @described(
        name="escalations_opinion_answer", summary="Say what one thinks", takes=AnswerIn, answers=ANSWERS
    )
    def post(self, request: Request, escalation_id: UUID) -> Response:
        """By the colleague who was asked."""
        return self.act(request, escalation_id, AnswerIn, opinions.give)


class TakeOver(_Act):
    @described(
        name="escalations_take_over", summary="Take it from a colleague", takes=ReasonIn, answers=ANSWERS
    )
    def post(self, request: Request, escalation_id: UUID) -> Response:
        """For a colleague who cannot go on; always with a reason."""
        return self.act(request, escalation_id, ReasonIn, transfers.take_over)


class LowerLevel(_Act):
    @described(name="escalations_level", summary="Lower the level", takes=LevelIn, answers=ANSWERS)
    def post(self, request: Request, escalation_id: UUID) -> Response:
        """By whoever has it, with a reason; below urgent with an outcome, and once every role has answered.

        A worse report raises it again.
        """
        return self.act(request, escalation_id, LevelIn, levels.lower)


def _log(*, escalation_id: UUID, by: Any, now: Any, who: str, reached: bool, note: str) -> object:
    return contacts.log(
        escalation_id=escalation_id, by=by, member_id=None, who=who, reached=reached, note=note, now=now
    )


def _offer(*, escalation_id: UUID, by: Any, now: Any, staff: int, text: str) -> object:
    return transfers.offer(escalation_id=escalation_id, by=by, to_staff_id=staff, text=text, now=now)


def _ask(*, escalation_id: UUID, by: Any, now: Any, staff: int, text: str) -> object:
    return opinions.ask(escalation_id=escalation_id, by=by, of_staff_id=staff, text=text, now=now)
