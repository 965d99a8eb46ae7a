"""The vendor's webhooks over HTTP: forged, repeated, broken and genuine."""

import uuid
from datetime import datetime
from typing import Any
from urllib.parse import urlencode, urlsplit
from xml.etree import ElementTree

import pytest
from django.test import Client

from notifications.hooks import Question, call_answered
from notifications.models import InboundSms, Message, MessageEvent, OptOut
from notifications.services import dispatch
from tests.fakes import twilio as fakes
from tests.notifications.builders import FAMILY, queue

BASE = "https://kin.example.org"
SID = "SM" + "1" * 32
FORM = "application/x-www-form-urlencoded"

pytestmark = pytest.mark.usefixtures("webhook_settings")


@pytest.fixture
def vendor() -> Client:
    """No browser: it sends no CSRF token, and the check is on."""
    return Client(enforce_csrf_checks=True)


def post(vendor: Client, callback: fakes.Callback, **headers: str) -> Any:
    where = urlsplit(callback.address)
    path = where.path + (f"?{where.query}" if where.query else "")
    signed = {"X-Twilio-Signature": callback.signature, **headers}
    return vendor.post(path, urlencode(callback.params), content_type=FORM, headers=signed)


def status_of(message_id: uuid.UUID, **changes: str) -> fakes.Callback:
    params = {"AccountSid": fakes.ACCOUNT, "MessageSid": SID, "MessageStatus": "delivered", "To": FAMILY}
    return fakes.sign(f"{BASE}/hooks/twilio/status/{message_id}/", {**params, **changes})


def text_of(body: str, **changes: str) -> fakes.Callback:
    params = {
        "AccountSid": fakes.ACCOUNT,
        "MessageSid": SID,
        "From": FAMILY,
        "To": "+15555550100",
        "Body": body,
        "MessagingServiceSid": fakes.SERVICES["reminders"],
        "NumMedia": "0",
    }
    return fakes.sign(f"{BASE}/hooks/twilio/inbound/", {**params, **changes})


@pytest.mark.django_db
def test_genuine_status_moves_the_message(vendor: Client, now: datetime) -> None:
    message = queue(now=now)

    answer = post(vendor, status_of(message.id))

    message.refresh_from_db()
    assert (answer.status_code, answer.content) == (204, b"")
    assert (message.state, message.provider_sid) == ("delivered", SID)


@pytest.mark.django_db
def test_status_of_the_fake_finds_its_row(twilio: fakes.Twilio, vendor: Client, now: datetime) -> None:
    message = queue(now=now)
    dispatch.send_due(now=now)

    for status, code in [("sent", ""), ("undelivered", "30003"), ("sent", "")]:
        assert post(vendor, twilio.callback(twilio.texts[0], status, code)).status_code == 204

    message.refresh_from_db()
    assert (message.state, message.error_code) == ("failed", "30003")


@pytest.mark.django_db
def test_repeated_status_is_answered_the_same(vendor: Client, now: datetime) -> None:
    message = queue(now=now)

    answers = [post(vendor, status_of(message.id)).status_code for _ in range(3)]

    assert answers == [204, 204, 204]
    assert MessageEvent.objects.filter(source="provider").count() == 1


@pytest.mark.django_db
def test_status_of_no_message_of_ours_is_answered_well(vendor: Client) -> None:
    assert post(vendor, status_of(uuid.uuid4())).status_code == 204


@pytest.mark.django_db
def test_query_is_part_of_what_is_signed(vendor: Client, now: datetime) -> None:
    message = queue(now=now)
    params = status_of(message.id).params
    genuine = fakes.sign(f"{BASE}/hooks/twilio/status/{message.id}/?a=%7E1&b=2%2B2", params)
    other = fakes.Callback(genuine.address.replace("%7E1", "~1"), params, genuine.signature)

    assert post(vendor, other).status_code == 403
    assert post(vendor, genuine).status_code == 204


# No database mark: each of these is refused before the first query, or the test could not run.
FORGERIES = {
    "no signature": lambda c: fakes.Callback(c.address, c.params, ""),
    "another token": lambda c: fakes.sign(c.address, c.params, "another token"),
    "changed form": lambda c: fakes.Callback(c.address, {**c.params, "MessageStatus": "sent"}, c.signature),
    "another path": lambda c: fakes.Callback(c.address, c.params, fakes.sign(BASE + "/", c.params).signature),
    "another account": lambda c: fakes.sign(c.address, {**c.params, "AccountSid": "AC" + "b" * 32}),
    "no account": lambda c: fakes.sign(c.address, {k: v for k, v in c.params.items() if k != "AccountSid"}),
    "plain http": lambda c: fakes.Callback(
        c.address, c.params, fakes.sign(c.address.replace("https", "http"), c.params).signature
    ),
}


@pytest.mark.parametrize("forge", FORGERIES.values(), ids=FORGERIES.keys())
@pytest.mark.parametrize("hook", ["status", "inbound", "voice"])
def test_forgery_is_refused_before_the_database_is_asked(vendor: Client, hook: str, forge: Any) -> None:
    path = "inbound/" if hook == "inbound" else f"{hook}/{uuid.uuid4()}/"
    genuine = fakes.sign(f"{BASE}/hooks/twilio/{path}", status_of(uuid.uuid4()).params)

    answer = post(vendor, forge(genuine))

    assert (answer.status_code, answer.content) == (403, b"")


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Forwarded-Proto": "http"},
        {"X-Forwarded-Host": "evil.example.org"},
        {"Host": "evil.example.org"},
    ],
    ids=lambda headers: next(iter(headers)),
)
@pytest.mark.django_db
def test_address_is_the_configured_one_whatever_the_headers_say(
    vendor: Client, headers: dict[str, str]
) -> None:
    assert post(vendor, status_of(uuid.uuid4()), **headers).status_code == 204


def test_signature_for_a_spoofed_host_is_refused(vendor: Client) -> None:
    genuine = status_of(uuid.uuid4())
    spoofed = fakes.sign(genuine.address.replace("kin.", "evil."), genuine.params)

    answer = post(vendor, spoofed, Host="evil.example.org")

    assert answer.status_code == 403


@pytest.mark.parametrize("body", [b'{"AccountSid": "x"}', b"\xff\xfe", b""])
@pytest.mark.parametrize(
    "content_type", ["application/json", "text/plain", "multipart/form-data; boundary=x"]
)
def test_any_other_body_is_refused(vendor: Client, content_type: str, body: bytes) -> None:
    address = f"{BASE}/hooks/twilio/inbound/"
    signature = fakes.sign(address, {}).signature

    answer = vendor.generic(
        "POST", "/hooks/twilio/inbound/", body, content_type, headers={"X-Twilio-Signature": signature}
    )

    assert answer.status_code == 403


@pytest.mark.parametrize("method", ["get", "head", "put", "patch", "delete", "options"])
@pytest.mark.parametrize("path", ["inbound/", f"status/{uuid.UUID(int=1)}/", f"voice/{uuid.UUID(int=1)}/"])
def test_only_posts_are_taken(vendor: Client, path: str, method: str) -> None:
    assert getattr(vendor, method)(f"/hooks/twilio/{path}").status_code == 405


def test_demo_without_an_account_believes_nobody(vendor: Client, settings: Any) -> None:
    settings.TWILIO_AUTH_TOKEN = settings.TWILIO_ACCOUNT_SID = ""
    genuine = status_of(uuid.uuid4(), AccountSid="")

    assert post(vendor, fakes.sign(genuine.address, genuine.params)).status_code == 403


@pytest.mark.parametrize(
    "changes",
    [
        {"MessageSid": ""},
        {"MessageSid": "SM 1"},
        {"MessageSid": "S" * 65},
        {"MessageSid": "SM\0"},
        {"MessageStatus": ""},
        {"MessageStatus": "delivered'--"},
        {"MessageStatus": "x" * 31},
        {"ErrorCode": "many"},
        {"ErrorCode": "1" * 11},
        {"ErrorCode": "٣"},
    ],
    ids=str,
)
def test_signed_nonsense_about_a_status_is_a_bad_request(vendor: Client, changes: dict[str, str]) -> None:
    assert post(vendor, status_of(uuid.uuid4(), **changes)).status_code == 400


@pytest.mark.parametrize(
    "changes",
    [
        {"From": ""},
        {"From": "somebody"},
        {"From": "+1" * 20},
        {"MessageSid": ""},
        {"Body": "x" * 5001},
        {"Body": "\0"},
    ],
    ids=lambda changes: str(changes)[:20],
)
def test_signed_nonsense_as_a_text_is_a_bad_request(vendor: Client, changes: dict[str, str]) -> None:
    assert post(vendor, text_of("hello", **changes)).status_code == 400


@pytest.mark.django_db
def test_text_is_taken_in_once(vendor: Client) -> None:
    answers = [post(vendor, text_of("STOP")) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 200]
    assert answers[0].content == b'<?xml version="1.0" encoding="UTF-8"?><Response></Response>'
    assert InboundSms.objects.count() == 1
    assert [(o.phone, o.service) for o in OptOut.objects.all()] == [(FAMILY, "reminders")]


@pytest.mark.django_db
@pytest.mark.parametrize("body", ["Él tiene frío 🥶", "a & b = c + d%20", "  spaces  ", ""])
def test_words_are_kept_as_they_came(vendor: Client, body: str) -> None:
    assert post(vendor, text_of(body)).status_code == 200

    assert InboundSms.objects.get().body == body


@pytest.mark.django_db
def test_text_to_an_unknown_service_is_taken_in_too(vendor: Client) -> None:
    post(vendor, text_of("STOP", MessagingServiceSid="MG" + "9" * 32))

    assert [o.service for o in OptOut.objects.all()] == ["reminders"]


@pytest.mark.django_db
def test_stop_to_the_codes_sender_leaves_reminders(vendor: Client, now: datetime) -> None:
    post(vendor, text_of("STOP", MessagingServiceSid=fakes.SERVICES["codes"]))
    reminder = queue(purpose="reminder", now=now)
    code = queue(purpose="code", now=now)

    dispatch.send_due(now=now)

    assert set(Message.objects.values_list("pk", "state")) == {
        (reminder.pk, "delivered"),
        (code.pk, "delivered"),
    }


@pytest.mark.django_db
def test_call_that_is_not_ours_is_told_that_nobody_answers(vendor: Client) -> None:
    params = {"AccountSid": fakes.ACCOUNT, "CallSid": "CA1", "From": FAMILY}

    answer = post(vendor, fakes.sign(f"{BASE}/hooks/twilio/voice/{uuid.uuid4()}/", params))

    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/xml; charset=utf-8"
    assert answer.content == (
        b'<?xml version="1.0" encoding="UTF-8"?><Response><Say language="en-US">Nobody answers calls to this '
        b"number. Open the app, or call your clinic or 911.</Say><Hangup/></Response>\n"
    )


def said_in(answer: Any) -> list[tuple[str, str]]:
    """The verbs of an answer with their words, in order."""
    return [(verb.tag, "".join(verb.itertext())) for verb in ElementTree.fromstring(answer.content)]


@pytest.mark.django_db
def test_call_asks_three_times_and_takes_one_key(twilio: fakes.Twilio, vendor: Client, now: datetime) -> None:
    question = "River & Sons alert. Press 1 to take it, 2 to pass on."
    message = queue(channel="voice", body=question, now=now)
    dispatch.send_due(now=now)

    answer = post(vendor, twilio.ask(twilio.calls[0]))

    assert said_in(answer) == [
        *[("Gather", question)] * 3,
        ("Say", "No key was pressed. Goodbye."),
        ("Hangup", ""),
    ]
    gather = ElementTree.fromstring(answer.content)[0]
    assert gather.attrib == {
        "input": "dtmf",
        "numDigits": "1",
        "timeout": "5",
        "method": "POST",
        "action": f"{BASE}/hooks/twilio/voice/{message.id}/",
    }
    message.refresh_from_db()
    assert message.state == "accepted"


@pytest.mark.django_db
def test_pressed_key_is_told_on_and_answered(twilio: fakes.Twilio, vendor: Client, now: datetime) -> None:
    message = queue(channel="voice", language="es", now=now)
    dispatch.send_due(now=now)
    call_answered.connect(listen := lambda **told: f"{told['message_id']} {told['digits']}")

    answer = post(vendor, twilio.ask(twilio.calls[0], digits="1"))
    call_answered.disconnect(listen)

    assert said_in(answer) == [("Say", f"{message.id} 1"), ("Hangup", "")]
    assert b'<Say language="es-MX">' in answer.content
    message.refresh_from_db()
    assert (message.state, message.provider_sid) == ("delivered", twilio.calls[0]["sid"])


@pytest.mark.django_db
@pytest.mark.parametrize(
    "statuses", [["ringing", "no-answer"], ["busy"], ["failed"], ["ringing", "canceled"]]
)
def test_call_that_nobody_takes_has_failed(
    twilio: fakes.Twilio, vendor: Client, now: datetime, statuses: list[str]
) -> None:
    message = queue(channel="voice", now=now)
    dispatch.send_due(now=now)

    for status in statuses:
        assert post(vendor, twilio.call_callback(twilio.calls[0], status)).status_code == 204

    message.refresh_from_db()
    assert message.state == "failed"


@pytest.mark.django_db
@pytest.mark.parametrize("digits", ["one", "1" * 11, "\0", "1;2"])
def test_signed_nonsense_about_a_call_is_a_bad_request(vendor: Client, digits: str) -> None:
    params = {"AccountSid": fakes.ACCOUNT, "CallSid": "CA1", "Digits": digits}

    assert post(vendor, fakes.sign(f"{BASE}/hooks/twilio/voice/{uuid.uuid4()}/", params)).status_code == 400


@pytest.mark.django_db
def test_question_is_asked_in_the_signed_address_and_its_answer_is_not_kept(
    twilio: fakes.Twilio, vendor: Client, now: datetime
) -> None:
    message = queue(channel="voice", now=now)
    dispatch.send_due(now=now)
    told: list[tuple[str, int]] = []

    def listen(**one: Any) -> Question:
        told.append((one["digits"], one["asked"]))
        return Question("Enter your code.", 4)

    call_answered.connect(listen)
    address = f"{BASE}/hooks/twilio/voice/{message.id}/"
    params = {"CallSid": twilio.calls[0]["sid"], "CallStatus": "in-progress", "AccountSid": fakes.ACCOUNT}
    post(vendor, fakes.sign(address, {**params, "Digits": "1"}))
    answer = post(vendor, fakes.sign(f"{address}?asked=1", {**params, "Digits": "7305"}))
    forged = post(vendor, fakes.sign(f"{address}?asked=10", {**params, "Digits": "7305"}))
    call_answered.disconnect(listen)

    gather = ElementTree.fromstring(answer.content)[0]
    assert (gather.attrib["numDigits"], gather.attrib["action"]) == ("4", f"{address}?asked=2")
    assert said_in(answer)[0] == ("Gather", "Enter your code.")
    assert told == [("1", 0), ("7305", 1)]
    assert forged.status_code == 400
    assert not message.events.filter(status__contains="7305").exists()


@pytest.mark.django_db
def test_call_that_somebody_takes_over_goes_on_at_their_address(vendor: Client, now: datetime) -> None:
    message = queue(channel="voice", purpose="checkin", service="reminders", now=now)
    params = {"AccountSid": fakes.ACCOUNT, "CallSid": "CA1", "CallStatus": "in-progress"}

    answer = post(vendor, fakes.sign(f"{BASE}/hooks/twilio/voice/{message.id}/", params))

    redirect = ElementTree.fromstring(answer.content).find("Redirect")
    assert redirect is not None
    assert (redirect.text, redirect.attrib) == (
        f"{BASE}/hooks/twilio/keypad/called/{message.id}/",
        {"method": "POST"},
    )


@pytest.mark.django_db
def test_call_comes_from_the_number_that_was_named_with_it(twilio: fakes.Twilio, now: datetime) -> None:
    queue(channel="voice", purpose="checkin", service="reminders", caller="+15555550188", now=now)
    queue(channel="voice", to="+15555550143", now=now)

    dispatch.send_due(now=now)

    assert {one["to"]: one["from"] for one in twilio.calls} == {
        FAMILY: "+15555550188",
        "+15555550143": "+15555550100",
    }
