"""Who works at a clinic, and ending a role there."""

from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from clinic.access import Permission, get_access_request
from clinic.console.gate import ConsoleRequest, console_page
from clinic.queries.desk import leaving as query
from clinic.queries.desk import leaving_words, staff_list
from clinic.services.accounts import access_requests, leaving


@require_GET
@console_page(Permission.MANAGE_STAFF)
def index(request: ConsoleRequest) -> HttpResponse:
    page = staff_list.of_clinic(
        user=request.user, clinic_slug=request.GET.get("clinic", ""), now=timezone.now()
    )
    with timezone.override(ZoneInfo(page.clinic.time_zone)):
        return render(request, "console/accounts/staff.html", {"desk": request.desk, "page": page})


@require_POST
@console_page(Permission.MANAGE_STAFF)
def decide_request(request: ConsoleRequest, request_id: UUID) -> HttpResponse:
    """A lead agrees to what an operator asks for, or says no."""
    asked = get_access_request(request.user, request_id)
    agrees = request.POST.get("answer") == "agree"
    act = access_requests.agree if agrees else access_requests.withdraw
    try:
        act(request_id=request_id, by=request.user, now=timezone.now())
    except access_requests.RequestRefused as refused:
        messages.error(request, _request_refusal(refused.code))
    else:
        messages.success(request, _("Agreed: it is done.") if agrees else _("Refused: nothing has changed."))
    return redirect(f"{reverse('console_staff')}?clinic={asked.clinic.slug}")


def _request_refusal(code: str) -> str:
    return {
        "second_person": _("A second person has to agree: not you, and not the one who gets in."),
        "lead_needed": _("A lead of the clinic has to agree."),
        "closed": _("This request is closed."),
        "cannot": _("It cannot be done any more: somebody has this role or this address."),
    }[code]


@require_http_methods(["GET", "POST"])
@console_page(Permission.MANAGE_STAFF)
def end_role(request: ConsoleRequest, staff_id: int) -> HttpResponse:
    """What it would do and which gaps it makes, before; and the gaps again, after."""
    now = timezone.now()
    found = query.of_role(user=request.user, staff_id=staff_id, now=now)
    if found.staff.ended_at is not None:
        raise Http404
    gaps = leaving_words.gaps_made(found)
    if request.method == "POST":
        try:
            leaving.end_role(staff_id=staff_id, by=request.user, now=now)
        except leaving.OwnRole:
            messages.error(request, _("Nobody ends their own role. Ask another administrator."))
        else:
            messages.success(request, _("The role of %(name)s has ended.") % {"name": found.staff.user.name})
            for gap in gaps:
                messages.warning(request, gap)
        return redirect(f"{reverse('console_staff')}?clinic={found.staff.clinic.slug}")
    context = {
        "desk": request.desk,
        "leaving": found,
        "ends": leaving_words.what_ends(found),
        "gaps": gaps,
        "is_mine": found.staff.user_id == request.user.pk,
    }
    return render(request, "console/accounts/role_end.html", context)
