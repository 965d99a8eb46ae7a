"""The three webhooks of the vendor. Each answers 2xx to whatever it cannot use, so nothing is repeated."""

import uuid

from django.conf import settings
from django.forms import Form
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone

from notifications.forms import CallForm, CallStatusForm, InboundForm, StatusForm
from notifications.providers.twilio import service_of
from notifications.services import calls, inbound, receipts
from notifications.webhooks import signed

_XML = "text/xml; charset=utf-8"


@signed
def status(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:
    thing, form = _told(request)
    if not form.is_valid():
        return HttpResponse(status=400)
    receipts.record(
        message_id=message_id,
        sid=form.cleaned_data[f"{thing}Sid"],
        status=form.cleaned_data[f"{thing}Status"],
        error_code=form.cleaned_data["ErrorCode"],
        now=timezone.now(),
    )
    return HttpResponse(status=204)


@signed
def incoming(request: HttpRequest) -> HttpResponse:
    form = InboundForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    inbound.receive(
        sid=form.cleaned_data["MessageSid"],
        from_phone=form.cleaned_data["From"],
        to_phone=form.cleaned_data["To"],
        body=form.cleaned_data["Body"],
        service=service_of(form.cleaned_data["MessagingServiceSid"]),
        now=timezone.now(),
    )
    return HttpResponse('<?xml version="1.0" encoding="UTF-8"?><Response></Response>', content_type=_XML)


@signed
def voice(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:
    """What a call of ours says: first its words and the question, then the answer to a pressed digit."""
    form = CallForm({**request.POST.dict(), "asked": request.GET.get("asked", "")})
    if not form.is_valid():
        return HttpResponse(status=400)
    path = calls.goes_on_at(message_id=message_id, now=timezone.now())
    if path:
        context = {"address": settings.PUBLIC_BASE_URL + path}
        return render(request, "notifications/call_goes_on.xml", context, content_type=_XML)
    turn = calls.next_turn(
        message_id=message_id,
        sid=form.cleaned_data["CallSid"],
        digits=form.cleaned_data["Digits"],
        asked=form.cleaned_data["asked"] or 0,
        now=timezone.now(),
    )
    return render(request, "notifications/call.xml", {"turn": turn}, content_type=_XML)


def _told(request: HttpRequest) -> tuple[str, Form]:
    """A callback about a call names a call, one about a text a message."""
    if "CallSid" in request.POST:
        return "Call", CallStatusForm(request.POST)
    return "Message", StatusForm(request.POST)
