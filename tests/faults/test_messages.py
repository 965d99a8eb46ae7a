"""A thousand pages and a thousand reminders while the provider fails in every way and workers are killed.

Counted at the fake provider, under a clock of the test's own: no page that was never handed over counts as
sent, no reminder is handed over twice, and every escalation ends with a person or is still paging.
"""

import os
import random
import signal
import time
import uuid
from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connections

from clinic.models import Escalation, Page
from clinic.services import escalations, paging
from notifications.models import Consent, Message
from notifications.rules.purposes import handling
from notifications.services import dispatch, receipts
from tests import factories
from tests.fakes import twilio as fakes

pytestmark = [pytest.mark.faults, pytest.mark.django_db]

START = datetime(2026, 11, 22, 15, 0, tzinfo=UTC)
STEP = timedelta(seconds=10)
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
    rules = handling(purpose)
    area = "202" if purpose == "page" else "212"
    messages = [
        Message(
            dedupe_key=f"{purpose}:{number}",
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
    """Callbacks for one new text in five, all of them in some wrong order and one of them twice."""
    for form, text in zip(list(twilio.forms), list(twilio.texts), strict=True):
        if text["sid"] in told:
            continue
        told.add(text["sid"])
        if chance.random() < 0.8:
            continue
        message_id = uuid.UUID(form["StatusCallback"].rstrip("/").split("/")[-2])
        statuses = ["queued", "sent", "delivered", "sent"]
        chance.shuffle(statuses)
        for status in statuses:
            receipts.record(message_id=message_id, sid=text["sid"], status=status, error_code="", now=now)


def drain(clock: Clock, until: datetime, each: Any = lambda: None) -> None:
    """Let the ticks run until nothing is left to do, or until that time."""
    while Message.objects.filter(due_at__isnull=False).exists() and clock.now < until:
        while dispatch.send_due(now=clock.now):
            pass
        each()
        clock.now += STEP


def assert_nothing_lost_and_nothing_doubled(twilio: fakes.Twilio, pages: int, reminders: int) -> None:
    counts = handed_over(twilio)
    rows = list(Message.objects.values_list("pk", "purpose", "state"))
    assert Counter(purpose for _, purpose, _ in rows) == {"page": pages, "reminder": reminders}
    claimed = [(purpose, pk) for pk, purpose, state in rows if state in SENT and not counts[str(pk)]]
    assert claimed == [], "said to be sent and never handed over"
    silent = [pk for pk, purpose, _ in rows if purpose == "page" and not counts[str(pk)]]
    assert silent == [], "pages that never went out"
    doubled = [pk for pk, purpose, _ in rows if purpose == "reminder" and counts[str(pk)] > 1]
    assert doubled == [], "reminders that went out twice"


def test_thousand_pages_and_reminders_through_every_fault(
    twilio: fakes.Twilio, webhook_settings: Any
) -> None:
    webhook_settings.TWILIO_TIMEOUT_SECONDS = 0.3
    chance, clock, told = random.Random(20261125), Clock(twilio), set[str]()
    fill(1000, "reminder", "reminders")
    fill(1000, "page", "paging")
    twilio.faults = faults(chance, 6000)
    for place in chance.sample(range(1500), 6):
        twilio.faults[place] = chance.choice(SLOW)
    twilio.list_faults = [
        chance.choice(["500", "reset"]) if chance.random() < 0.1 else "" for _ in range(3000)
    ]

    drain(clock, START + timedelta(hours=2), lambda: tell(twilio, told, chance, clock.now))

    assert_nothing_lost_and_nothing_doubled(twilio, pages=1000, reminders=1000)
    assert not Message.objects.filter(purpose="page").exclude(state__in=SENT).exists()


@pytest.mark.django_db(transaction=True)
def test_workers_killed_in_the_middle_of_anything(twilio: fakes.Twilio) -> None:
    chance, clock = random.Random(7), Clock(twilio)
    fill(80, "page", "paging")
    fill(80, "reminder", "reminders")
    twilio.faults = faults(chance, 2000)

    for _ in range(30):
        workers = [start_worker(clock.now) for _ in range(2)]
        time.sleep(chance.uniform(0.02, 0.25))
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
            os.waitpid(worker, 0)
        # Longer than a lease: what the dead held is free.
        clock.now += timedelta(seconds=31)
    drain(clock, START + timedelta(hours=2))

    assert_nothing_lost_and_nothing_doubled(twilio, pages=80, reminders=80)


def start_worker(now: datetime) -> int:
    """Another process on the same database, which sends until it is killed; gives its process id."""
    connections.close_all()
    worker = os.fork()
    if worker:
        return worker
    try:
        while True:
            if not dispatch.send_due(now=now):
                time.sleep(0.005)
    finally:
        os._exit(1)


def test_every_escalation_ends_with_a_person_or_is_still_paging(
    twilio: fakes.Twilio, clinic: Any, nurse: Any
) -> None:
    chance, clock = random.Random(11), Clock(twilio)
    for position in range(3):
        factories.OnCallFactory(staff=factories.StaffFactory(clinic=clinic), position=position)
    opened = [factories.EscalationFactory(patient__clinic=clinic) for _ in range(25)]
    for escalation in opened:
        paging.start(escalation=escalation, now=clock.now)
    twilio.faults = faults(chance, 5000)

    for _ in range(90):
        paging.send_due(now=clock.now)
        dispatch.send_due(now=clock.now)
        heard = handed_over(twilio)
        for page in Page.objects.filter(state="sent", escalation__state="open").select_related("escalation"):
            if heard[str(page.message_id)] and chance.random() < 0.02:
                escalations.acknowledge(escalation_id=page.escalation_id, by=nurse, now=clock.now)
        clock.now += STEP

    states = Counter(Escalation.objects.values_list("state", flat=True))
    assert states["open"] + states["acknowledged"] == 25
    assert states["acknowledged"] > 0
    still_due = Page.objects.filter(state="due").values_list("escalation_id", flat=True)
    assert set(still_due) == set(Escalation.objects.filter(state="open").values_list("pk", flat=True))


def test_page_is_first_behind_five_hundred_reminders(twilio: fakes.Twilio) -> None:
    fill(500, "reminder", "reminders")
    fill(1, "page", "paging")

    dispatch.send_due(now=START)

    assert twilio.forms[0]["Body"] == "Kinwatch: page 0."
