""" "I am worried": one tap tells the clinic; words may follow. Works without JavaScript."""

from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_safe

from caregiver.queries.household import worries as queries
from caregiver.queries.household.today import day_of_patient
from caregiver.views.core.gate import CaregiverRequest, asks_family, caregiver_page, render_for_clinics
from clinic.rules.paging.ladder import pages_staff
from clinic.services.escalations import worries


@require_http_methods(["GET", "HEAD", "POST"])
@caregiver_page
@asks_family
def worry(request: CaregiverRequest, patient_id: UUID, worry_id: UUID) -> HttpResponse:
    """The id is in the address, so that the phone knows it too when the answer never arrives."""
    if request.method == "POST":
        return _record_worry(request, patient_id, worry_id)
    found = queries.find_own(by=request.user, patient_id=patient_id, worry_id=worry_id)
    return render_for_clinics(
        request,
        "caregiver/household/worry.html",
        patient=found.patient,
        day=day_of_patient(found.patient, timezone.now()),
        worry=found,
        very_pages_staff=pages_staff(
            worries.level_of_worry(found.patient, is_strong=True, now=timezone.now())
        ),
    )


@require_safe
@caregiver_page
def status(request: CaregiverRequest, patient_id: UUID, worry_id: UUID) -> HttpResponse:
    """The fragment that the page asks for again and again."""
    found = queries.find_own(by=request.user, patient_id=patient_id, worry_id=worry_id)
    if found.status is None:
        raise Http404
    return render(request, "caregiver/household/_worry_status.html", {"worry": found})


def _record_worry(request: CaregiverRequest, patient_id: UUID, worry_id: UUID) -> HttpResponse:
    now = timezone.now()
    try:
        worries.record(
            worry_id=worry_id,
            patient_id=patient_id,
            by=request.user,
            told_at=now,
            now=now,
            is_strong=request.POST.get("how") == "very",
            words=request.POST.get("words", "").replace("\x00", ""),
        )
    except worries.WorryConflict as foreign:
        raise Http404 from foreign
    return redirect("caregiver_worry", patient_id, worry_id)
