"""Who of the family watches."""

from uuid import UUID

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from caregiver.queries.household import watchers
from caregiver.views.core.gate import CaregiverRequest, asks_family, caregiver_page, render_for_clinics


@require_safe
@caregiver_page
@asks_family
def family(request: CaregiverRequest, patient_id: UUID) -> HttpResponse:
    watch = watchers.of_patient(by=request.user, patient_id=patient_id, now=timezone.now())
    return render_for_clinics(
        request, "caregiver/household/family.html", patient=watch.patient, day=watch.day, watch=watch
    )
