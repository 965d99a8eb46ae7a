"""Who of the family is awake tonight."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from caregiver.views.core.gate import CaregiverRequest, caregiver_page
from clinic.services.checkins import nights


@require_POST
@caregiver_page
def choose(request: CaregiverRequest, patient_id: UUID) -> HttpResponse:
    try:
        member_id = int(request.POST.get("member", ""))
    except ValueError as nobody:
        raise Http404 from nobody
    duty = nights.choose(patient_id=patient_id, member_id=member_id, by=request.user, now=timezone.now())
    messages.success(
        request, _("Saved: %(name)s is awake. Tonight’s texts go there.") % {"name": duty.caregiver.name}
    )
    return redirect("caregiver_patient", patient_id)
