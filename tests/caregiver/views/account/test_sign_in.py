"""Signing in by a texted code."""

import re
import threading
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from caregiver.models import SignInCode
from caregiver.services.account import sign_in as service
from clinic.services.reports.intake import displayed_phone
from notifications.models import Message

UNKNOWN = "+16175550199"


def ask(client: Client, phone: str) -> Any:
    return client.post("/sign-in/", {"phone": phone})


def texted_code() -> str:
    found = re.search(r"#(\d{6})$", Message.objects.filter(purpose="code").latest("created_at").body)
    assert found
    return found.group(1)


def wrong_code() -> str:
    return f"{(int(texted_code()) + 1) % 1_000_000:06d}"


def type_code(client: Client, code: str) -> Any:
    return client.post("/sign-in/code/", {"code": code})


def masked(content: bytes, phone: str) -> str:
    """Without what differs on every page anyway."""
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", content.decode())
    return text.replace(displayed_phone(phone), "PHONE")


def test_code_signs_in_once_under_a_new_session_key(client: Client, caregiver: Any, phone: str) -> None:
    ask(client, phone)
    before = client.session.session_key

    answer = type_code(client, texted_code())
    again = type_code(Client(), texted_code())

    assert answer.url == "/"
    assert client.session["_auth_user_id"] == str(caregiver.pk)
    assert client.session.session_key != before
    assert again.url == "/sign-in/?lost"


def test_code_may_be_typed_with_spaces(client: Client, caregiver: Any, phone: str) -> None:
    ask(client, phone)
    code = texted_code()

    assert type_code(client, f" {code[:3]} {code[3:]} ").url == "/"


def test_text_ends_with_the_line_that_phones_read(client: Client, caregiver: Any, phone: str) -> None:
    ask(client, phone)

    message = Message.objects.get()

    assert message.body.splitlines()[-1] == f"@testserver #{texted_code()}"
    assert (message.purpose, message.service, str(message.to)) == ("code", "codes", phone)


def test_code_is_stored_only_as_a_hash(client: Client, caregiver: Any, phone: str) -> None:
    ask(client, phone)

    row = SignInCode.objects.values().get()

    assert texted_code() not in {str(value) for value in row.values()}


@pytest.mark.parametrize("known", [True, False], ids=["known", "unknown"])
def test_sixth_try_fails_even_with_the_right_code(
    client: Client, caregiver: Any, phone: str, known: bool
) -> None:
    ask(client, phone)
    right, wrong = texted_code(), wrong_code()
    if not known:
        client = Client()
        ask(client, UNKNOWN)

    told = [re.findall(r"You can try[^<.]*", type_code(client, wrong).content.decode()) for _ in range(5)]
    last = type_code(client, right)

    assert told[0][0] == "You can try 4 more times"
    assert told[3][0] == "You can try once more"
    assert told[4] == []
    assert last.status_code == 422
    assert "This code does not work anymore." in last.content.decode()
    assert "_auth_user_id" not in client.session


@pytest.mark.django_db(transaction=True)
def test_fifty_tries_at_once_get_five(client: Client, caregiver: Any, phone: str) -> None:
    ask(client, phone)
    wrong, cookie = wrong_code(), client.cookies["sessionid"].value
    answers: list[str] = []

    def attempt() -> None:
        browser = Client()
        browser.cookies["sessionid"] = cookie
        answers.append(type_code(browser, wrong).content.decode())
        connections.close_all()

    threads = [threading.Thread(target=attempt) for _ in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 50
    assert SignInCode.objects.get().tries == 5
    # Each of the first four is told how many are left; a try that was not counted would be told so too.
    assert sum("not the code" in answer for answer in answers) <= 4
    assert type_code(client, texted_code()).status_code == 422


@pytest.mark.parametrize(
    ("minutes", "works"), [(9, True), (10, False), (11, False)], ids=["9", "exactly 10", "11"]
)
def test_code_lives_ten_minutes(
    client: Client, caregiver: Any, phone: str, clock: Any, minutes: int, works: bool
) -> None:
    ask(client, phone)
    clock.shift(timedelta(minutes=minutes))

    assert (type_code(client, texted_code()).status_code == 302) is works


@pytest.mark.django_db(transaction=True)
def test_right_code_sent_five_times_at_once_signs_in_once(caregiver: Any, phone: str) -> None:
    asked = service.send_code(phone=phone, source="192.0.2.1", now=timezone.now())
    code, signed_in = texted_code(), []

    def confirm() -> None:
        with suppress(service.DeadCode, service.WrongCode):
            signed_in.append(service.confirm(code_id=asked.code_id, code=code, now=timezone.now()))
        connections.close_all()

    threads = [threading.Thread(target=confirm) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert signed_in == [[caregiver]]


def test_access_that_ended_after_the_text_does_not_sign_in(
    client: Client, caregiver: Any, phone: str, nurse: Any, now: Any
) -> None:
    ask(client, phone)
    caregiver.care_links.update(ended_at=now, ended_by=nurse)

    assert type_code(client, texted_code()).status_code == 422
    assert "_auth_user_id" not in client.session


def test_code_page_without_having_asked_leads_to_asking(client: Client, clinic: Any) -> None:
    lost = client.get("/sign-in/code/")

    assert lost.url == "/sign-in/?lost"
    assert "This browser does not know your code." in client.get(lost.url).content.decode()


def test_signed_in_person_needs_no_sign_in(device: Client) -> None:
    assert device.get("/sign-in/").url == "/"
    assert device.get("/sign-in/code/").url == "/"


def test_code_of_one_browser_does_not_work_in_another(
    client: Client, caregiver: Any, phone: str, clock: Any
) -> None:
    ask(client, phone)
    first = texted_code()
    clock.shift(timedelta(seconds=1))
    other = Client()
    ask(other, phone)

    answer = type_code(other, first)

    assert answer.status_code == 422
    assert type_code(client, first).url == "/"


def test_unknown_number_gets_the_same_pages_and_no_text(caregiver: Any, phone: str) -> None:
    known, unknown = Client(), Client()

    asked = [ask(known, phone), ask(unknown, UNKNOWN)]
    pages = [
        masked(known.get("/sign-in/code/").content, phone),
        masked(unknown.get("/sign-in/code/").content, UNKNOWN),
    ]
    wrong = wrong_code()
    refused = [
        masked(type_code(known, wrong).content, phone),
        masked(type_code(unknown, wrong).content, UNKNOWN),
    ]

    assert [(one.status_code, one.url) for one in asked] == [(302, "/sign-in/code/")] * 2
    assert pages[0] == pages[1]
    assert refused[0] == refused[1]
    assert [str(to) for to in Message.objects.values_list("to", flat=True)] == [phone]


def test_known_and_unknown_numbers_cost_the_same_queries(caregiver: Any, phone: str) -> None:

    counts: list[Any] = []
    for number in (phone, UNKNOWN):
        browser = Client()
        with CaptureQueriesContext(connection) as asking:
            ask(browser, number)
        with CaptureQueriesContext(connection) as typing:
            type_code(browser, wrong_code())
        counts.append([statements(asking), statements(typing)])

    assert counts[0] == counts[1]


def statements(queries: Any) -> list[str]:
    """Verb and table of each, in their order; taking back what was queued is the unknown number's own."""
    found = [one["sql"].split(" WHERE ")[0] for one in queries]
    return [re.sub(r"\(.*", "", one, flags=re.DOTALL)[:60] for one in found if "SAVEPOINT" not in one]


def test_number_whose_access_ended_gets_no_text(
    client: Client, caregiver: Any, phone: str, nurse: Any, now: Any
) -> None:
    caregiver.care_links.update(ended_at=now, ended_by=nurse)

    answer = ask(client, phone)

    assert answer.url == "/sign-in/code/"
    assert not Message.objects.exists()


def test_fourth_code_in_fifteen_minutes_is_refused_alike(caregiver: Any, phone: str, clock: Any) -> None:
    answers = []
    for number in (phone, UNKNOWN):
        client = Client()
        answers.append([ask(client, number).status_code for _ in range(4)])

    clock.shift(timedelta(minutes=15, seconds=1))

    assert answers == [[302, 302, 302, 429]] * 2
    assert ask(Client(), phone).status_code == 302


def ask_from(address: str, phone: str) -> int:
    return int(Client().post("/sign-in/", {"phone": phone}, REMOTE_ADDR=address).status_code)


def test_stranger_who_asks_for_a_familys_number_does_not_lock_it_out(caregiver: Any, phone: str) -> None:
    stranger = [ask_from("192.0.2.66", phone) for _ in range(4)]

    assert stranger == [302, 302, 302, 429]
    assert ask_from("192.0.2.9", phone) == 302


def test_eleventh_code_for_a_number_is_refused_whatever_the_address(caregiver: Any, phone: str) -> None:
    statuses = [ask_from(f"192.0.2.{n}", phone) for n in range(11)]

    assert statuses == [302] * 10 + [429]


def test_thirty_first_code_in_an_hour_from_one_address_is_refused(caregiver: Any, phone: str) -> None:
    statuses = [ask(Client(), f"+1617555{100 + n:04d}").status_code for n in range(31)]

    assert statuses == [302] * 30 + [429]
    assert ask_from("192.0.2.9", phone) == 302


@pytest.mark.django_db(transaction=True)
def test_twenty_requests_at_once_make_three_codes(caregiver: Any, phone: str) -> None:
    refused: list[str] = []

    def request() -> None:
        try:
            service.send_code(phone=phone, source="192.0.2.1", now=timezone.now())
        except service.TooManyCodes:
            refused.append(phone)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=request) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert SignInCode.objects.count() == 3
    assert len(refused) == 17


@pytest.mark.parametrize(
    ("typed", "told"),
    [("", "Type your cell phone number."), ("12", "Type a full cell phone number")],
    ids=["nothing", "too short"],
)
def test_phone_that_cannot_be_one_is_asked_again(client: Client, clinic: Any, typed: str, told: str) -> None:
    answer = ask(client, typed)

    assert answer.status_code == 422
    assert told in answer.content.decode()
    assert 'href="#id_phone"' in answer.content.decode()


def test_staff_never_sign_in_by_text(client: Client, nurse: Any) -> None:
    nurse.phone = "+16175550177"
    nurse.save(update_fields=["phone"])

    ask(client, "+16175550177")

    assert not Message.objects.exists()


def test_numbers_to_call_show_without_a_sign_in(client: Client, clinic: Any, other_clinic: Any) -> None:
    page = client.get("/sign-in/").content.decode()

    assert "River Cancer Center" in page
    assert "Lake Hospital" in page
    # Once, above all clinics: five times the same number would hide theirs.
    assert page.count('href="tel:911"') == 1
    assert page.index('href="tel:911"') < min(page.index("River Cancer Center"), page.index("Lake Hospital"))


def test_phone_remembers_its_clinic_after_signing_out(device: Client, other_clinic: Any) -> None:
    device.get("/")
    device.post("/sign-out/")

    page = device.get("/sign-in/").content.decode()

    assert 'href="tel:+12015550101"' in page
    assert "Lake Hospital" not in page


def test_cookie_that_was_tampered_with_is_ignored(client: Client, clinic: Any) -> None:
    client.cookies["clinic"] = "nonsense:1:forged"

    assert client.get("/sign-in/").status_code == 200


def test_sign_out_ends_the_session(device: Client) -> None:
    device.post("/sign-out/")

    assert device.get("/").url == "/sign-in/"


def test_page_that_was_wanted_comes_after_signing_in(client: Client, caregiver: Any, phone: str) -> None:
    client.get("/history/")
    ask(client, phone)

    assert type_code(client, texted_code()).url == "/history/"
