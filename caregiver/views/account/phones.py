"""The phones of a family: somebody's own, and new ones that wait for an answer."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from caregiver.queries.household import today
from caregiver.views.core import family_device
from caregiver.views.core.gate import CaregiverRequest, caregiver_page, render_for_clinics
from clinic.access import NotAllowed
from clinic.queries.patients import family_devices as query
from clinic.services.patients import family_devices


@require_safe
@caregiver_page
def index(request: CaregiverRequest) -> HttpResponse:
    people = today.of_caregiver(by=request.user, now=timezone.now())
    shown = query.of_reader(by=request.user)
    return render_for_clinics(
        request,
        "caregiver/account/phones.html",
        clinics=[one.patient.clinic for one in people],
        waiting=[one for one in shown if one.waits],
        own=[one for one in shown if one.is_mine and not one.waits],
    )


@require_safe
@caregiver_page
def state(request: CaregiverRequest) -> HttpResponse:
    """What a phone that waits asks again and again."""
    return JsonResponse({"waits": family_device.waits(request)})


@require_POST
@caregiver_page
def confirm(request: CaregiverRequest, family_device_id: UUID) -> HttpResponse:
    try:
        done = family_devices.confirm(device_id=family_device_id, by=request.user, now=timezone.now())
    except NotAllowed:
        messages.error(request, _("You do not help all the people that they help. The clinic must say yes."))
    else:
        _tell(request, done, _("Done. That phone can show everything now."))
    return redirect("caregiver_phones")


@require_POST
@caregiver_page
def refuse(request: CaregiverRequest, family_device_id: UUID) -> HttpResponse:
    done = family_devices.refuse(device_id=family_device_id, by=request.user, now=timezone.now())
    _tell(request, done, _("That phone is signed out. The clinic has been told."))
    return redirect("caregiver_phones")


@require_POST
@caregiver_page
def end(request: CaregiverRequest, family_device_id: UUID) -> HttpResponse:
    try:
        done = family_devices.end_own(device_id=family_device_id, by=request.user, now=timezone.now())
    except NotAllowed:
        done = False
    _tell(request, done, _("That phone is signed out. What it kept is deleted when it is next online."))
    return redirect("caregiver_phones")


def _tell(request: CaregiverRequest, done: bool, words: str) -> None:
    if done:
        messages.success(request, words)
    else:
        messages.info(request, _("Somebody has answered already."))
