"""Notify this device: what the account page's button and the worker behind it ask for."""

from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from clinic.console import signed_in_device
from clinic.console.staff_only import not_for_family
from clinic.services.core import devices
from notifications.forms import DeviceForm
from notifications.push_worker import push_worker_source


@require_POST
@not_for_family
@login_required
def add(request: HttpRequest) -> HttpResponse:
    form = DeviceForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    try:
        added = devices.add(by=request.user, now=timezone.now(), **form.cleaned_data)  # type: ignore[arg-type]
    except devices.NotAPushAddress:
        return HttpResponse(status=400)
    signed_in_device.remember(request, added)
    messages.success(request, _("This device will be notified."))
    return HttpResponse(status=204)


@require_POST
@not_for_family
@login_required
def remove(request: HttpRequest, device_id: UUID) -> HttpResponse:
    if not devices.remove(by=request.user, device_id=device_id, now=timezone.now()):  # type: ignore[arg-type]
        raise Http404
    messages.success(request, _("That device is not notified any more."))
    return redirect("account_home")


@require_safe
def worker(request: HttpRequest) -> HttpResponse:
    """Below /console/, so that it stands before the console only; the family's own stands at the root."""
    source = push_worker_source(home=reverse("console_worklist"))
    response = HttpResponse(source, content_type="text/javascript; charset=utf-8")
    response.headers["Cache-Control"] = "no-cache"
    return response
