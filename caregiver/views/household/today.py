"""Today: what is due, what was sent, whom to call."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.views.decorators.http import require_safe

from caregiver.services.check_in import home as service
from caregiver.views.account import shared_phone
from caregiver.views.core import family_device
from caregiver.views.core.gate import CaregiverRequest, caregiver_page, render_after_death, render_for_clinics
from caregiver.views.household import new_device
from clinic.queries.patients import family_devices


@require_safe
@caregiver_page
def home(request: CaregiverRequest) -> HttpResponse:
    if family_device.waits(request):
        return new_device.show(request)
    waiting = family_devices.to_answer(by=request.user)
    people = service.open_home(by=request.user, now=timezone.now())
    if not people and request.user.is_staff_member:
        return redirect("console_worklist")
    if len(people) == 1 and people[0].has_died:
        return render_after_death(request, people[0].patient)
    if len(people) == 1:
        return render_for_clinics(
            request,
            "caregiver/household/today.html",
            patient=people[0].patient,
            today=people[0],
            day=people[0].day,
            phone_people=shared_phone.people_of(request, people[0].patient),
            waiting=waiting,
        )
    clinics = [one.patient.clinic for one in people]
    template = "caregiver/household/choose_patient.html" if people else "caregiver/household/nobody.html"
    return render_for_clinics(request, template, clinics=clinics, people=people, waiting=waiting)


@require_safe
@caregiver_page
def patient_today(request: CaregiverRequest, patient_id: UUID) -> HttpResponse:
    if family_device.waits(request):
        return new_device.show(request)
    one = service.open_patient(by=request.user, patient_id=patient_id, now=timezone.now())
    if one.has_died:
        return render_after_death(request, one.patient)
    return render_for_clinics(
        request,
        "caregiver/household/today.html",
        patient=one.patient,
        today=one,
        day=one.day,
        phone_people=shared_phone.people_of(request, one.patient),
        is_one_of_many=True,
        waiting=family_devices.to_answer(by=request.user),
    )
