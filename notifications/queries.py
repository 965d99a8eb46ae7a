"""What the messages app is asked: read only."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet

from notifications.labels import PURPOSES, STATES
from notifications.models import Message, OptOut
from notifications.rules.purposes import Purpose
from notifications.rules.states import State
from notifications.rules.text import code_in

_PAGE_SIZE = 25


@dataclass(frozen=True)
class SentMessage:
    """One text of the demo's list; `code` is the sign-in code that it carries, if it carries one."""

    to: str
    purpose: str
    state: str
    body: str
    code: str
    language: str
    created_at: datetime


@dataclass(frozen=True)
class SentMessages:
    """One page of that list, newest first; `older` is the cursor of the next page, if there is one."""

    messages: list[SentMessage]
    older: str


def is_opted_out(phone: str, service: str) -> bool:
    """Whether a number has stopped one sender."""
    return OptOut.objects.filter(phone=phone, service=service, ended_at=None).exists()


def opted_out_services(phone: str) -> list[str]:
    """The senders that a number has stopped."""
    return sorted(OptOut.objects.filter(phone=phone, ended_at=None).values_list("service", flat=True))


def states_of(message_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, State]:
    """How far these texts have come; those that do not exist are left out."""
    rows = Message.objects.filter(pk__in=list(message_ids))
    return {pk: State(state) for pk, state in rows.values_list("pk", "state")}


def other_sids(message_id: uuid.UUID, phone: str) -> frozenset[str]:
    """Provider ids that belong to other texts to the same number."""
    others = Message.objects.filter(to=phone).exclude(pk=message_id).exclude(provider_sid="")
    return frozenset(others.order_by("-created_at").values_list("provider_sid", flat=True)[:200])


def last_language_to(phone: str) -> str:
    """The language of the last text to a number; English for a stranger."""
    last = _last_to(phone).values_list("language", flat=True).first()
    return last or settings.LANGUAGE_CODE


def last_service_to(phone: str) -> str | None:
    """The sender of the last text to a number."""
    return _last_to(phone).values_list("service", flat=True).first()


def replied_since(phone: str, since: datetime) -> bool:
    """Whether an automatic answer to a number was queued since then."""
    return Message.objects.filter(to=phone, purpose=Purpose.REPLY, created_at__gt=since).exists()


def has_unsent_page(*, queued_before: datetime) -> bool:
    """Whether a page that was queued before then has not been taken by the provider."""
    waiting = {State.PENDING, State.SENDING, State.UNKNOWN}
    pages = Message.objects.filter(purpose=Purpose.PAGE, state__in=waiting, due_at__isnull=False)
    return pages.filter(created_at__lt=queued_before).exists()


def sent_messages(*, older_than: str, opened_at: str) -> SentMessages:
    """A page of everything that was queued; an unreadable cursor starts at the newest.

    Links lead to the address that the page was opened at: one machine has several, and a sign-in at
    one of them does not count at another.
    """
    found = Message.objects.order_by("-created_at", "-id")
    cursor = _read_cursor(older_than)
    if cursor:
        at, message_id = cursor
        found = found.filter(Q(created_at__lt=at) | Q(created_at=at, id__lt=message_id))
    page = list(found[: _PAGE_SIZE + 1])
    more, shown = len(page) > _PAGE_SIZE, page[:_PAGE_SIZE]
    older = f"{shown[-1].created_at.isoformat()}~{shown[-1].id}" if more else ""
    return SentMessages([_in_words(message, opened_at) for message in shown], older)


def _in_words(message: Message, opened_at: str) -> SentMessage:
    return SentMessage(
        to=message.to,
        purpose=str(PURPOSES[Purpose(message.purpose)]),
        state=str(STATES[State(message.state)]),
        body=message.body.replace(settings.PUBLIC_BASE_URL, opened_at),
        code=code_in(message.body) if message.purpose == Purpose.CODE else "",
        language=message.language,
        created_at=message.created_at,
    )


def _last_to(phone: str) -> QuerySet[Message]:
    return Message.objects.filter(to=phone).order_by("-created_at")


def _read_cursor(text: str) -> tuple[datetime, uuid.UUID] | None:
    at, _, message_id = text.partition("~")
    try:
        return datetime.fromisoformat(at), uuid.UUID(message_id)
    except ValueError:
        return None
