"""Many pages to one phone at once: the first goes, the rest is one bundle."""

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from clinic.models import Page, Suppression
from clinic.services.escalations import lifecycle
from clinic.services.paging import bundles, chain, undelivered
from notifications.models import Message
from tests import cases, factories


@pytest.fixture
def person(clinic):
    staff = factories.CoveringStaffFactory(clinic=clinic, user__name="Ana First")
    factories.OnCallFactory(staff=staff, position=0)
    return staff


def open_many(clinic, count, answers, at):
    return [cases.escalate(factories.PatientFactory(clinic=clinic), answers, at) for _ in range(count)]


def texts():
    return [m.body for m in Message.objects.filter(purpose="page", channel="sms").order_by("created_at")]


def test_twelve_alerts_in_a_minute_are_one_page_and_one_bundle(clinic, person, now):
    open_many(clinic, 12, cases.FEVER, now)

    for seconds in range(0, 61, 10):
        chain.send_due(now=now + timedelta(seconds=seconds))
        bundles.send_due(now=now + timedelta(seconds=seconds))

    first, bundle = texts()
    assert "Reply 1" in first
    assert bundle == "Kinwatch: 11 more need your answer. Open http://testserver/console/"
    held = Suppression.objects.all()
    assert {(one.rule, one.would_page) for one in held} == {("throttled", person)}
    assert held.count() == 11


def test_two_people_on_one_number_get_one_bundle(clinic, person, now):
    colleague = factories.CoveringStaffFactory(clinic=clinic, user__name="Bo Second", phone=person.phone)
    opened = open_many(clinic, 3, cases.FEVER, now)
    Page.objects.update(state="held", due_at=now)
    for escalation, staff in zip(opened, (person, colleague, colleague), strict=True):
        Page.objects.filter(escalation=escalation).update(staff=staff)

    assert bundles.send_due(now=now) == 1

    assert texts() == ["Kinwatch: 3 more need your answer. Open http://testserver/console/"]
    assert set(Page.objects.values_list("state", flat=True)) == {"sent"}


def test_emergency_jumps(clinic, person, now):
    open_many(clinic, 2, cases.FEVER, now)
    open_many(clinic, 2, cases.FEVER_AND_CONFUSION, now)

    chain.send_due(now=now)

    # Worst first: both emergencies went, and both urgent ones wait.
    assert len(texts()) == 2
    assert Suppression.objects.count() == 2


@pytest.mark.parametrize("state", ["failed", "expired", "suppressed"])
def test_page_that_rang_nobody_holds_no_other_back(clinic, person, now, state):
    open_many(clinic, 1, cases.FEVER, now)
    chain.send_due(now=now)
    Message.objects.update(state=state, due_at=None)
    open_many(clinic, 1, cases.FEVER, now)

    chain.send_due(now=now + timedelta(seconds=5))

    assert len(texts()) == 2
    assert not Suppression.objects.exists()


def test_last_page_that_rang_holds_back_though_a_later_one_did_not(clinic, person, now):
    open_many(clinic, 1, cases.FEVER, now)
    chain.send_due(now=now)
    open_many(clinic, 1, cases.FEVER_AND_CONFUSION, now)
    chain.send_due(now=now + timedelta(seconds=5))
    Message.objects.filter(created_at__gt=now).update(state="failed", due_at=None)
    open_many(clinic, 1, cases.FEVER, now)

    chain.send_due(now=now + timedelta(seconds=10))

    assert Page.objects.get(state="held").due_at == now + timedelta(minutes=1)


def test_next_channel_of_the_same_patient_is_never_held_back(clinic, person, now):
    open_many(clinic, 1, cases.FEVER, now)
    chain.send_due(now=now)
    later = now + timedelta(seconds=5)

    undelivered.move_chains_on(message_id=Message.objects.get().pk, now=later)
    chain.send_due(now=later)

    assert [channel for _, channel, _ in cases.pages_sent()] == ["sms", "voice"]


def test_bundle_of_one_is_an_ordinary_page_and_of_none_is_nothing(clinic, person, nurse, now):
    first, second, third = open_many(clinic, 3, cases.FEVER, now)
    chain.send_due(now=now)
    held = [one for one in (first, second, third) if one.pages.filter(state="held").exists()]
    lifecycle.acknowledge(escalation_id=held[0].pk, by=nurse, now=now)

    bundles.send_due(now=now + timedelta(seconds=60))
    assert f"Reply 1 {held[1].pages.get(number=1).code} to take it" in texts()[1]

    assert bundles.send_due(now=now + timedelta(seconds=90)) == 0
    assert len(texts()) == 2


def test_undelivered_bundle_moves_every_chain_on(clinic, person, now):
    open_many(clinic, 3, cases.FEVER, now)
    chain.send_due(now=now)
    bundles.send_due(now=now + timedelta(seconds=60))
    bundle = Message.objects.order_by("created_at").last()
    later = now + timedelta(seconds=70)

    undelivered.move_chains_on(message_id=bundle.pk, now=later)

    assert Message.objects.count() == 2
    due = [one for one in bundle_pages(bundle) if one.escalation.pages.get(state="due").due_at == later]
    assert len(due) == 2


def bundle_pages(message):
    return list(Page.objects.filter(message_id=message.pk))


def test_taking_one_of_a_bundle_leaves_the_text_for_the_others(clinic, person, nurse, now):
    open_many(clinic, 3, cases.FEVER, now)
    chain.send_due(now=now)
    bundles.send_due(now=now + timedelta(seconds=60))
    bundle = Message.objects.order_by("created_at").last()

    lifecycle.acknowledge(escalation_id=bundle_pages(bundle)[0].escalation_id, by=nurse, now=now)

    bundle.refresh_from_db()
    assert bundle.state == "pending"


@pytest.mark.django_db(transaction=True)
def test_four_workers_send_one_bundle(clinic, person, now):
    open_many(clinic, 5, cases.FEVER, now)
    barrier = Barrier(4)

    def work() -> None:
        barrier.wait()
        try:
            chain.send_due(now=now)
            bundles.send_due(now=now + timedelta(seconds=60))
        finally:
            connection.close()

    threads = [Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    bundles.send_due(now=now + timedelta(seconds=60))

    assert sum("Reply 1" in text for text in texts()) <= 2
    assert len(texts()) == 2
