"""The link that a clinic texts. Looking at it changes nothing: phones and scanners open links unasked."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from caregiver.queries.account import clocks
from caregiver.services.account.preferences import REMINDERS_TEXT
from caregiver.services.account.sign_in import TooManyCodes
from caregiver.views.account.sign_in import ask_code_of, sign_in_device
from caregiver.views.core import family_device
from caregiver.views.core.gate import render_for_clinics, render_for_visitor
from clinic import row_scope
from clinic.models.audit_event import current_source
from clinic.queries.patients.terms import own_of
from clinic.services.core import rate_limits
from clinic.services.patients import invitations, invitees

# Which of the explanations a page shows.
_PROBLEMS = {
    invitations.InvitationUsed: "used",
    invitations.InvitationExpired: "expired",
    invitations.InvitationReplaced: "replaced",
    invitations.InvitationRevoked: "revoked",
    invitations.InvitationUnknown: "unknown",
}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@row_scope.everything()
def join(request: HttpRequest, token: str) -> HttpResponse:
    now = timezone.now()
    try:
        if request.method == "POST":
            agreed_to = REMINDERS_TEXT if request.POST.get("reminders") else ""
            joined = invitations.redeem(
                token=token,
                agreed_to=agreed_to,
                time_zone=request.POST.get("time_zone", ""),
                shown_terms=request.POST.getlist("terms"),
                now=now,
            )
            if not joined.is_proven:
                messages.info(
                    request, _("You are added. This number has an account: sign in with a texted code.")
                )
                return redirect("caregiver_sign_in")
            sign_in_device(request, joined.user, arrival="first_link" if joined.is_let_in else "link")
            return _ask_code(request, str(joined.user.phone))
        invitation = invitations.find_usable(token=token, now=now)
    except invitations.InvitationProblem as problem:
        if invitations.has_joined_by(token=token, by=request.user):
            return redirect("caregiver_home")
        return _problem(request, token, problem)
    clinic = invitation.patient.clinic
    return render_for_clinics(
        request,
        "caregiver/account/join.html",
        clinics=[clinic],
        clinic=clinic,
        own_terms=own_of(clinics=[clinic]),
        clocks=clocks.choices(chosen=invitees.clock_of(invitation), now=now),
    )


def _ask_code(request: HttpRequest, phone: str) -> HttpResponse:
    """Somebody may have been passed the link. Where that is open, a code goes to the invited number."""
    if family_device.opens_by_code(request):
        try:
            return ask_code_of(request, phone)
        except TooManyCodes:
            pass  # The page of a phone that waits says how to ask again.
    return redirect("caregiver_home")


@never_cache
@require_POST
@row_scope.everything()
def resend(request: HttpRequest, token: str) -> HttpResponse:
    """The same answer whether or not a text goes out."""
    invitations.send_fresh_link(token=token, now=timezone.now())
    return render_for_visitor(request, "caregiver/account/join_resent.html")


def _problem(request: HttpRequest, token: str, problem: invitations.InvitationProblem) -> HttpResponse:
    kind = _PROBLEMS[type(problem)]
    status = 410
    if kind == "unknown":
        status = 429 if rate_limits.count_failure(kind="join", source=current_source() or "") else 404
    clinics = [problem.clinic] if problem.clinic else []
    return render_for_clinics(
        request, "caregiver/account/join_problem.html", clinics=clinics, status=status, kind=kind, token=token
    )
