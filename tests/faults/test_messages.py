"""A thousand pages and a thousand reminders while the provider fails in every way and processes are killed.

Counted at the fake provider, under a clock of the test's own: no page that was never handed over counts as
sent, no reminder is handed over twice, and every escalation ends with a person or is still paging.
"""

import os
import random
import signal
import time
import uuid
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.db.models import Min

from clinic.models import Escalation, Page
from clinic.services.escalations import lifecycle
from clinic.services.paging import chain
from notifications.models import Consent, Message
from notifications.rules.purposes import handling_of
from notifications.services import dispatch, receipts
from tests import factories
from tests.fakes import twilio as fakes

pytestmark = [pytest.mark.faults, pytest.mark.django_db]

START = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
STEP = timedelta(seconds=10)
ESCALATIONS = 25
# What of the chains is played through, and when nothing of a text or page may be left to do.
PAGED_UNTIL, LATEST = START + timedelta(minutes=15), START + timedelta(hours=2)
KILLING_ROUNDS = 25
SENT = {"accepted", "sent", "delivered"}
# One call in six goes wrong, in one of these ways.
FAULTS = ["20429", "20003", "500", "500 after accept", "reset", "reset after accept", "garbage", "no sid"]
SLOW = ["hang", "hang after accept"]


class Clock:
    """The time of everybody: of the dispatcher, and of the fake, which stamps its texts with it."""

    def __init__(self, twilio: fakes.Twilio) -> None:
        self.now = START
        twilio.clock = lambda: self.now


def fill(count: int, purpose: str, service: str) -> None:
    """That many messages to as many numbers, each with words of its own; who is reminded has agreed."""
    rules = handling_of(purpose)
    area = "202" if purpose == "page" else "212"
    messages = [
        Message(
            dedupe_key=f"{purpose}:+{number}",
            to=f"+1{area}555{number:04}",
            body=f"Kinwatch: {purpose} {number}.",
            purpose=purpose,
            service=service,
            priority=rules.priority,
            due_at=START,
            expires_at=START + rules.lasts,
            created_at=START,
            changed_at=START,
        )
        for number in range(count)
    ]
    Message.objects.bulk_create(messages)
    if purpose == "reminder":
        Consent.objects.bulk_create(
            Consent(
                phone=message.to,
                topics=[service],
                text_version="test",
                language="en",
                source="page",
                given_by=uuid.UUID(int=1),
                given_at=START,
            )
            for message in messages
        )


def faults(chance: random.Random, count: int) -> list[str]:
    return [chance.choice(FAULTS) if chance.random() < 1 / 6 else "" for _ in range(count)]


def handed_over(twilio: fakes.Twilio) -> Counter[str]:
    """How many texts or calls the provider took for each row."""
    forms = [*twilio.forms, *twilio.call_forms]
    return Counter(form["StatusCallback"].rstrip("/").split("/")[-2] for form in forms)


def tell(twilio: fakes.Twilio, told: set[str], chance: random.Random, now: datetime) -> None:
    """Callbacks for one new text in ten, all of them in some wrong order and one of them twice."""
    with twilio.lock:
        fresh = [(form, text["sid"]) for form, text in zip(twilio.forms, twilio.texts, strict=True)]
    for form, sid in fresh:
        if sid in told:
            continue
        told.add(sid)
        if chance.random() < 0.9:
            continue
        message_id = uuid.UUID(form["StatusCallback"].rstrip("/").split("/")[-2])
        statuses = ["queued", "sent", "delivered", "sent"]
        chance.shuffle(statuses)
        for status in statuses:
            receipts.record(message_id=message_id, sid=sid, status=status, error_code="", now=now)


def start(act: Callable[[], object]) -> int:
    """Another process on the same database, which does this over and over; gives its process id."""
    connections.close_all()
    child = os.fork()
    if child:
        return child
    try:
        be_quick()
        while act():
            pass
    finally:
        os._exit(0)


def start_all(now: datetime) -> list[int]:
    """Two schedulers, which hand over the same pages, and four workers, which send what is due."""
    schedulers = [start(lambda: chain.send_due(now=now)) for _ in range(2 * (now < PAGED_UNTIL))]
    return schedulers + [start(lambda: dispatch.send_due(now=now)) for _ in range(4)]


def be_quick() -> None:
    """A process that is killed loses nothing by this, only a machine that loses its power would."""
    quick = {"postgresql": "SET synchronous_commit TO OFF", "sqlite": "PRAGMA synchronous=OFF"}
    with connection.cursor() as cursor:
        cursor.execute(quick[connection.vendor])


def work(now: datetime) -> None:
    """All do what is due."""
    for child in start_all(now):
        os.waitpid(child, 0)


def work_and_die(chance: random.Random, now: datetime) -> int:
    """All are killed while they do what is due; how many texts are then in dead hands."""
    for child in start_all(now):
        time.sleep(chance.uniform(0.02, 0.2))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
    return Message.objects.filter(lease_until__isnull=False).count()


def next_moment(now: datetime) -> datetime:
    """When something is due again, at the next tick or later."""
    messages = Message.objects.aggregate(at=Min("due_at"))["at"]
    pages = Page.objects.filter(state="due").aggregate(at=Min("due_at"))["at"]
    return max(now + STEP, min((at for at in (messages, pages) if at), default=now))


def answer(twilio: fakes.Twilio, nurse: Any, chance: random.Random, now: datetime) -> None:
    """Now and then somebody takes what they were really paged for."""
    heard = handed_over(twilio)
    for page in Page.objects.filter(state="sent", escalation__state="open").select_related("escalation"):
        if heard[str(page.message_id)] and chance.random() < 0.05:
            with suppress(lifecycle.AlreadyTaken):
                lifecycle.acknowledge(escalation_id=page.escalation_id, by=nurse, now=now)


def assert_nothing_lost_and_nothing_doubled(twilio: fakes.Twilio, pages: int, reminders: int) -> None:
    counts = handed_over(twilio)
    rows = list(Message.objects.values_list("pk", "purpose", "state", "dedupe_key"))
    claimed = [(purpose, pk) for pk, purpose, state, _ in rows if state in SENT and not counts[str(pk)]]
    assert claimed == [], "said to be sent and never handed over"
    filled = [pk for pk, purpose, _, key in rows if purpose == "page" and key.startswith("page:+")]
    assert len(filled) == pages
    assert [pk for pk in filled if not counts[str(pk)]] == [], "pages that never went out"
    assert not Message.objects.filter(pk__in=filled).exclude(state__in=SENT).exists()
    reminded = [pk for pk, purpose, *_ in rows if purpose == "reminder"]
    assert len(reminded) == reminders
    assert [pk for pk in reminded if counts[str(pk)] > 1] == [], "reminders that went out twice"


@pytest.mark.django_db(transaction=True)
def test_thousand_pages_and_reminders_through_every_fault_and_killed_workers(
    twilio: fakes.Twilio, webhook_settings: Any, clinic: Any, nurse: Any
) -> None:
    webhook_settings.TWILIO_TIMEOUT_SECONDS = 0.5
    chance, clock, told = random.Random(20261125), Clock(twilio), set[str]()
    fill(1000, "reminder", "reminders")
    fill(1000, "page", "paging")
    for position in range(3):
        factories.OnCallFactory(staff=factories.StaffFactory(clinic=clinic), position=position)
    for _ in range(ESCALATIONS):
        chain.start(escalation=factories.EscalationFactory(patient__clinic=clinic), now=clock.now)
    twilio.faults = faults(chance, 8000)
    for place in chance.sample(range(1500), 6):
        twilio.faults[place] = chance.choice(SLOW)
    twilio.list_faults = [
        chance.choice(["500", "reset"]) if chance.random() < 0.1 else "" for _ in range(3000)
    ]

    rounds = torn = 0
    while clock.now < PAGED_UNTIL or Message.objects.filter(due_at__isnull=False, due_at__lt=LATEST).exists():
        rounds += 1
        be_quick()
        if rounds <= KILLING_ROUNDS:
            torn += work_and_die(chance, clock.now)
        else:
            work(clock.now)
        tell(twilio, told, chance, clock.now)
        answer(twilio, nurse, chance, clock.now)
        clock.now = next_moment(clock.now)

    assert_nothing_lost_and_nothing_doubled(twilio, pages=1000, reminders=1000)
    assert torn
    states = Counter(Escalation.objects.values_list("state", flat=True))
    assert states["open"] + states["acknowledged"] == ESCALATIONS
    assert states["acknowledged"] > 0
    still_due = Page.objects.filter(state="due").values_list("escalation_id", flat=True)
    assert set(still_due) == set(Escalation.objects.filter(state="open").values_list("pk", flat=True))


def test_page_is_first_behind_five_hundred_reminders(twilio: fakes.Twilio) -> None:
    fill(500, "reminder", "reminders")
    fill(1, "page", "paging")

    dispatch.send_due(now=START)

    assert twilio.forms[0]["Body"] == "Kinwatch: page 0."
