"""The three webhooks of the vendor. Each answers 2xx to whatever it cannot use, so nothing is repeated."""

import uuid

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext

from notifications.forms import InboundForm, StatusForm
from notifications.providers.twilio import service_of
from notifications.services import inbound, receipts
from notifications.webhooks import signed


@signed
def status(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:
    form = StatusForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    receipts.record(
        message_id=message_id,
        sid=form.cleaned_data["MessageSid"],
        status=form.cleaned_data["MessageStatus"],
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
    return _twiml("")


@signed
def voice(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:
    """Nobody answers calls here yet; a caller must not wait for a person who is not coming."""
    words = gettext("Nobody answers calls to this number. Open the app, or call your clinic or 911.")
    return _twiml(f"<Say>{words}</Say><Hangup/>")


def _twiml(verbs: str) -> HttpResponse:
    content = f'<?xml version="1.0" encoding="UTF-8"?><Response>{verbs}</Response>'
    return HttpResponse(content, content_type="text/xml; charset=utf-8")
