"""What the messages app is asked: read only."""

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db.models import Q, QuerySet

from notifications.labels import CHANNELS, INBOUND, PURPOSES, STATES
from notifications.models import (
    Consent,
    InboundSms,
    Message,
    MonthlyUse,
    OptOut,
    PhoneTrouble,
    PushSubscription,
    RouteTrouble,
    SenderHold,
)
from notifications.models.opt_out import OptOutSource
from notifications.rules.channels import NOT_BY_PHONE, Channel, Subscription
from notifications.rules.keywords import Kind
from notifications.rules.purposes import HANDLING, Purpose, Service
from notifications.rules.standings import Standing
from notifications.rules.states import TAKEN, State
from notifications.rules.text import code_in
from notifications.rules.timing import CALL_LASTS

_PAGE_SIZE = 25


@dataclass(frozen=True)
class SentMessage:
    """One message of the demo's list; `code` is the sign-in code that it carries, if it carries one."""

    to: str
    channel: str
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


@dataclass(frozen=True)
class PhoneSpan:
    """A number while it was the asker's business: from `since` to `until`, open where that is None."""

    phone: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class ExchangedMessage:
    """One text or call to or from a number, in words; never what it said. Of one from it only the word."""

    at: datetime
    phone: str
    is_inbound: bool
    purpose: str
    channel: str = ""
    state: str = ""


@dataclass(frozen=True)
class Written:
    """A text that a person wrote to us, with what it says: only for who may read it."""

    at: datetime
    phone: str
    kind: Kind
    word: str
    body: str


@dataclass(frozen=True)
class PushTarget:
    """A browser that its owner wants to be told on; `id` is what a push is queued `to`."""

    id: str
    label: str


def push_targets(owner_id: uuid.UUID) -> list[PushTarget]:
    """The browsers that a person has asked us to notify, oldest first."""
    found = PushSubscription.objects.filter(owner_id=owner_id).order_by("created_at", "pk")
    return [PushTarget(str(pk), label) for pk, label in found.values_list("pk", "label")]


def push_subscription(subscription_id: str) -> Subscription | None:
    """Where a push goes; None when the browser is forgotten."""
    found = PushSubscription.objects.filter(pk=subscription_id)
    keys = found.values_list("endpoint", "p256dh", "auth").first()
    return Subscription(*keys) if keys else None


def has_agreed(phone: str, topic: str) -> bool:
    """Whether a number's owner has agreed to be texted about this, and it still holds."""
    agreed = Consent.objects.filter(phone=phone, ended_at=None).values_list("topics", flat=True).first()
    return agreed is not None and topic in agreed


def standings(phones: Iterable[str], topic: str = Service.REMINDERS) -> dict[str, Standing]:
    """How each number stands towards one sender."""
    asked = list(phones)
    agreed = {
        phone
        for phone, topics in Consent.objects.filter(phone__in=asked, ended_at=None).values_list(
            "phone", "topics"
        )
        if topic in topics
    }
    stopped = dict(
        OptOut.objects.filter(phone__in=asked, service=topic, ended_at=None).values_list("phone", "source")
    )
    broken = PhoneTrouble.objects.filter(phone__in=asked, no_texts_at__isnull=False)
    unreachable = set(broken.values_list("phone", flat=True))
    return {phone: _standing(phone, agreed, stopped, unreachable) for phone in asked}


def _standing(phone: str, agreed: set[str], stopped: dict[str, str], unreachable: set[str]) -> Standing:
    if phone in stopped:
        return Standing.PAUSED if stopped[phone] == OptOutSource.SENTENCE else Standing.STOPPED
    if phone not in agreed:
        return Standing.NOT_AGREED
    return Standing.UNREACHABLE if phone in unreachable else Standing.ON


def is_opted_out(phone: str, service: str) -> bool:
    """Whether a number has stopped one sender."""
    return OptOut.objects.filter(phone=phone, service=service, ended_at=None).exists()


def opted_out_services(phone: str) -> list[str]:
    """The senders that a number has stopped."""
    return sorted(OptOut.objects.filter(phone=phone, ended_at=None).values_list("service", flat=True))


def states_of(message_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, State]:
    """How far these texts have come, by whatever way; those that do not exist are left out."""
    ids = list(message_ids)
    states = {pk: State(state) for pk, state in Message.objects.filter(pk__in=ids).values_list("pk", "state")}
    carried = Message.objects.filter(instead_of__in=ids, state__in=TAKEN)
    for pk, state in carried.values_list("instead_of_id", "state"):
        if pk is not None and states[pk] not in TAKEN:
            states[pk] = State(state)
    return states


def ways_of(message_ids: Iterable[uuid.UUID]) -> dict[uuid.UUID, tuple[str, str]]:
    """By which channel each of these messages was to go, and how far it has come by whatever way."""
    ids = set(message_ids)
    states = states_of(ids)
    channels = Message.objects.filter(pk__in=ids).values_list("pk", "channel")
    return {pk: (channel, states[pk].value) for pk, channel in channels}


def carried_instead(message_id: uuid.UUID) -> uuid.UUID:
    """The text or call in whose place an e-mail was sent; of any other message itself."""
    emails = Message.objects.filter(pk=message_id, channel=Channel.EMAIL, instead_of__isnull=False)
    return emails.values_list("instead_of_id", flat=True).first() or message_id


def takes_no_texts(phone: str) -> bool:
    """Whether the carriers have said that texts do not reach this number."""
    return PhoneTrouble.objects.filter(phone=phone, no_texts_at__isnull=False).exists()


def routes_down() -> list[str]:
    """The provider's routes that do not take messages now: names of senders, or "calls"."""
    down = RouteTrouble.objects.filter(down_at__isnull=False)
    return list(down.order_by("pk").values_list("pk", flat=True))


def sender_held_until(service: str, now: datetime) -> datetime | None:
    """Until when a sender that does not work is left alone; None when it is not."""
    held = SenderHold.objects.filter(service=service, until__gt=now)
    return held.values_list("until", flat=True).first()


def has_second_try(message: Message) -> bool:
    """Whether a new try of this one waits to be sent."""
    return Message.objects.filter(dedupe_key=second_try_key(message), due_at__isnull=False).exists()


def second_try_key(message: Message) -> str:
    """The key of the one new try of a message."""
    return f"{message.dedupe_key}:again"


def other_sids(message_id: uuid.UUID, phone: str) -> frozenset[str]:
    """Provider ids that belong to other texts to the same number."""
    others = Message.objects.filter(to=phone).exclude(pk=message_id).exclude(provider_sid="")
    return frozenset(others.order_by("-created_at").values_list("provider_sid", flat=True)[:200])


def last_bodies_to(phone: str) -> list[str]:
    """What we last texted to a number, newest first: whatever comes from there may quote it."""
    kept = _last_to(phone).filter(channel=Channel.SMS).exclude(body="")
    return list(kept.values_list("body", flat=True)[:20])


def last_language_to(phone: str) -> str:
    """The language of the last text to a number; English for a stranger."""
    last = _last_to(phone).values_list("language", flat=True).first()
    return last or settings.LANGUAGE_CODE


def last_service_to(phone: str) -> str | None:
    """The sender of the last text to a number."""
    return _last_to(phone).values_list("service", flat=True).first()


def texts_to(phone: str, *, after: datetime, until: datetime) -> list[uuid.UUID]:
    """The texts of ours to a number in that time that asked something of its owner; answers are left out."""
    lost = {State.FAILED, State.EXPIRED, State.SUPPRESSED}
    texts = Message.objects.filter(to=phone, channel=Channel.SMS, created_at__gt=after, created_at__lte=until)
    texts = texts.exclude(purpose=Purpose.REPLY).exclude(state__in=lost)
    return list(texts.values_list("pk", flat=True))


def replies_since(phone: str, since: datetime) -> int:
    """How many answers to a number were queued since then."""
    return Message.objects.filter(to=phone, purpose=Purpose.REPLY, created_at__gt=since).count()


def sent_since(phone: str, since: datetime) -> int:
    """How many texts to a number were handed over or tried since then, urgent ones left out."""
    urgent = [purpose for purpose, rules in HANDLING.items() if rules.urgent]
    tried = Message.objects.filter(to=phone, attempts__gt=0, created_at__gt=since)
    return tried.exclude(purpose__in=urgent).count()


def budget_is_used(now: datetime) -> bool:
    """Whether the month's budget is used up; never where no budget is set."""
    budget = settings.SMS_MONTHLY_BUDGET
    return bool(budget) and MonthlyUse.objects.filter(month=f"{now:%Y-%m}", units__gte=budget).exists()


def called_until(message: Message, now: datetime) -> datetime | None:
    """Until when another call of ours to the same number may be under way; None where none is."""
    calls = Message.objects.filter(
        to=message.to, channel=Channel.VOICE, attempted_at__gt=now - CALL_LASTS, attempted_at__lte=now
    )
    others = calls.exclude(pk=message.pk).exclude(state__in=[State.FAILED, State.EXPIRED, State.SUPPRESSED])
    # One that provably did not leave waits for its next try.
    others = others.exclude(state=State.SENDING, lease_until__isnull=True)
    last = others.order_by("-attempted_at").values_list("attempted_at", flat=True).first()
    return last + CALL_LASTS if last else None


def has_unsent_page(*, queued_before: datetime) -> bool:
    """Whether a page that was queued before then has not been taken by the provider.

    A push does not count: it comes beside a text or a call and is never the only way. Nor does an e-mail: the
    text or call that it stands in for waits until it was taken, or is alone with the news that it was not.
    """
    waiting = {State.PENDING, State.SENDING, State.UNKNOWN}
    pages = Message.objects.filter(purpose=Purpose.PAGE, state__in=waiting, due_at__isnull=False)
    pages = pages.exclude(channel__in=NOT_BY_PHONE)
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
    return SentMessages([_sent_message(message, opened_at) for message in shown], older)


def exchanged(*, spans: Iterable[PhoneSpan], until: datetime | None, size: int) -> list[ExchangedMessage]:
    """The newest so many texts each way within the spans, pages left out; with `until` not after it."""
    known = list(spans)
    if not known:
        return []
    sent = Message.objects.filter(_within(known, "to")).exclude(purpose=Purpose.PAGE)
    received = InboundSms.objects.filter(_within(known, "from_phone"))
    if until is not None:
        sent, received = sent.filter(created_at__lte=until), received.filter(created_at__lte=until)
    found = [
        *(_exchanged_message(row) for row in sent.defer("body").order_by("-created_at", "-pk")[:size]),
        *(
            ExchangedMessage(
                row.created_at, row.from_phone, is_inbound=True, purpose=str(INBOUND[Kind(row.kind)])
            )
            for row in received.defer("body").order_by("-created_at", "-pk")[:size]
        ),
    ]
    return sorted(found, key=lambda one: one.at, reverse=True)[:size]


@dataclass(frozen=True)
class PlacedCall:
    """A call of ours: to and from which number, in which language."""

    to: str
    caller: str
    language: str


def call_placed(message_id: uuid.UUID) -> PlacedCall | None:
    """The call of this id; None where it is a text, or nothing of ours."""
    row = Message.objects.filter(pk=message_id, channel=Channel.VOICE).first()
    return PlacedCall(row.to, row.caller, row.language) if row else None


def written(
    *, spans: Iterable[PhoneSpan], kinds: Iterable[Kind], since: datetime, size: int | None
) -> list[Written]:
    """The newest so many texts, or all, of these kinds from numbers in their spans, newest first."""
    received = InboundSms.objects.filter(
        _within(spans, "from_phone"), kind__in=list(kinds), created_at__gte=since
    )
    return [
        Written(row.created_at, row.from_phone, Kind(row.kind), str(INBOUND[Kind(row.kind)]), row.body)
        for row in received.order_by("-created_at", "-pk")[:size]
    ]


def _within(spans: Iterable[PhoneSpan], field: str) -> Q:
    condition = Q(pk__in=())
    for span in spans:
        one = Q(**{field: span.phone}, created_at__gte=span.since)
        condition |= one & Q(created_at__lt=span.until) if span.until else one
    return condition


def _exchanged_message(row: Message) -> ExchangedMessage:
    return ExchangedMessage(
        at=row.created_at,
        phone=row.to,
        is_inbound=False,
        purpose=str(PURPOSES[Purpose(row.purpose)]),
        channel=str(CHANNELS[Channel(row.channel)]),
        state=str(STATES[State(row.state)]),
    )


def _sent_message(message: Message, opened_at: str) -> SentMessage:
    return SentMessage(
        to=_whom(message),
        channel=str(CHANNELS[Channel(message.channel)]),
        purpose=str(PURPOSES[Purpose(message.purpose)]),
        state=str(STATES[State(message.state)]),
        body=message.body.replace(settings.PUBLIC_BASE_URL, opened_at),
        code=code_in(message.body) if message.purpose == Purpose.CODE else "",
        language=message.language,
        created_at=message.created_at,
    )


def _whom(message: Message) -> str:
    """A subscription's id means nothing to anybody."""
    return "" if message.channel == Channel.PUSH else message.to


def _last_to(phone: str) -> QuerySet[Message]:
    return Message.objects.filter(to=phone).order_by("-created_at")


def _read_cursor(text: str) -> tuple[datetime, uuid.UUID] | None:
    at, _, message_id = text.partition("~")
    try:
        return datetime.fromisoformat(at), uuid.UUID(message_id)
    except ValueError:
        return None
