"""Answering a page by text or by a key in the call."""

from datetime import timedelta

import pytest

from clinic.models import CallCode, SystemAlarm
from clinic.receivers import on_call_answered, on_sms
from clinic.services.core import staff_texts
from clinic.services.escalations import lifecycle
from clinic.services.paging import bundles, call_codes, chain
from notifications.hooks import Question
from notifications.models import InboundSms, Message, OptOut
from notifications.rules.text import segments
from notifications.services import calls, inbound
from tests import cases, factories

MINUTE = timedelta(minutes=1)


@pytest.fixture
def ana(clinic):
    staff = factories.CoveringStaffFactory(clinic=clinic, user__name="Ana First")
    factories.OnCallFactory(staff=staff, position=0)
    return staff


@pytest.fixture
def ben(clinic, ana):
    staff = factories.CoveringStaffFactory(clinic=clinic, user__name="Ben Second", user__language="es")
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

    assert text(ben, "1", now + 6 * MINUTE).startswith("La alerta es suya")


@pytest.fixture
def two_paged(paged, clinic, now):
    """Two patients, both paged to Ana, nobody has answered."""
    other = cases.escalate(factories.PatientFactory(clinic=clinic), cases.FEVER_AND_CONFUSION, now + MINUTE)
    chain.send_due(now=now + MINUTE)
    return paged, other


def states(*escalations):
    for one in escalations:
        one.refresh_from_db()
    return [one.state for one in escalations]


@pytest.mark.parametrize("body", ["ok", "Sí", "taking it", "got it", "１", "١", "👍"])
def test_what_people_type_takes_the_one_that_waits(paged, ana, now, body):
    assert text(ana, body, now + MINUTE).startswith("You have it.")
    assert states(paged) == ["acknowledged"]


@pytest.mark.parametrize("body", ["not ok", "1?", "ok, Ben has it", "1 min"])
def test_what_does_not_mean_it_takes_nothing(paged, ana, now, body):
    assert text(ana, body, now + MINUTE).startswith("Not understood.")
    assert states(paged) == ["open"]


def test_several_open_pages_are_listed_and_all_takes_all(two_paged, ana, now):
    first, second = two_paged
    listed = f"2 wait: {code_of(second)}, {code_of(first)}. Reply 1 and a code, or 1 all."

    for body in ("1", "ok", "1"):
        assert text(ana, body, now + 2 * MINUTE) == listed
    assert states(first, second) == ["open", "open"]

    answer = text(ana, "1 all", now + 3 * MINUTE)

    assert answer == "You have 2. Pages stop for them. Open http://testserver/console/"
    assert states(first, second) == ["acknowledged", "acknowledged"]


def test_second_one_takes_the_other_when_only_that_is_left(two_paged, ana, now):
    first, second = two_paged

    text(ana, f"1 {code_of(second)}", now + 2 * MINUTE)
    assert states(first, second) == ["open", "acknowledged"]

    assert text(ana, "1", now + 3 * MINUTE).startswith("You have it.")
    assert states(first, second) == ["acknowledged", "acknowledged"]


def test_two_codes_take_two(two_paged, ana, now):
    first, second = two_paged

    answer = text(ana, f"1 {code_of(first)} and {code_of(second)}", now + 2 * MINUTE)

    assert answer.startswith("You have 2.")
    assert states(first, second) == ["acknowledged", "acknowledged"]


def test_all_counts_what_it_took_and_says_who_has_the_rest(two_paged, ana, nurse, now):
    first, second = two_paged
    codes = f"{code_of(first)} {code_of(second)}"
    lifecycle.acknowledge(escalation_id=first.pk, by=nurse, now=now + MINUTE)

    one = text(ana, f"1 {codes}", now + 2 * MINUTE)
    assert one == "You have 1. Pages stop for it. Open http://testserver/console/"

    lifecycle.resolve(escalation_id=second.pk, by=ana.user, outcome="admitted", note="", now=now + 3 * MINUTE)
    assert text(ana, f"1 {codes}", now + 4 * MINUTE) == "Already handled by Ana First."


def test_ok_to_what_came_later_takes_nothing(paged, ana, now):
    notice = {"words": lambda: "Your shift begins.", "key": "shift:1", "path": "/console/rota/mine/"}
    staff_texts.text_person(staff=ana, now=now + MINUTE, **notice)

    answer = text(ana, "ok", now + 2 * MINUTE)

    assert answer.startswith(f"Not understood. Reply 1 {code_of(paged)} to take it")
    assert states(paged) == ["open"]
    assert text(ana, "1", now + 3 * MINUTE).startswith("You have it.")
    assert text(ana, "ok", now + 4 * MINUTE) is None


def test_ok_to_our_answer_takes_no_other_page(two_paged, ana, now):
    first, second = two_paged
    text(ana, f"1 {code_of(second)}", now + 2 * MINUTE)

    answer = text(ana, "ok", now + 3 * MINUTE)

    assert answer.startswith(f"Not understood. Reply 1 {code_of(first)} to take it")
    assert states(first, second) == ["open", "acknowledged"]


def test_ok_after_it_is_settled_says_who_has_it(paged, ana, nurse, now):
    lifecycle.acknowledge(escalation_id=paged.pk, by=nurse, now=now + MINUTE)

    assert text(ana, "ok", now + 2 * MINUTE) == "Already handled by Nora Nurse."
    assert text(ana, "2", now + 2 * MINUTE) == "Already handled by Nora Nurse."
    wrong = "0000" if code_of(paged) != "0000" else "0001"
    assert text(ana, f"1 {wrong}", now + 2 * MINUTE) == "Already handled by Nora Nurse."


@pytest.mark.parametrize("body", ["1", "ok", "1 all", "hello"])
def test_number_that_was_never_verified_takes_nothing(paged, ana, now, body):
    ana.phone_verified_at = None
    ana.save()

    answer = text(ana, body, now + MINUTE)

    assert answer == (
        "This number is not verified, so it takes nothing. Sign in to take it: "
        f"http://testserver/console/escalations/{paged.pk}/"
    )
    assert states(paged) == ["open"]


def test_several_pages_to_a_number_that_was_never_verified(two_paged, ana, now):
    ana.phone_verified_at = None
    ana.save()

    for body in ("1", "1 all", "2 all"):
        answer = text(ana, body, now + 2 * MINUTE)
    assert states(*two_paged) == ["open", "open"]
    assert answer == "Passed on. The next person is called now."
    assert text(ana, "1", now + 2 * MINUTE).startswith("This number is not verified")


def test_number_that_is_another_one_by_now_takes_nothing(paged, ana, now):
    old = str(ana.phone)
    ana.phone = "+12035559999"
    ana.save()

    answer = on_sms(inbound_id=1, from_phone=old, body="1", kind="text", now=now + MINUTE)

    assert answer == "This phone cannot take it any more. Open the console."
    assert states(paged) == ["open"]


def test_page_to_a_number_that_was_never_verified_does_not_ask_for_a_reply(clinic, patient, caregiver, now):
    staff = factories.StaffFactory(clinic=clinic)
    factories.OnCallFactory(staff=staff, position=0)
    escalation = cases.escalate(patient, cases.FEVER, now)
    cases.run_engine(now, minutes=2)

    link = f"http://testserver/console/escalations/{escalation.pk}/"
    assert Message.objects.get(channel="sms", purpose="page").body == (
        f"Kinwatch: someone needs your answer now. Open {link}"
    )
    ringing = Message.objects.get(channel="voice")
    assert ringing.body == (
        "Kinwatch. Someone needs your answer now. Open the console to take it. Press 2 to pass it on."
    )
    assert call(ringing, "1", now + 2 * MINUTE).startswith("This number is not verified")
    assert states(escalation) == ["open"]


@pytest.mark.parametrize("body", ["2", "no", "can't", "no puedo"])
def test_no_pages_the_next_person_at_once(paged, ana, ben, now, body):
    assert text(ana, body, now + MINUTE) == "Passed on. The next person is called now."

    chain.send_due(now=now + MINUTE)
    assert cases.pages_sent()[-1] == ("Ben Second", "sms", 60)
    assert states(paged) == ["open"]


def test_late_no_does_not_take_the_chain_back(paged, ana, ben, now):
    cases.run_engine(now, minutes=5)
    due = paged.pages.get(state="due")

    assert text(ana, "no", now + 6 * MINUTE) == "The page has gone to the next person already."

    assert paged.pages.get(state="due") == due
    assert paged.pages.get(state="due").due_at == due.due_at


def test_no_about_what_one_has_is_told_so(paged, ana, now):
    text(ana, "1", now + MINUTE)

    assert text(ana, "2", now + 2 * MINUTE).startswith("You have it already.")
    assert states(paged) == ["acknowledged"]


def test_no_where_several_wait_asks_which(two_paged, ana, ben, now):
    first, second = two_paged

    answer = text(ana, "2", now + 2 * MINUTE)

    assert answer == f"2 wait: {code_of(second)}, {code_of(first)}. Reply 2 and a code, or 2 all."
    assert text(ana, f"2 {code_of(first)}", now + 2 * MINUTE) == "Passed on. The next person is called now."


def test_no_of_somebody_who_has_left_passes_nothing_on(paged, ana, nurse, now):
    ana.ended_at, ana.ended_by = now, nurse
    ana.save()

    assert text(ana, "2", now + MINUTE) == "This phone cannot take it any more. Open the console."


def test_only_codes_of_what_this_phone_may_take_are_listed(two_paged, ana, nurse, now):
    """The number was a colleague's at another clinic until they left."""
    page = two_paged[0].pages.get(number=1)
    left = factories.CoveringStaffFactory(
        clinic=two_paged[0].clinic, phone=ana.phone, ended_at=now, ended_by=nurse
    )
    page.staff = left
    page.save()

    answer = text(ana, "1", now + 2 * MINUTE)

    assert answer == f"1 waits: {code_of(two_paged[1])}. Reply 1 and the code, or 1 all."


def test_yes_takes_a_page_even_where_it_starts_texts_again(paged, ana, now):
    OptOut.objects.create(phone=str(ana.phone), service="paging", source="keyword", created_at=now)

    inbound.receive(
        sid="SM1", from_phone=str(ana.phone), to_phone="", body="Yes", service="paging", now=now + MINUTE
    )

    assert states(paged) == ["acknowledged"]
    assert not OptOut.objects.filter(ended_at=None).exists()
    assert Message.objects.get(purpose="reply").body.startswith("You have it.")


def test_help_from_a_colleague_with_a_page_says_how_to_answer(paged, ana, now):
    assert text(ana, "HELP", now + MINUTE, kind="help").startswith("Not understood. Reply 1 ")


def test_reply_that_is_handled_again_takes_no_page_that_came_since(paged, ana, clinic, now):
    inbound.receive(
        sid="SM1", from_phone=str(ana.phone), to_phone="", body="1", service="paging", now=now + MINUTE
    )
    other = cases.escalate(
        factories.PatientFactory(clinic=clinic), cases.FEVER_AND_CONFUSION, now + 2 * MINUTE
    )
    chain.send_due(now=now + 2 * MINUTE)
    InboundSms.objects.update(handled_at=None)

    assert inbound.finish_unhandled(now=now + 3 * MINUTE) == 1

    assert states(paged, other) == ["acknowledged", "open"]


@pytest.mark.parametrize("language", ["en", "es"])
def test_answers_are_one_text(two_paged, ana, ben, now, language):
    ana.user.language = language
    ana.user.save()

    for body in ("1", "what", "2", f"2 {code_of(two_paged[0])}", f"2 {code_of(two_paged[0])}", "1 all"):
        assert segments(text(ana, body, now + 2 * MINUTE)).count == 1


@pytest.mark.parametrize("language", ["en", "es"])
def test_answer_to_a_number_that_was_never_verified_is_one_text(paged, ana, now, language):
    ana.user.language, ana.phone_verified_at = language, None
    ana.user.save()
    ana.save()

    assert segments(text(ana, "1", now + MINUTE)).count == 1


def call(message, digits, at, asked=0):
    return on_call_answered(message_id=message.pk, digits=digits, asked=asked, now=at)


@pytest.fixture
def ringing(paged, now):
    """Ana's call, at a clinic that asks for a code in calls."""
    paged.clinic.call_code_required = True
    paged.clinic.save()
    cases.run_engine(now, minutes=2)
    return Message.objects.get(channel="voice")


def test_call_takes_it_only_with_the_persons_own_code(paged, ana, ringing, now):
    call_codes.set_own(by=ana.user, code="7305", now=now)

    assert call(ringing, "1", now) == Question("Enter your code.", 4)
    assert states(paged) == ["open"]
    assert call(ringing, "7306", now, asked=1) == Question("That is not your code. Enter your code.", 4)
    assert call(ringing, "7305", now, asked=2).startswith("You have it.")
    assert states(paged) == ["acknowledged"]


def test_after_three_wrong_codes_the_call_leads_to_the_console(paged, ana, ringing, now):
    call_codes.set_own(by=ana.user, code="7305", now=now)

    said = [call(ringing, "0000", now, asked=asked) for asked in (1, 2, 3)]

    assert said[-1] == "That is not your code. Open the console to take it."
    assert [type(one) for one in said] == [Question, Question, str]
    assert states(paged) == ["open"]


def test_call_to_somebody_without_a_code_leads_to_the_console(paged, ana, ringing, now):
    assert call(ringing, "1", now) == "You have set no code for calls. Open the console to take it."
    assert call(ringing, "0000", now, asked=3) == "That is not your code. Open the console to take it."
    assert states(paged) == ["open"]


def test_code_of_a_call_is_stored_nowhere(paged, ana, ringing, now, caplog):
    call_codes.set_own(by=ana.user, code="7305", now=now)

    turns = [
        calls.next_turn(message_id=ringing.pk, sid="CA1", digits=digits, asked=asked, now=now)
        for digits, asked in (("", 0), ("1", 0), ("7306", 1), ("7305", 2))
    ]

    assert [turn.digits for turn in turns] == [1, 4, 4, 1]
    assert turns[1].action.endswith(f"/hooks/twilio/voice/{ringing.pk}/?asked=1")
    assert turns[2].action.endswith("/?asked=2")
    assert turns[3].last_words.startswith("You have it.")
    kept = [*ringing.events.values_list("status", flat=True), CallCode.objects.get().code_hash, caplog.text]
    assert [one for one in kept if "7305" in one or "7306" in one] == []
    assert {"digits 1", "code 1", "code 2"} <= set(kept)


def test_key_one_takes_it_and_key_two_passes_it_on(paged, ana, ben, now):
    cases.run_engine(now, minutes=2)
    ringing = Message.objects.get(channel="voice")

    assert call(ringing, "7", now) == "That key does nothing. Open the console to take it."
    assert call(ringing, "2", now + 2.5 * MINUTE) == "Passed on. The next person is called now."
    chain.send_due(now=now + 2.5 * MINUTE)
    assert cases.pages_sent()[-1] == ("Ben Second", "sms", 150)

    assert call(ringing, "1", now + 3 * MINUTE).startswith("You have it.")
    assert call(ringing, "2", now + 4 * MINUTE).startswith("You have it already.")
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
