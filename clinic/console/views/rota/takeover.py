""" "I take over now": the rest of a running shift, and what its person has in hand, go to a colleague."""

from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.access import Permission
from clinic.console.forms.rota.shifts import SwapForm
from clinic.console.gate import ConsoleRequest, console_page
from clinic.queries.desk import takeover as query
from clinic.queries.desk.takeover import TakeoverPage
from clinic.services.desk import takeovers
from clinic.services.rota import shifts

WRONG = 422


@require_http_methods(["GET", "POST"])
@console_page(Permission.WATCH_CONSOLE)
def index(request: ConsoleRequest, layer: str) -> HttpResponse:
    now = timezone.now()
    slug = request.POST.get("clinic") or request.GET.get("clinic") or ""
    page = query.of_layer(user=request.user, clinic_slug=slug, layer=layer, now=now)
    form = SwapForm(request.POST if "person" in request.POST else None, people=page.candidates)
    with timezone.override(ZoneInfo(page.clinic.time_zone)):
        if request.method == "POST" and _act(request, page, form):
            return redirect(f"{reverse('console_rota')}?clinic={page.clinic.slug}")
        context = {"desk": request.desk, "page": page, "form": form}
        status = WRONG if form.is_bound else 200
        return render(request, "console/rota/takeover.html", context, status=status)


def words_about_shift(elsewhere: takeovers.NotOnShift) -> str:
    """Why there is nothing to take over any more."""
    if elsewhere.now_on:
        return _("%(name)s has this shift now. Nothing was done.") % {"name": elsewhere.now_on}
    return _("This shift has ended. Nothing was done.")


def _act(request: ConsoleRequest, page: TakeoverPage, form: SwapForm) -> bool:
    """Whether it is done, or there is nothing more to do here; if not, the form says why."""
    facts: dict[str, Any] = {"layer": page.layer, "by": request.user, "now": timezone.now()}
    try:
        facts["from_staff_id"] = int(request.POST.get("from", ""))
    except ValueError:
        facts["from_staff_id"] = 0
    try:
        if request.POST.get("act") == "step_in":
            takeovers.step_in(staff_id=page.mine.pk if page.mine else 0, **facts)
            messages.success(request, _("You are on shift now. What your colleague had in hand is yours."))
        elif not form.is_valid():
            return False
        elif request.POST.get("act") == "assign":
            shift = takeovers.assign(to_staff_id=form.cleaned_data["person"], **facts)
            messages.success(
                request, _("%(name)s is on shift now and is texted.") % {"name": shift.staff.user.name}
            )
        else:
            takeovers.offer(to_staff_id=form.cleaned_data["person"], **facts)
            messages.success(request, _("Your colleague is asked. Until they accept, the shift stays yours."))
    except takeovers.NotOnShift as elsewhere:
        messages.error(request, words_about_shift(elsewhere))
    except takeovers.AlreadyAsked:
        messages.error(request, _("A colleague is asked already. Withdraw that first, on “My shifts”."))
    except takeovers.SamePerson:
        messages.error(request, _("This person is on shift already."))
    except shifts.NotReachable:
        return _refuse(request, form, _("This number is not verified, so this person cannot fill a shift."))
    except shifts.WrongRole:
        return _refuse(request, form, _("This shift is for another role."))
    return True


def _refuse(request: ConsoleRequest, form: SwapForm, why: str) -> bool:
    if form.is_bound:
        form.add_error("person", why)
        return False
    messages.error(request, why)
    return True
