"""Pausing and resuming a patient's monitoring."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.access import Permission
from clinic.console.forms.patients.monitoring import PauseForm
from clinic.console.gate import ConsoleRequest, console_page
from clinic.console.views.patients.register import WRONG, show_patient
from clinic.services.patients import enrolment


@require_POST
@console_page(Permission.MANAGE_PATIENTS)
def pause(request: ConsoleRequest, patient_id: UUID) -> HttpResponse:
    form = PauseForm(request.POST)
    if not form.is_valid():
        return show_patient(request, patient_id, pause_form=form, status=WRONG)
    try:
        enrolment.pause_monitoring(
            patient_id=patient_id, by=request.user, now=timezone.now(), **form.cleaned_data
        )
    except enrolment.PauseNeedsEnd:
        form.add_error("until", _("Choose a time that is still to come."))
        return show_patient(request, patient_id, pause_form=form, status=WRONG)
    except enrolment.NotMonitored:
        messages.error(request, _("This patient is not monitored at home now, so there is nothing to pause."))
        return redirect("console_patient", patient_id=patient_id)
    messages.success(request, _("Monitoring is paused."))
    return redirect("console_patient", patient_id=patient_id)


@require_POST
@console_page(Permission.MANAGE_PATIENTS)
def resume(request: ConsoleRequest, patient_id: UUID) -> HttpResponse:
    try:
        enrolment.resume_monitoring(patient_id=patient_id, by=request.user, now=timezone.now())
    except enrolment.NotMonitored:
        messages.error(request, _("Monitoring is not paused, so there is nothing to start again."))
        return redirect("console_patient", patient_id=patient_id)
    messages.success(request, _("Monitoring is on again."))
    return redirect("console_patient", patient_id=patient_id)
