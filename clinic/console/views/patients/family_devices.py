"""The phones of a caregiver: a new one is confirmed once it is sure whose it is, any is signed out."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from clinic.access import Permission
from clinic.console.gate import ConsoleRequest, console_page
from clinic.services.patients import family_devices


@require_POST
@console_page(Permission.MANAGE_PATIENTS)
def confirm(
    request: ConsoleRequest, patient_id: UUID, member_id: int, family_device_id: UUID
) -> HttpResponse:
    try:
        done = family_devices.confirm_by_clinic(
            member_id=member_id,
            device_id=family_device_id,
            reason=request.POST.get("reason", ""),
            by=request.user,
            now=timezone.now(),
        )
    except family_devices.ReasonNeeded:
        messages.error(request, _("Write how you know that it is them."))
    else:
        _tell(request, done, _("That phone shows everything to them now."))
    return _back(patient_id, member_id)


@require_POST
@console_page(Permission.MANAGE_PATIENTS)
def end(request: ConsoleRequest, patient_id: UUID, member_id: int, family_device_id: UUID) -> HttpResponse:
    done = family_devices.end_by_clinic(
        member_id=member_id, device_id=family_device_id, by=request.user, now=timezone.now()
    )
    _tell(request, done, _("That phone is signed out, and deletes what it kept when it is next online."))
    return _back(patient_id, member_id)


def _tell(request: ConsoleRequest, done: bool, words: str) -> None:
    if done:
        messages.success(request, words)
    else:
        messages.info(request, _("Somebody has answered already."))


def _back(patient_id: UUID, member_id: int) -> HttpResponse:
    return redirect(f"{reverse('console_patient', args=[patient_id])}#devices-{member_id}")
