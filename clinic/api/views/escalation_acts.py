"""What the person who has an escalation does with it, for programs."""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.utils import timezone
from django.utils.translation import gettext as _
from rest_framework.exceptions import ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from clinic import access
from clinic.api.endpoint import Endpoint, described, read
from clinic.api.errors import Conflict
from clinic.api.inputs import ContactIn, LevelIn, NothingIn, ReasonIn, SnoozeIn, TransferIn
from clinic.api.outputs import ErrorOut, EscalationDetailOut
from clinic.api.views.escalations import answer
from clinic.services import contacts, leases, levels, transfers
from clinic.services.escalation_changes import AlreadyResolved, NotHolder
from clinic.services.levels import NotLower
from clinic.services.requests import NotAColleague, NothingAsked
from clinic.services.transfers import NotTaken

ANSWERS = {200: EscalationDetailOut, 409: ErrorOut}


class _Act(Endpoint):
    """Reads the body, does one thing, gives the escalation as it is then."""

    def act(self, request: Request, escalation_id: UUID, sent: Any, do: Callable[..., object]) -> Response:
        # Before the body: whoever may not do this learns nothing of what is wrong with theirs.
        visible = access.get_escalation(request.user, escalation_id)
        access.require(request.user, access.Permission.ACT_ON_ESCALATIONS, visible.clinic_id)
        facts = read(sent, request.data)
        try:
            do(escalation_id=escalation_id, by=request.user, now=timezone.now(), **facts)
        except NotHolder as error:
            message = _("Only the person who has it can do this.")
            raise Conflict(code="not_holder", message=message) from error
        except AlreadyResolved as error:
            raise Conflict(code="already_resolved", message=_("It is closed already.")) from error
        except NothingAsked as error:
            raise Conflict(
                code="nothing_asked", message=_("Nothing of this kind is asked of you.")
            ) from error
        except NotTaken as error:
            raise Conflict(code="not_taken", message=_("Nobody else has it.")) from error
        except NotAColleague as error:
            raise ValidationError({"staff": [_("Name another nurse or physician of the clinic.")]}) from error
        except NotLower as error:
            raise ValidationError({"level": [_("Name a level below the present one.")]}) from error
        except leases.TooLong as error:
            raise ValidationError({"until": [_("Choose a time that is ahead and not too far.")]}) from error
        except contacts.NobodyCalled as error:
            raise ValidationError({"who": [_("Say who was called.")]}) from error
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
        """By whoever has it, with a reason. A worse report raises it again."""
        return self.act(request, escalation_id, LevelIn, levels.lower)


def _log(*, escalation_id: UUID, by: Any, now: Any, who: str, reached: bool, note: str) -> object:
    return contacts.log(
        escalation_id=escalation_id, by=by, member_id=None, who=who, reached=reached, note=note, now=now
    )


def _offer(*, escalation_id: UUID, by: Any, now: Any, staff: int, text: str) -> object:
    return transfers.offer(escalation_id=escalation_id, by=by, to_staff_id=staff, text=text, now=now)
