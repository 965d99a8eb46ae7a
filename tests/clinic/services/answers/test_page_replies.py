"""Answering a page by text or by a key in the call."""

from datetime import timedelta

import pytest

from clinic.models import SystemAlarm
from clinic.receivers import on_call_answered, on_sms
from clinic.services.escalations import lifecycle
from clinic.services.paging import bundles, chain
from notifications.models import Message
from tests import cases, factories

MINUTE = timedelta(minutes=1)


@pytest.fixture
def ana(clinic):
    staff = factories.StaffFactory(clinic=clinic, user__name="Ana First")
    factories.OnCallFactory(staff=staff, position=0)
    return staff


@pytest.fixture
def ben(clinic, ana):
    staff = factories.StaffFactory(clinic=clinic, user__name="Ben Second", user__language="es")
    factories.OnCallFactory(staff=staff, position=1)
    return staff


@pytest.fixture
def paged(ana, patient, caregiver, now):
    escalation = cases.escalate(patient, cases.FEVER, now)
    chain.send_due(now=now)
    return escalation


def text(staff, body, at, kind="text"):
    return on_sms(inbound_id=1, from_phone=str(staff.phone), body=body, kind=kind, now=at)


def code_of(escalation):
    return escalation.pages.get(number=1).code


def test_one_takes_the_newest_page_to_that_phone(paged, ana, now):
    answer = text(ana, "1", now + MINUTE)

    paged.refresh_from_db()
    assert (paged.state, paged.acknowledged_by) == ("acknowledged", ana.user)
    assert answer == f"You have it. Pages stop. Open http://testserver/console/escalations/{paged.pk}/"
    assert text(ana, "1", now + MINUTE).startswith("You have it already.")


def test_code_takes_that_page_and_no_other(paged, ana, clinic, now):
    newer = cases.escalate(factories.PatientFactory(clinic=clinic), cases.FEVER_AND_CONFUSION, now + MINUTE)
    chain.send_due(now=now + MINUTE)

    text(ana, f"1 {code_of(paged)}", now + 2 * MINUTE)

    newer.refresh_from_db()
    paged.refresh_from_db()
    assert (paged.state, newer.state) == ("acknowledged", "open")


def test_stale_code_is_told_who_handled_it(paged, ana, nurse, now):
    lifecycle.acknowledge(escalation_id=paged.pk, by=nurse, now=now)

    assert text(ana, f"1 {code_of(paged)}", now + MINUTE) == "Already handled by Nora Nurse."
    lifecycle.resolve(escalation_id=paged.pk, by=nurse, outcome="admitted", note="", now=now)
    assert text(ana, "1", now + MINUTE) == "Already handled by Nora Nurse."


def test_other_words_and_wrong_codes_are_told_how_to_reply(paged, ana, now):
    told = f"Not understood. Reply 1 {code_of(paged)} to take it, or open "

    for body in ("on my way", "1 0000" if code_of(paged) != "0000" else "1 0001"):
        assert text(ana, body, now + MINUTE).startswith(told)
    paged.refresh_from_db()
    assert paged.state == "open"


def test_words_when_nothing_waits_are_for_the_ordinary_answer(paged, ana, nurse, now):
    lifecycle.acknowledge(escalation_id=paged.pk, by=nurse, now=now)

    assert text(ana, "thanks", now + MINUTE) is None


def test_phone_that_was_never_paged_or_long_ago_takes_nothing(paged, ana, caregiver, nurse, now):
    assert on_sms(inbound_id=1, from_phone=str(caregiver.phone), body="1", kind="text", now=now) is None
    assert text(ana, "1", now + timedelta(hours=25)) is None
    paged.refresh_from_db()
    assert paged.state == "open"
    assert SystemAlarm.objects.get().kind == "text_received"


def test_person_who_has_left_takes_nothing(paged, ana, nurse, now):
    ana.ended_at, ana.ended_by = now, nurse
    ana.save()

    assert text(ana, "1", now + MINUTE) == "This phone cannot take it any more. Open the console."
    ana.ended_at, ana.ended_by, ana.role = None, None, "administrator"
    ana.save()
    assert text(ana, "1", now + MINUTE) == "This phone cannot take it any more. Open the console."


def test_answer_speaks_the_persons_language(paged, ana, ben, now):
    cases.run_engine(now, minutes=5)

    assert text(ben, "1", now + 6 * MINUTE).startswith("Es suyo")


def call(message, digits, at):
    return on_call_answered(message_id=message.pk, digits=digits, now=at)


def test_key_one_takes_it_and_key_two_passes_it_on(paged, ana, ben, now):
    cases.run_engine(now, minutes=2)
    ringing = Message.objects.get(channel="voice")

    assert call(ringing, "7", now) == "That key does nothing. Open the console to take it."
    assert call(ringing, "2", now + 2.5 * MINUTE) == "Passed on. The next person is called now."
    chain.send_due(now=now + 2.5 * MINUTE)
    assert cases.pages_sent()[-1] == ("Ben Second", "sms", 150)

    assert call(ringing, "1", now + 3 * MINUTE).startswith("You have it.")
    assert call(ringing, "2", now + 4 * MINUTE) == "Passed on. The next person is called now."
    paged.refresh_from_db()
    assert paged.acknowledged_by == ana.user
    assert paged.pages.filter(state="due").count() == 0


def test_line_is_no_person_and_takes_nothing(clinic, patient, now):
    escalation = cases.escalate(patient, cases.FEVER, now)
    chain.send_due(now=now)

    answer = call(Message.objects.get(), "1", now)

    assert answer == "Open the console to take it. Only a person with an account can."
    escalation.refresh_from_db()
    assert escalation.state == "open"


def test_call_that_is_no_page_is_not_ours(paged, ana, clinic, now):
    for _ in range(2):
        cases.escalate(factories.PatientFactory(clinic=clinic), cases.FEVER, now)
    chain.send_due(now=now)
    bundles.send_due(now=now + MINUTE)
    bundle = Message.objects.order_by("created_at").last()

    assert call(bundle, "1", now) is None
