"""Whether the family can come to the hospital tonight."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from caregiver.views.core.gate import CaregiverRequest, caregiver_page
from clinic.services.checkins import transport


@require_POST
@caregiver_page
def say(request: CaregiverRequest, patient_id: UUID) -> HttpResponse:
    answer = request.POST.get("can_come", "")
    if answer not in {"yes", "no"}:
        raise Http404
    try:
        transport.say(patient_id=patient_id, can_come=answer == "yes", by=request.user, now=timezone.now())
    except transport.NotAtHome as away:
        raise Http404 from away
    if answer == "no":
        messages.success(
            request, _("Saved until the morning. If you need help, we will tell you who to call.")
        )
    else:
        messages.success(request, _("Saved: you can get to the hospital."))
    return redirect("caregiver_patient", patient_id)
