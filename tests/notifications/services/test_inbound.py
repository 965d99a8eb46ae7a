from datetime import datetime, timedelta
from typing import Any

import pytest

from notifications.hooks import sms_received
from notifications.models import InboundSms, Message, OptOut
from notifications.rules.text import health_words, segments
from notifications.services import dispatch, inbound, opt_outs
from tests.notifications.builders import FAMILY, queue

pytestmark = pytest.mark.django_db

ENGLISH = "Nobody reads texts to this number. Open the app, or call your clinic or 911."


def receive(
    body: str, now: datetime, *, sid: str = "SM1", service: str | None = "reminders", phone: str = FAMILY
) -> bool:
    return inbound.receive(
        sid=sid, from_phone=phone, to_phone="+15555550100", body=body, service=service, now=now
    )


def open_opt_outs() -> list[tuple[str, str, str]]:
    return list(OptOut.objects.filter(ended_at=None).values_list("phone", "service", "source"))


def replies() -> list[Message]:
    return list(Message.objects.filter(purpose="reply").order_by("created_at"))


@pytest.mark.parametrize("body", ["STOP", "parar", "¡Alto!"])
def test_stop_ends_that_sender_at_once_and_gets_no_answer(now: datetime, body: str) -> None:
    receive(body, now)

    assert open_opt_outs() == [(FAMILY, "reminders", "keyword")]
    assert replies() == []


STOPPED = "You get no more reminders from us. Reply START to get them again."


@pytest.mark.parametrize("body", ["please stop", "alto por favor", "停止", "parar", "dừng lại", "توقف"])
def test_stop_that_the_provider_does_not_know_is_confirmed_once(now: datetime, body: str) -> None:
    receive(body, now, sid="SM1")
    receive(body, now + timedelta(minutes=1), sid="SM2")
    dispatch.send_due(now=now + timedelta(minutes=1))

    assert open_opt_outs() == [(FAMILY, "reminders", "keyword")]
    confirmed = Message.objects.get()
    assert (confirmed.purpose, confirmed.body, confirmed.state) == ("stopped", STOPPED, "delivered")


def test_stop_that_the_provider_confirms_is_not_confirmed_twice(now: datetime) -> None:
    receive("STOP", now)

    assert not Message.objects.exists()


def test_please_stop_to_another_sender_stops_reminders_too(now: datetime) -> None:
    receive("please stop", now, service="codes")

    assert open_opt_outs() == [(FAMILY, "codes", "keyword"), (FAMILY, "reminders", "keyword")]


@pytest.mark.parametrize("language", ["en", "es", "zh-hans", "ar", "vi"])
def test_confirmation_is_short_and_in_the_language_of_the_last_text(now: datetime, language: str) -> None:
    queue(purpose="reminder", now=now - timedelta(days=1), language=language)

    receive("please stop", now)

    confirmed = Message.objects.get(purpose="stopped")
    assert (confirmed.language, confirmed.body == STOPPED) == (language, language == "en")
    assert (health_words(confirmed.body), segments(confirmed.body).count) == ([], 1)


LIKED = "Liked “Harbor Clinic: time for the check-in. Reply STOP to end these texts.”"


@pytest.mark.parametrize("body", [LIKED, "👍 to “Kinwatch: open the app.”", "> Kinwatch: open the app."])
def test_our_own_words_that_come_back_change_nothing(now: datetime, body: str) -> None:
    queue(purpose="reminder", now=now - timedelta(hours=1))

    receive(body, now)

    assert InboundSms.objects.get().kind == "reaction"
    assert (open_opt_outs(), replies()) == ([], [])


def test_stop_under_a_quotation_of_ours_counts(now: datetime) -> None:
    queue(purpose="reminder", now=now - timedelta(hours=1))

    receive("> Kinwatch: open the app.\nplease stop", now)

    assert open_opt_outs() == [(FAMILY, "reminders", "keyword")]


def test_death_is_answered_by_no_machine_and_pauses_texts_where_it_asks_for_it(now: datetime) -> None:
    receive("Please stop, George died on Tuesday", now)

    assert InboundSms.objects.get().kind == "death"
    assert open_opt_outs() == [(FAMILY, "reminders", "sentence")]
    assert not Message.objects.exists()


def test_cry_for_help_of_a_stranger_gets_the_safe_answer_once(now: datetime) -> None:
    receive("call me", now, sid="SM1")
    receive("he can't breathe", now + timedelta(minutes=1), sid="SM2")

    assert [reply.body for reply in replies()] == [ENGLISH]


def test_cry_that_no_listener_heard_is_told_again(now: datetime) -> None:
    failing = [True]
    heard: list[Any] = []

    def listen(**told: Any) -> None:
        if failing:
            raise ValueError
        heard.append(told["kind"])

    sms_received.connect(listen)
    receive("call me", now)
    assert InboundSms.objects.get().handled_at is None
    inbound.finish_unhandled(now=now + timedelta(minutes=1))
    failing.clear()
    inbound.finish_unhandled(now=now + timedelta(minutes=2))
    sms_received.disconnect(listen)

    assert heard == ["urgent"]
    assert InboundSms.objects.get().handled_at == now + timedelta(minutes=2)
    assert len(replies()) == 1


def test_sentence_that_asks_for_no_more_pauses_texts_until_somebody_has_asked(now: datetime) -> None:
    receive("please stop texting me", now)

    assert open_opt_outs() == [(FAMILY, "reminders", "sentence")]
    assert InboundSms.objects.get().kind == "review"
    assert replies() == []


def test_words_about_a_body_do_not_count_as_stop(now: datetime) -> None:
    receive("the bleeding won't stop", now)

    assert open_opt_outs() == []
    assert [reply.body for reply in replies()] == [ENGLISH]


def test_second_stop_changes_nothing(now: datetime) -> None:
    receive("STOP", now, sid="SM1")
    receive("QUIT", now, sid="SM2")

    assert len(open_opt_outs()) == 1


def test_start_takes_the_stop_back(now: datetime) -> None:
    receive("STOP", now, sid="SM1")
    receive("START", now + timedelta(minutes=1), sid="SM2")

    assert open_opt_outs() == []
    assert OptOut.objects.get().ended_at == now + timedelta(minutes=1)
    assert replies() == []


def test_start_of_one_sender_leaves_the_stop_of_another(now: datetime) -> None:
    receive("STOP", now, sid="SM1", service="codes")
    receive("START", now, sid="SM2", service="reminders")

    assert open_opt_outs() == [(FAMILY, "codes", "keyword")]


def test_stop_after_start_after_stop_is_a_new_stop(now: datetime) -> None:
    for number, body in enumerate(["STOP", "START", "STOP"]):
        receive(body, now + timedelta(minutes=number), sid=f"SM{number}")

    assert len(open_opt_outs()) == 1
    assert OptOut.objects.count() == 2


@pytest.mark.parametrize("body", ["HELP", "ayuda", "He is hot and sleepy", "yes", ""])
def test_anything_else_gets_the_answer_that_nobody_reads(now: datetime, body: str) -> None:
    receive(body, now)

    reply = replies()[0]
    assert (reply.to, reply.body, reply.service, reply.language) == (FAMILY, ENGLISH, "reminders", "en")
    assert InboundSms.objects.get().body == body


def test_answer_speaks_the_language_of_the_last_text(now: datetime) -> None:
    queue(purpose="reminder", now=now - timedelta(days=2), language="en")
    queue(purpose="reminder", now=now - timedelta(days=1), language="es")

    receive("hola", now)

    assert replies()[0].language == "es"


@pytest.mark.parametrize("language", ["en", "es", "zh-hans", "ar", "vi"])
def test_answer_is_short_and_tells_nothing(now: datetime, language: str) -> None:
    queue(purpose="reminder", now=now, language=language)

    receive("fever 39.5, very confused", now)

    body = replies()[0].body
    assert (health_words(body), segments(body).count <= 2) == ([], True)


def test_one_answer_an_hour(now: datetime) -> None:
    for minutes in (0, 1, 59, 60, 61):
        receive("hello?", now + timedelta(minutes=minutes), sid=f"SM{minutes}")

    assert [reply.created_at - now for reply in replies()] == [timedelta(0), timedelta(hours=1)]
    assert InboundSms.objects.count() == 5


def test_other_numbers_get_their_own_answer(now: datetime) -> None:
    receive("hello?", now, sid="SM1")
    receive("hello?", now, sid="SM2", phone="+15555550199")

    assert {reply.to for reply in replies()} == {FAMILY, "+15555550199"}


def test_answer_to_a_stopped_number_is_not_sent(now: datetime) -> None:
    receive("STOP", now, sid="SM1")
    receive("hello?", now, sid="SM2")

    dispatch.send_due(now=now)

    assert [reply.state for reply in replies()] == ["suppressed"]


def test_repeated_webhook_is_one_text(django_capture_on_commit_callbacks: Any, now: datetime) -> None:
    heard: list[Any] = []
    sms_received.connect(listen := lambda **told: heard.append(told["inbound_id"]))

    with django_capture_on_commit_callbacks(execute=True):
        answers = [receive("STOP", now), receive("STOP", now), receive("STOP", now)]
    sms_received.disconnect(listen)

    assert answers == [True, False, False]
    assert heard == [InboundSms.objects.get().id]


def test_listener_is_told_everything(django_capture_on_commit_callbacks: Any, now: datetime) -> None:
    heard: list[dict[str, Any]] = []
    sms_received.connect(listen := lambda **told: heard.append(told))

    with django_capture_on_commit_callbacks(execute=True):
        receive("hello?", now, service="codes")
    sms_received.disconnect(listen)

    told = {name: heard[0][name] for name in ("inbound_id", "from_phone", "body", "kind", "service", "now")}
    assert told == {
        "inbound_id": InboundSms.objects.get().id,
        "from_phone": FAMILY,
        "body": "hello?",
        "kind": "text",
        "service": "codes",
        "now": now,
    }


@pytest.mark.parametrize(("purpose", "service"), [("page", "paging"), ("code", "codes"), (None, "reminders")])
def test_unnamed_sender_is_the_one_that_texted_last(now: datetime, purpose: str | None, service: str) -> None:
    if purpose:
        queue(purpose=purpose, to=FAMILY, now=now - timedelta(hours=1))

    receive("STOP", now, service=None)

    assert open_opt_outs() == [(FAMILY, service, "keyword")]


def test_person_of_the_clinic_may_stop_and_start_too(now: datetime) -> None:
    assert opt_outs.record(phone=FAMILY, service="reminders", source="person", now=now) is True
    assert opt_outs.record(phone=FAMILY, service="reminders", source="person", now=now) is False
    assert opt_outs.end(phone=FAMILY, service="reminders", now=now) is True
    assert opt_outs.end(phone=FAMILY, service="reminders", now=now) is False


def test_listeners_words_are_the_answer(now: datetime) -> None:
    sms_received.connect(listen := lambda **told: "You have it." if told["body"] == "1" else None)

    for number, body in enumerate(["1", "1", "hello?"]):
        receive(body, now, sid=f"SM{number}", service="paging")
    sms_received.disconnect(listen)

    assert [reply.body for reply in replies()] == ["You have it.", "You have it."]
    assert {reply.service for reply in replies()} == {"paging"}


def test_listener_that_fails_costs_nobody_the_answer(now: datetime) -> None:
    def listen(**told: Any) -> str:
        raise ValueError

    sms_received.connect(listen)
    receive("hello?", now)
    sms_received.disconnect(listen)

    assert [reply.body for reply in replies()] == [ENGLISH]


def test_text_that_was_only_stored_is_handled_by_the_tick(now: datetime) -> None:
    heard: list[Any] = []
    receive("hello?", now)
    InboundSms.objects.update(handled_at=None)
    Message.objects.all().delete()
    sms_received.connect(listen := lambda **told: heard.append(told["inbound_id"]))

    finished = [inbound.finish_unhandled(now=now + timedelta(seconds=seconds)) for seconds in (30, 31, 32)]
    sms_received.disconnect(listen)

    assert finished == [0, 1, 0]
    assert heard == [InboundSms.objects.get().id]
    assert [reply.body for reply in replies()] == [ENGLISH]


def test_listeners_words_end_when_two_machines_talk(now: datetime) -> None:
    sms_received.connect(listen := lambda **told: "Already handled.")

    for number in range(15):
        receive("1", now + timedelta(seconds=number), sid=f"SM{number}", service="paging")
    sms_received.disconnect(listen)

    assert len(replies()) == 10
