"""Countdowns of one patient: what stands, and planning anew."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from clinic.access import Permission
from clinic.console.forms.patients.windows import WindowForm
from clinic.console.gate import ConsoleRequest, console_page
from clinic.services.patients import windows

WRONG = 422


@require_http_methods(["GET", "POST"])
@console_page(Permission.VIEW_PATIENTS)
def plan(request: ConsoleRequest, patient_id: UUID) -> HttpResponse:
    if request.method == "POST":
        return _replan(request, patient_id)
    planning = windows.open_planning(patient_id=patient_id, by=request.user, now=timezone.now())
    form = WindowForm(initial=vars(planning.least))
    return _render(request, planning, form)


def _replan(request: ConsoleRequest, patient_id: UUID) -> HttpResponse:
    now, form = timezone.now(), WindowForm(request.POST)
    if form.is_valid():
        try:
            windows.replan(patient_id=patient_id, by=request.user, days=form.days(), now=now)
        except windows.TooShort as problem:
            form.add_too_short(problem)
        else:
            messages.success(request, _("Planned. The family sees the new days now."))
            return redirect("console_windows", patient_id)
    planning = windows.open_planning(patient_id=patient_id, by=request.user, now=now)
    return _render(request, planning, form, status=WRONG)


def _render(
    request: ConsoleRequest, planning: windows.Planning, form: WindowForm, status: int = 200
) -> HttpResponse:
    context = {"desk": request.desk, "planning": planning, "form": form}
    return render(request, "console/patients/windows.html", context, status=status)
