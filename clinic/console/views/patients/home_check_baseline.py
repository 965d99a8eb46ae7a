"""The usual score of the thinking check, put on record by staff."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.access import Permission
from clinic.console.forms.patients.home_check_baseline import HomeCheckBaselineForm
from clinic.console.gate import ConsoleRequest, console_page
from clinic.console.views.patients.register import WRONG, show_patient
from clinic.services.reports import home_checks


@require_POST
@console_page(Permission.MANAGE_PATIENTS)
def set_baseline(request: ConsoleRequest, patient_id: UUID) -> HttpResponse:
    form = HomeCheckBaselineForm(request.POST)
    if not form.is_valid():
        return show_patient(request, patient_id, baseline_form=form, status=WRONG)
    home_checks.set_baseline(patient_id=patient_id, by=request.user, now=timezone.now(), **form.cleaned_data)
    messages.success(request, _("The usual score is on file."))
    return redirect("console_patient", patient_id=patient_id)
