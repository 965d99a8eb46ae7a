"""The webhooks of a check-in by keypad. A failure of ours is answered in words: a dead line helps nobody."""

import logging
import uuid
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone, translation

from caregiver.forms.keypad.calls import IncomingForm, TurnForm
from caregiver.services.keypad import calls, words
from caregiver.services.keypad.calls import Spoken
from notifications.webhooks import signed

logger = logging.getLogger(__name__)

View = Callable[..., HttpResponse]


def _always_answered(view: View) -> View:
    """With the database down too: what to do in danger waits for nothing."""

    @wraps(view)
    def answered(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except Exception as error:
            logger.error("A call could not be answered: %s", type(error).__name__)
            language = request.GET.get("language", "")
            language = language if language in words.VOICES else words.ENGLISH
            with translation.override(language):
                said = f"{words.danger()} {words.does_not_work()}"
            return _speak(request, Spoken((words.Say(said, language),)))

    return answered


@signed
@_always_answered
def incoming(request: HttpRequest) -> HttpResponse:
    form = IncomingForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    spoken = calls.open_incoming(
        sid=form.cleaned_data["CallSid"],
        from_phone=form.cleaned_data["From"],
        to_phone=form.cleaned_data["To"],
        now=timezone.now(),
    )
    return _speak(request, spoken)


@signed
@_always_answered
def called(request: HttpRequest, message_id: uuid.UUID) -> HttpResponse:
    form = TurnForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    sid = form.cleaned_data["CallSid"]
    return _speak(request, calls.open_ours(message_id=message_id, sid=sid, now=timezone.now()))


@signed
@_always_answered
def turn(request: HttpRequest, call_id: uuid.UUID, number: int) -> HttpResponse:
    form = TurnForm(request.POST)
    if not form.is_valid():
        return HttpResponse(status=400)
    spoken = calls.next_turn(
        call_id=call_id, turn=number, digits=form.cleaned_data["Digits"], now=timezone.now()
    )
    return _speak(request, spoken)


def _speak(request: HttpRequest, spoken: Spoken) -> HttpResponse:
    address = ""
    if spoken.wait is not None:
        path = reverse("keypad_turn", args=[spoken.call_id, spoken.turn])
        address = f"{settings.PUBLIC_BASE_URL}{path}?language={spoken.language}"
    context = {"spoken": spoken, "address": address}
    return render(request, "caregiver/keypad/call.xml", context, content_type="text/xml; charset=utf-8")
