"""Inviting colleagues, and the page to which the link leads. Looking at that page changes nothing."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from clinic.access import NotVisible, Permission
from clinic.console.forms.accounts.staff_invitations import JoinTeamForm, StaffInviteForm
from clinic.console.gate import ConsoleRequest, console_page
from clinic.models import StaffInvitation
from clinic.models.audit_event import current_source
from clinic.queries.desk import staff_list
from clinic.services.accounts import staff_invitations
from clinic.services.core import rate_limits

WRONG = 422
_STATUS = {"unknown": 404}


@require_http_methods(["GET", "POST"])
@console_page(Permission.MANAGE_STAFF)
def invite(request: ConsoleRequest) -> HttpResponse:
    """Whom to invite; the link leaves by e-mail alone, so that nobody else holds it."""
    now = timezone.now()
    page = staff_list.of_clinic(user=request.user, clinic_slug=request.GET.get("clinic", ""), now=now)
    form = StaffInviteForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            sent = staff_invitations.invite(
                clinic_id=page.clinic.pk, by=request.user, now=now, **form.cleaned_data
            )
        except staff_invitations.InvitationRefused as refused:
            form.add_error("email", _refusal(refused.code))
        else:
            return _tell_sent(request, sent.invitation)
    context = {"desk": request.desk, "page": page, "form": form}
    return render(
        request, "console/accounts/staff_invite.html", context, status=WRONG if form.errors else 200
    )


@require_POST
@console_page(Permission.MANAGE_STAFF)
def send_again(request: ConsoleRequest, staff_invitation_id: UUID) -> HttpResponse:
    try:
        sent = staff_invitations.send_again(
            invitation_id=staff_invitation_id, by=request.user, now=timezone.now()
        )
    except staff_invitations.LinkRefused:
        messages.error(request, _("This link was used: they are on the list."))
    except staff_invitations.InvitationRefused as refused:
        messages.error(request, _refusal(refused.code))
    else:
        return _tell_sent(request, sent.invitation)
    return redirect("console_staff")


@require_POST
@console_page(Permission.MANAGE_STAFF)
def revoke(request: ConsoleRequest, staff_invitation_id: UUID) -> HttpResponse:
    try:
        gone = staff_invitations.revoke(
            invitation_id=staff_invitation_id, by=request.user, now=timezone.now()
        )
    except staff_invitations.LinkRefused:
        messages.error(request, _("This link was used: they are on the list. End the role instead."))
        return redirect("console_staff")
    messages.success(request, _("The invitation of %(name)s is withdrawn.") % {"name": gone.name})
    return _back(gone)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """A colleague's first step: a password of their own, or the sign-in that they have."""
    now = timezone.now()
    try:
        invitation = staff_invitations.find_usable(token=token, now=now)
        if not staff_invitations.needs_password(invitation=invitation):
            return _accept(request, token, invitation)
        form = JoinTeamForm(request.POST or None, email=invitation.email, initial={"name": invitation.name})
        if request.method == "POST" and form.is_valid():
            staff_invitations.join(
                token=token,
                name=form.cleaned_data["name"],
                password=form.cleaned_data["password"],
                now=now,
            )
            messages.success(request, _("Your sign-in is made. Sign in with it now."))
            return redirect("account_login")
    except staff_invitations.LinkRefused as refused:
        return _refused(request, refused)
    except staff_invitations.SignInFirst:
        return redirect("account_invited", token=token)
    context = {"invitation": invitation, "form": form}
    return render(request, "account/join_team.html", context, status=WRONG if form.errors else 200)


def _accept(request: HttpRequest, token: str, invitation: StaffInvitation) -> HttpResponse:
    """Somebody who works at another clinic too: only they themselves, signed in, take the role up."""
    visitor = request.user
    if not visitor.is_authenticated:
        return redirect(f"{reverse('account_login')}?next={request.path}")
    is_theirs = (visitor.email or "").lower() == invitation.email
    if request.method == "POST" and is_theirs:
        try:
            staff_invitations.accept(token=token, by=visitor, now=timezone.now())
        except NotVisible:
            is_theirs = False
        else:
            messages.success(
                request, _("You are on the team of %(clinic)s.") % {"clinic": invitation.clinic.name}
            )
            return redirect("account_home")
    context = {"invitation": invitation, "is_theirs": is_theirs}
    return render(request, "account/join_team_signed_in.html", context, status=200 if is_theirs else 403)


def _refused(request: HttpRequest, refused: staff_invitations.LinkRefused) -> HttpResponse:
    status = _STATUS.get(refused.code, 410)
    if refused.code == "unknown" and rate_limits.count_failure(kind="invited", source=current_source() or ""):
        status = 429
    return render(request, "account/join_team_problem.html", {"refused": refused}, status=status)


def _refusal(code: str) -> str:
    return {
        "has_role": _("This person has a role here already. End it first if they change roles."),
        "shut": _("The sign-in of this address is closed. Ask an operator to open it."),
        "no_mail": _("No e-mail can leave here. Ask the operator to set EMAIL_URL."),
    }[code]


def _tell_sent(request: ConsoleRequest, invitation: StaffInvitation) -> HttpResponse:
    messages.success(
        request,
        _("A link is on its way to %(email)s. It holds for three days.") % {"email": invitation.email},
    )
    return _back(invitation)


def _back(invitation: StaffInvitation) -> HttpResponse:
    return redirect(f"{reverse('console_staff')}?clinic={invitation.clinic.slug}")
