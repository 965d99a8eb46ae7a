"""The test alarm before going home."""

from uuid import UUID, uuid4

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from caregiver.queries.household import go_home_drills as query
from caregiver.services.household import go_home_drills as service
from caregiver.views.core.gate import CaregiverRequest, asks_family, caregiver_page, render_for_clinics
from clinic.services.patients.go_home_drills import NoDrillNow


@require_http_methods(["GET", "HEAD", "POST"])
@caregiver_page
@asks_family
def drill(request: CaregiverRequest, patient_id: UUID) -> HttpResponse:
    if request.method == "POST":
        return _send_drill(request, patient_id)
    found = query.of_patient(by=request.user, patient_id=patient_id, now=timezone.now())
    return render_for_clinics(
        request,
        "caregiver/household/go_home_drill.html",
        patient=found.patient,
        day=found.day,
        practice=found,
        report_status=found.status,
    )


def _send_drill(request: CaregiverRequest, patient_id: UUID) -> HttpResponse:
    try:
        service.send(
            by=request.user, patient_id=patient_id, report_id=_report_id(request), now=timezone.now()
        )
    except NoDrillNow:
        messages.info(request, _("Test alarms are over. A check-in that you send now is real."))
        return redirect("caregiver_patient", patient_id)
    return redirect("caregiver_go_home_drill", patient_id)


def _report_id(request: CaregiverRequest) -> UUID:
    try:
        return UUID(request.POST.get("report_id", ""))
    except ValueError:
        return uuid4()
