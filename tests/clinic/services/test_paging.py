from datetime import timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection

from clinic.models import EscalationEvent, Page, SystemAlarm
from clinic.receivers import on_message_state
from clinic.services import escalations, paging
from notifications.models import Message
from tests import factories


@pytest.fixture
def on_call(clinic):
    people = [
        factories.StaffFactory(clinic=clinic, user__name=name, user__language=language)
        for name, language in (("Ana First", "en"), ("Ben Second", "es"))
    ]
    for position, person in enumerate(people):
        factories.OnCallFactory(staff=person, position=position)
    return people


def test_due_page_goes_to_the_first_person_and_plans_the_next(escalate, on_call, now):
    escalation = escalate()

    sent = paging.send_due(now=now)

    assert sent == 1
    message = Message.objects.get()
    assert (message.to, message.purpose, message.service) == (str(on_call[0].phone), "page", "paging")
    assert list(escalation.pages.order_by("number").values_list("number", "state", "due_at")) == [
        (1, "sent", now),
        (2, "due", now + timedelta(minutes=5)),
    ]
    assert EscalationEvent.objects.get(kind="paged").text == "Ana First"


def test_chain_goes_round_until_a_person_answers(escalate, on_call, nurse, now):
    escalation = escalate()
    for minutes in (0, 5, 10):
        paging.send_due(now=now + timedelta(minutes=minutes))

    escalations.acknowledge(escalation_id=escalation.pk, by=nurse, now=now + timedelta(minutes=11))
    after = paging.send_due(now=now + timedelta(minutes=60))

    assert after == 0
    assert [m.to for m in Message.objects.order_by("created_at")] == [
        str(on_call[0].phone),
        str(on_call[1].phone),
        str(on_call[0].phone),
    ]
    assert list(escalation.pages.order_by("number").values_list("state", flat=True)) == [
        *["sent"] * 3,
        "cancelled",
    ]


def test_acknowledging_takes_back_a_page_that_has_not_left(escalate, on_call, nurse, now):
    escalation = escalate()
    paging.send_due(now=now)

    escalations.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)

    assert Message.objects.get().state == "suppressed"


def test_page_holds_a_link_and_no_word_about_health_or_people(escalate, on_call, patient, now):
    escalation = escalate({"temp_value": "38.6", "temp_unit": "C", "confusion": 2})
    paging.send_due(now=now)
    paging.send_due(now=now + timedelta(minutes=5))

    bodies = [m.body for m in Message.objects.order_by("created_at")]

    link = f"http://testserver/console/escalations/{escalation.pk}/"
    assert bodies[0] == f"Kinwatch: someone needs your answer now. Open {link}"
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


def test_nobody_on_call_is_an_alarm_and_the_page_stays_due(escalate, clinic, now):
    escalation = escalate()

    sent = paging.send_due(now=now)

    assert sent == 0
    assert SystemAlarm.objects.get().kind == "no_on_call"
    assert list(escalation.pages.values_list("state", "due_at")) == [("due", now + timedelta(seconds=60))]


def test_alarm_clears_once_somebody_can_be_paged(escalate, clinic, now):
    escalate()
    paging.send_due(now=now)
    factories.OnCallFactory(staff=factories.StaffFactory(clinic=clinic))

    sent = paging.send_due(now=now + timedelta(seconds=60))

    assert sent == 1
    assert SystemAlarm.objects.get().cleared_at == now + timedelta(seconds=60)


def test_person_without_phone_or_access_is_passed_over(escalate, on_call, now):
    on_call[0].user.is_active = False
    on_call[0].user.save(update_fields=["is_active"])
    escalate()

    paging.send_due(now=now)

    assert Message.objects.get().to == str(on_call[1].phone)


@pytest.mark.parametrize(
    ("state", "error_code"), [("failed", "30003"), ("expired", ""), ("suppressed", "opted_out")]
)
def test_undelivered_page_alarms_and_brings_the_next_person_forward(
    escalate, on_call, now, state, error_code
):
    escalation = escalate()
    paging.send_due(now=now)
    message = Message.objects.get()
    later = now + timedelta(seconds=20)

    on_message_state(message_id=message.pk, purpose="page", state=state, error_code=error_code, now=later)
    paging.send_due(now=later)

    assert SystemAlarm.objects.get().kind == "page_failed"
    assert [m.to for m in Message.objects.order_by("created_at")] == [str(p.phone) for p in on_call]
    assert escalation.pages.filter(state="sent").count() == 2


def test_undelivered_old_page_does_not_hurry_the_chain(escalate, on_call, now):
    escalation = escalate()
    paging.send_due(now=now)
    first = Message.objects.get()
    paging.send_due(now=now + timedelta(minutes=5))

    paging.undelivered(message_id=first.pk, now=now + timedelta(minutes=6))

    assert escalation.pages.get(state="due").due_at == now + timedelta(minutes=10)


def test_undelivered_after_the_answer_changes_nothing(escalate, on_call, nurse, now):
    escalation = escalate()
    paging.send_due(now=now)
    escalations.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)

    paging.undelivered(message_id=Message.objects.get().pk, now=now)
    paging.undelivered(message_id=uuid4(), now=now)

    assert SystemAlarm.objects.count() == 0


def test_delivered_page_and_other_messages_change_nothing(escalate, on_call, now):
    escalate()
    paging.send_due(now=now)
    message = Message.objects.get()

    on_message_state(message_id=message.pk, purpose="page", state="delivered", error_code="", now=now)
    on_message_state(
        message_id=message.pk, purpose="page", state="suppressed", error_code="cancelled", now=now
    )
    on_message_state(message_id=message.pk, purpose="reminder", state="failed", error_code="", now=now)

    assert SystemAlarm.objects.count() == 0


def test_page_left_over_from_a_taken_escalation_is_cancelled(escalate, on_call, nurse, now):
    escalation = escalate()
    escalations.acknowledge(escalation_id=escalation.pk, by=nurse, now=now)
    Page.objects.filter(escalation=escalation).update(state="due", cancelled_at=None)

    assert paging.send_due(now=now) == 0
    assert Page.objects.get().state == "cancelled"
    assert paging.send(page_id=uuid4(), now=now) is False


@pytest.mark.django_db(transaction=True)
def test_four_schedulers_at_once_send_one_page(escalate, on_call, now):
    escalate()
    barrier = Barrier(4)

    def drain() -> None:
        barrier.wait()
        try:
            paging.send_due(now=now)
        finally:
            connection.close()

    threads = [Thread(target=drain) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert Message.objects.count() == 1
    assert Page.objects.filter(state="sent").count() == 1
