"""Where somebody of the staff is signed in: ending one of one's own, and of a colleague's."""

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from clinic.access import Permission
from clinic.console.gate import ConsoleRequest, console_page
from clinic.console.staff_only import not_for_family
from clinic.services.accounts import open_sessions


@require_POST
@not_for_family
@login_required
def end_own(request: HttpRequest, session_id: int) -> HttpResponse:
    try:
        open_sessions.end_own(session_id=session_id, by=request.user, now=timezone.now())  # type: ignore[arg-type]
    except open_sessions.UnknownSession as error:
        raise Http404 from error
    messages.success(request, _("You are signed out there."))
    return redirect("usersessions_list")


@require_GET
@console_page(Permission.MANAGE_STAFF)
def of_colleague(request: ConsoleRequest, staff_id: int) -> HttpResponse:
    found = open_sessions.of_colleague(staff_id=staff_id, by=request.user)
    return render(request, "console/accounts/open_sessions.html", {"desk": request.desk, "page": found})


@require_POST
@console_page(Permission.MANAGE_STAFF)
def end_of_colleague(request: ConsoleRequest, staff_id: int, session_id: int) -> HttpResponse:
    try:
        staff = open_sessions.end_of_colleague(
            staff_id=staff_id, session_id=session_id, by=request.user, now=timezone.now()
        )
    except open_sessions.UnknownSession:
        messages.info(request, _("That session has ended already."))
    else:
        messages.success(request, _("%(name)s is signed out there.") % {"name": staff.user.name})
    return redirect("console_staff_sessions", staff_id=staff_id)
