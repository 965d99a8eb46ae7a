"""Show notifications on this device: what the settings page's button asks for."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from caregiver.services.account import preferences
from caregiver.views.core.gate import CaregiverRequest, caregiver_page
from clinic import device_scope
from clinic.services.core import devices
from clinic.services.patients import family_devices
from notifications.forms import DeviceForm


@require_POST
@caregiver_page
def add(request: CaregiverRequest) -> HttpResponse:
    """The session that asked is the one whose end stops the notes."""
    form = DeviceForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    try:
        added = preferences.hear_on_device(by=request.user, now=timezone.now(), **form.cleaned_data)
    except devices.NotAPushAddress:
        return HttpResponse(status=400)
    request.session[devices.SESSION_KEY] = str(added)
    device = device_scope.device_of(request.user.pk)
    if device is not None:
        family_devices.note_push(device_id=device.id, subscription_id=added)
    messages.success(request, _("This device will get notifications."))
    return HttpResponse(status=204)


@require_POST
@caregiver_page
def remove(request: CaregiverRequest, device_id: UUID) -> HttpResponse:
    if not devices.remove(by=request.user, device_id=device_id, now=timezone.now()):
        raise Http404
    messages.success(request, _("That device gets no more notifications."))
    return redirect("caregiver_settings")
