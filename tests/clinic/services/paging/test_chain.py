from datetime import timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection

from clinic.models import EscalationEvent, Page, Suppression, SystemAlarm
from clinic.receivers import on_message_state
from clinic.rules.paging.channels import Channel, ChannelTurn
from clinic.services.escalations import lifecycle
from clinic.services.paging import chain, ladders, undelivered
from notifications.models import Message, PushSubscription
from tests import cases, factories


@pytest.fixture
def on_call(clinic):
    people = [
        factories.CoveringStaffFactory(clinic=clinic, user__name=name, user__language=language)
        for name, language in (("Ana First", "en"), ("Ben Second", "es"))
    ]
    for position, person in enumerate(people):
        factories.OnCallFactory(staff=person, position=position)
    return people


def test_due_page_goes_to_the_first_person_and_plans_the_call(escalate, on_call, now):
    escalation = escalate()

    sent = chain.send_due(now=now)

    assert sent == 1
    message = Message.objects.get()
    assert (message.to, message.purpose, message.service) == (str(on_call[0].phone), "page", "paging")
    assert list(escalation.pages.order_by("number").values_list("number", "state", "due_at")) == [
        (1, "sent", now),
        (2, "due", now + timedelta(minutes=2)),
    ]
    assert not EscalationEvent.objects.filter(kind="paged").exists()


def test_chain_goes_down_the_list_by_text_and_call_then_the_line_and_round_again(escalate, on_call, now):
    escalate()

    cases.run_engine(now, minutes=16)

    assert cases.pages_sent() == [
        ("Ana First", "sms", 0),
        ("Ana First", "voice", 120),
        ("Ben Second", "sms", 300),
        ("Ben Second", "voice", 420),
        ("the line", "voice", 600),
        ("Ana First", "sms", 900),
    ]
    assert [m.channel for m in Message.objects.order_by("created_at")[:2]] == ["sms", "voice"]


def test_an_answer_ends_the_chain(escalate, on_call, nurse, now):
    escalation = escalate()
    cases.run_engine(now, minutes=6)

    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now + timedelta(minutes=7))
    cases.run_engine(now + timedelta(minutes=7), minutes=15)

    assert [name for name, _, _ in cases.pages_sent()] == ["Ana First", "Ana First", "Ben Second"]
    assert list(escalation.pages.order_by("number").values_list("state", flat=True)) == [
        *["sent"] * 3,
        "cancelled",
    ]


def test_worker_that_was_down_sends_the_newest_page_only(escalate, on_call, now):
    escalation = escalate()
    chain.send_due(now=now)
    Message.objects.update(state="delivered", due_at=None)

    cases.run_engine(now + timedelta(minutes=40), minutes=2)

    # Ana's call belonged to a step that was over long before.
    assert cases.pages_sent() == [
        ("Ana First", "sms", 0),
        ("Ben Second", "sms", 2400),
        ("Ben Second", "voice", 2520),
    ]
    overtaken = Suppression.objects.get()
    assert (overtaken.rule, overtaken.would_page, overtaken.escalation) == (
        "overtaken",
        on_call[0],
        escalation,
    )


def test_own_order_of_channels_is_kept(escalate, on_call, now):
    ladders.set_channel_order(
        clinic_id=on_call[0].clinic_id,
        by=on_call[0].user,
        turns=[ChannelTurn(Channel.VOICE, 60), ChannelTurn(Channel.SMS, 120)],
        now=now,
    )
    escalate()

    cases.run_engine(now, minutes=2)

    assert cases.pages_sent() == [("Ana First", "voice", 0), ("Ana First", "sms", 60)]


def test_push_goes_to_every_browser_and_without_one_the_text_comes_first(escalate, on_call, now):
    turns = [ChannelTurn(Channel.PUSH, 60), ChannelTurn(Channel.SMS, 120)]
    for person in on_call:
        ladders.set_channel_order(clinic_id=person.clinic_id, by=person.user, turns=turns, now=now)
    for n in range(2):
        PushSubscription.objects.create(
            owner_id=on_call[1].user_id, endpoint=f"https://push.example/{n}", p256dh="k", auth="a"
        )
    escalate()

    cases.run_engine(now, minutes=5)

    assert cases.pages_sent() == [
        ("Ana First", "sms", 0),
        ("Ben Second", "push", 300),
    ]
    assert Message.objects.filter(channel="push").count() == 2


def test_acknowledging_takes_back_a_page_that_has_not_left(escalate, on_call, nurse, now):
    escalation = escalate()
    chain.send_due(now=now)

    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)

    assert Message.objects.get(purpose="page").state == "suppressed"


def test_page_holds_a_link_and_no_word_about_health_or_people(escalate, on_call, patient, now):
    escalation = escalate({"temp_value": "38.6", "temp_unit": "C", "confusion": 2})
    chain.send_due(now=now)
    chain.send_due(now=now + timedelta(minutes=5))

    bodies = [m.body for m in Message.objects.order_by("created_at")]

    link = f"http://testserver/console/escalations/{escalation.pk}/"
    code = escalation.pages.get(number=1).code
    assert bodies[0] == (
        f"Kinwatch: someone needs your answer now. Reply 1 {code} to take it, or open {link}"
    )
    for body in bodies:
        rest = body.replace(link, "").lower()
        for word in (
            "fever",
            "confus",
            "emergency",
            "urgent",
            "fiebre",
            "car-t",
            patient.family_name.lower(),
        ):
            assert word not in rest


def test_nobody_on_call_is_an_alarm_and_the_line_is_called(escalate, clinic, now):
    escalate()

    cases.run_engine(now, minutes=5)

    assert SystemAlarm.objects.get().kind == "no_on_call"
    assert cases.pages_sent() == [("the line", "voice", 0), ("the line", "voice", 300)]
    assert {m.to for m in Message.objects.all()} == {str(clinic.line_phone)}


def test_alarm_clears_once_somebody_can_be_paged(escalate, clinic, now):
    escalate()
    chain.send_due(now=now)
    factories.OnCallFactory(staff=factories.StaffFactory(clinic=clinic))

    sent = chain.send_due(now=now + timedelta(minutes=5))

    assert sent == 1
    assert SystemAlarm.objects.get().cleared_at == now + timedelta(minutes=5)


def test_person_without_phone_or_access_is_passed_over(escalate, on_call, now):
    on_call[0].user.is_active = False
    on_call[0].user.save(update_fields=["is_active"])
    escalate()

    chain.send_due(now=now)

    assert Message.objects.get().to == str(on_call[1].phone)
    passed_over = Suppression.objects.get()
    assert (passed_over.rule, passed_over.would_page) == ("unreachable", on_call[0])


@pytest.mark.parametrize(
    ("state", "error_code"), [("failed", "30003"), ("expired", ""), ("suppressed", "opted_out")]
)
def test_undelivered_page_alarms_and_calls_the_person_at_once(escalate, on_call, now, state, error_code):
    escalation = escalate()
    chain.send_due(now=now)
    message = Message.objects.get()
    later = now + timedelta(seconds=20)

    on_message_state(message_id=message.pk, purpose="page", state=state, error_code=error_code, now=later)
    chain.send_due(now=later)

    assert SystemAlarm.objects.get().kind == "page_failed"
    assert cases.pages_sent() == [("Ana First", "sms", 0), ("Ana First", "voice", 20)]
    assert escalation.pages.filter(state="sent").count() == 2


def test_call_that_nobody_answers_brings_the_next_person_forward(escalate, on_call, now):
    escalate()
    cases.run_engine(now, minutes=2)
    call = Message.objects.get(channel="voice")
    later = now + timedelta(seconds=140)

    on_message_state(message_id=call.pk, purpose="page", state="failed", error_code="busy", now=later)
    chain.send_due(now=later)

    assert cases.pages_sent()[-1] == ("Ben Second", "sms", 140)


def test_page_unconfirmed_for_ninety_seconds_uses_the_next_channel(escalate, on_call, now):
    escalate()

    cases.run_engine(now, minutes=3.5, arriving=False)

    assert cases.pages_sent() == [
        ("Ana First", "sms", 0),
        ("Ana First", "voice", 90),
        ("Ben Second", "sms", 180),
    ]


def test_undelivered_old_page_does_not_hurry_the_chain(escalate, on_call, now):
    escalation = escalate()
    chain.send_due(now=now)
    first = Message.objects.get()
    chain.send_due(now=now + timedelta(minutes=2))

    undelivered.move_chains_on(message_id=first.pk, now=now + timedelta(minutes=3))

    assert escalation.pages.get(state="due").due_at == now + timedelta(minutes=5)


def test_undelivered_after_the_answer_changes_nothing(escalate, on_call, nurse, now):
    escalation = escalate()
    chain.send_due(now=now)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)

    undelivered.move_chains_on(message_id=Message.objects.get(purpose="page").pk, now=now)
    undelivered.move_chains_on(message_id=uuid4(), now=now)

    assert SystemAlarm.objects.count() == 0


def test_delivered_page_and_other_messages_change_nothing(escalate, on_call, now):
    escalate()
    chain.send_due(now=now)
    message = Message.objects.get()

    on_message_state(message_id=message.pk, purpose="page", state="delivered", error_code="", now=now)
    on_message_state(
        message_id=message.pk, purpose="page", state="suppressed", error_code="cancelled", now=now
    )
    on_message_state(message_id=message.pk, purpose="reminder", state="failed", error_code="", now=now)

    assert SystemAlarm.objects.count() == 0


def test_page_left_over_from_a_taken_escalation_is_cancelled(escalate, on_call, nurse, now):
    escalation = escalate()
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    Page.objects.filter(escalation=escalation).update(state="due", cancelled_at=None)

    assert chain.send_due(now=now) == 0
    assert Page.objects.get().state == "cancelled"
    assert chain.send_page_if_due(page_id=uuid4(), now=now) is False


def test_chain_that_was_lost_starts_again(escalate, on_call, nurse, now):
    escalation = escalate()
    assert chain.restart_lost(now=now) == 0
    Page.objects.filter(escalation=escalation).update(state="cancelled", cancelled_at=now)

    assert chain.restart_lost(now=now) == 1
    assert chain.send_due(now=now) == 1

    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    assert chain.restart_lost(now=now) == 0


@pytest.mark.django_db(transaction=True)
def test_four_schedulers_at_once_send_one_page(escalate, on_call, now):
    escalate()
    barrier = Barrier(4)

    def drain() -> None:
        barrier.wait()
        try:
            chain.send_due(now=now)
        finally:
            connection.close()

    threads = [Thread(target=drain) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Message.objects.count() == 1
    assert Page.objects.filter(state="sent").count() == 1
