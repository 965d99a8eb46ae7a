"""What a call of ours says, and what follows when somebody presses a key. A mailbox presses none."""

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from notifications import hooks
from notifications.models import Message, MessageEvent
from notifications.models.message_event import EventSource
from notifications.rules.channels import Channel
from notifications.rules.states import State, rank
from notifications.services import message_changes

logger = logging.getLogger(__name__)

# Whoever picks up half asleep hears it again.
TIMES = 3
# A key is pressed at once; a code has to be thought of.
_SECONDS, _SECONDS_FOR_CODE = 5, 10
# Voices of the provider; a language that has none is read by the English one.
_VOICES = {"en": "en-US", "es": "es-MX"}


@dataclass(frozen=True)
class CallTurn:
    """What is said now. `questions` are each followed by a wait for so many digits, sent to `action`."""

    last_words: str
    language: str = "en-US"
    questions: tuple[str, ...] = ()
    action: str = ""
    digits: int = 1
    seconds: int = _SECONDS


def goes_on_at(*, message_id: uuid.UUID, now: datetime) -> str:
    """The path at which somebody else goes on with a call of ours; empty where its own words are said."""
    message = Message.objects.filter(pk=message_id, channel=Channel.VOICE).first()
    if message is None:
        return ""
    return hooks.path_of(
        hooks.call_taken.send_robust(sender=Message, message_id=message.pk, purpose=message.purpose, now=now)
    )


def record_key(*, message_id: uuid.UUID, sid: str, now: datetime) -> None:
    """A person pressed a key in a call with which somebody else went on; which key is kept nowhere."""
    message = Message.objects.filter(pk=message_id, channel=Channel.VOICE).first()
    if message is not None:
        _record_key(message, sid, "key", now)


def next_turn(*, message_id: uuid.UUID, sid: str, digits: str, asked: int = 0, now: datetime) -> CallTurn:
    """The next words of a call; a key is stored once, and whoever listens hears of it every time.

    `asked` counts the questions that came before: what answers them is secret and is not stored.
    """
    message = Message.objects.filter(pk=message_id, channel=Channel.VOICE).first()
    if message is None:
        return CallTurn(_("Nobody answers calls to this number. Open the app, or call your clinic or 911."))
    with translation.override(message.language):
        voice = _VOICES.get(message.language, "en-US")
        action = settings.PUBLIC_BASE_URL + reverse("twilio_voice", args=[message_id])
        if not digits:
            return CallTurn(_("No key was pressed. Goodbye."), voice, (message.body,) * TIMES, action)
        _record_key(message, sid, f"code {asked}" if asked else f"digits {digits}", now)
        reply = _listener_reply(message, digits, asked, now)
        if isinstance(reply, str):
            return CallTurn(reply, voice)
        return CallTurn(
            _("No key was pressed. Goodbye."),
            voice,
            (reply.words,) * TIMES,
            f"{action}?asked={asked + 1}",
            reply.digits,
            _SECONDS_FOR_CODE,
        )


def _record_key(message: Message, sid: str, status: str, now: datetime) -> None:
    """A key is the only proof that a person heard it: the call has arrived."""
    with transaction.atomic():
        current = Message.objects.select_for_update().get(pk=message.pk)
        MessageEvent.objects.get_or_create(
            message=current,
            source=EventSource.PROVIDER,
            sid=sid,
            status=status,
            error_code="",
            defaults={"created_at": now},
        )
        if rank(current.state) < rank(State.DELIVERED):
            message_changes.move_message(
                message=current, to=State.DELIVERED, due_at=None, now=now, provider_sid=sid, error_code=""
            )


def _listener_reply(message: Message, digits: str, asked: int, now: datetime) -> str | hooks.Question:
    """What the listener has to say; one that failed must not leave the person believing it is done."""
    answers = hooks.call_answered.send_robust(
        sender=Message, message_id=message.id, digits=digits, asked=asked, now=now
    )
    words = hooks.asked(answers) or hooks.said(answers)
    if words:
        return words
    if any(isinstance(answer, Exception) for _, answer in answers):
        logger.error("A key that was pressed in a call could not be acted on")
        return _("That did not work. Open the console now.")
    return _("Thank you. Open the console for more.")
