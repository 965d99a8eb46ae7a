"""The worklist for programs: list, look, take, close."""

from uuid import UUID

from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from clinic import access
from clinic.api import refusals
from clinic.api.cursors import NewestOpenedFirst, WorstFirst, page_of
from clinic.api.endpoint import Endpoint, described, read
from clinic.api.inputs import EscalationsIn, NothingIn, ResolutionIn
from clinic.api.outputs import ErrorOut, EscalationDetailOut, EscalationOut, TakenOut
from clinic.models import Escalation
from clinic.models.escalation import EscalationState
from clinic.queries.escalations import listing
from clinic.services.escalations import lifecycle
from clinic.services.escalations.known import Expected


class EscalationList(Endpoint):
    query_in = {"GET": EscalationsIn}

    @described(
        name="escalations_list",
        summary="Escalations",
        query=EscalationsIn,
        answers={200: page_of(EscalationOut)},
    )
    def get(self, request: Request) -> Response:
        """Those of the caller's clinics, worst first, resolved ones newest first; 50 a page. Staff only."""
        state = self.query.get("state")
        rows = listing.escalations(request.user, state=state)
        order = NewestOpenedFirst() if state == EscalationState.RESOLVED else WorstFirst()
        response = order.answer(rows, request, EscalationOut)
        self.note_listed(action="escalations.listed", shown=order.page or ())
        return response


class EscalationDetail(Endpoint):
    @described(name="escalations_read", summary="One escalation", answers={200: EscalationDetailOut})
    def get(self, request: Request, escalation_id: UUID) -> Response:
        """One escalation with its history."""
        escalation = access.get_escalation(request.user, escalation_id)
        self.note_seen(subject_type="escalation", subject_id=escalation.pk, patient=escalation.patient)
        return answer(escalation)


class Acknowledge(Endpoint):
    @described(
        name="escalations_acknowledge",
        summary="Take an escalation",
        takes=NothingIn,
        answers={200: EscalationDetailOut, 409: TakenOut},
    )
    def post(self, request: Request, escalation_id: UUID) -> Response:
        """One person wins and the pages stop; everybody else gets 409 with who has it, since when.

        Taking it is a lease until `lease_until`: a note, a logged call or a renewal starts it anew. Where two
        roles must answer, the first person of the other role joins and gets 200.
        """
        access.get_escalation(request.user, escalation_id)
        read(NothingIn, request.data)
        with refusals.told():
            taken = lifecycle.acknowledge(
                escalation_id=escalation_id,
                by=request.user,  # type: ignore[arg-type]
                now=timezone.now(),
            )
        return answer(taken)


class Resolve(Endpoint):
    @described(
        name="escalations_resolve",
        summary="Close an escalation",
        takes=ResolutionIn,
        answers={200: EscalationDetailOut, 409: ErrorOut},
    )
    def post(self, request: Request, escalation_id: UUID) -> Response:
        """Closes it with what came of it, by whoever has it (409 `not_holder`); take it over first.

        `could_not_reach` needs two logged calls in vain (409 `calls_needed`) and closes nothing: the
        answer is the escalation, open again, and the next person is paged.
        `expected` names mild findings that do not page again while they are no worse.
        """
        # Before the body: whoever may not see it learns nothing, not even what is wrong with theirs.
        access.get_escalation(request.user, escalation_id)
        sent = read(ResolutionIn, request.data)
        expected = [Expected(**one) for one in sent.pop("expected")]
        with refusals.told():
            closed = lifecycle.resolve(
                escalation_id=escalation_id,
                by=request.user,  # type: ignore[arg-type]
                now=timezone.now(),
                expected=expected,
                **sent,
            )
        return answer(closed)


def answer(escalation: Escalation) -> Response:
    """The escalation as it is, with all that belongs to it."""
    escalation.history = listing.events_of(escalation)  # type: ignore[attr-defined]
    escalation.owed_roles = listing.owed_roles(escalation)  # type: ignore[attr-defined]
    escalation.colleagues = listing.clinicians_of(escalation)  # type: ignore[attr-defined]
    return Response(EscalationDetailOut(escalation).data)
