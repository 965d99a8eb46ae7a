"""A session or a token that ended mid-form loses nothing and doubles nothing."""

import re
from typing import Any

import pytest
from django.db import connection, transaction
from django.test import Client

from caregiver.views.core import recovery
from clinic.models import Report
from notifications.models import Message
from tests import factories
from tests.caregiver import journeys


def fields_of(page: str) -> tuple[str, dict[str, list[str]]]:
    """Where the form of a recovery page posts to, and what."""
    form = re.search(r'<form class="form" method="post" action="([^"]+)">(.*?)</form>', page, re.S)
    assert form
    fields: dict[str, list[str]] = {}
    for name, value in re.findall(r'name="([^"]+)"\s+value="([^"]*)"', form.group(2)):
        fields.setdefault(name, []).append(value)
    return form.group(1), fields


def sign_in(client: Client, phone: str) -> Any:
    client.post("/sign-in/", {"phone": phone})
    code = re.search(r"#(\d{6})$", Message.objects.filter(purpose="code").latest("created_at").body)
    assert code
    return client.post("/sign-in/code/", {"code": code.group(1)})


@pytest.fixture
def signed_out(device: Client) -> Client:
    """The same phone after its session has ended."""
    del device.cookies["sessionid"]
    return device


def test_review_sent_without_a_session_goes_out_once_after_the_code(
    device: Client, check_in_url: str, phone: str
) -> None:
    report_id = journeys.all_pages(device, check_in_url)
    del device.cookies["sessionid"]

    stopped = device.post(f"{check_in_url}review/", {"report_id": report_id})
    notice = device.get(stopped.url).content.decode()
    onward = sign_in(device, phone)
    path, fields = fields_of(device.get(onward.url).content.decode())
    answers = [device.post(path, fields) for _ in range(2)]

    assert stopped.url == "/sign-in/"
    assert "Your answers are kept." in notice
    assert onward.url == "/continue/"
    assert {answer.url for answer in answers} == {f"/reports/{report_id}/"}
    assert Report.objects.count() == 1


def test_page_typed_without_a_session_goes_on_where_it_was(
    device: Client, check_in_url: str, phone: str
) -> None:
    report_id = journeys.start(device, check_in_url)
    del device.cookies["sessionid"]

    journeys.post_page(device, check_in_url, "thinking", report_id, headache="1", speech="unsure")
    path, fields = fields_of(device.get(sign_in(device, phone).url).content.decode())
    answer = device.post(path, fields)

    assert fields["headache"] == ["1"]
    assert answer.url == f"{check_in_url}breathing/"


def test_danger_sign_without_a_session_shows_the_emergency_at_once_and_is_sent_after_the_code(
    signed_out: Client, check_in_url: str, phone: str
) -> None:
    report_id = "6a4f2f5e-8f0e-4f5e-9d53-0d8a3f3c1d11"
    ticked = {"report_id": report_id, "red_flags": ["seizure", "cannot_wake"], "action": "alarm"}

    shown = signed_out.post(check_in_url, ticked)
    path, fields = fields_of(signed_out.get(sign_in(signed_out, phone).url).content.decode())
    answer = signed_out.post(path, fields)

    page = shown.content.decode()
    assert shown.status_code == 200
    assert "Call 911 now" in page
    assert 'href="tel:911"' in page
    assert "the clinic does not have this report yet" in page
    assert answer.url == f"/reports/{report_id}/"
    assert Report.objects.get().answers == {"red_flags": ["seizure", "cannot_wake"]}


def test_emergency_on_a_phone_of_no_known_clinic_lists_the_clinics_after_what_to_do(
    client: Client, patient: Any, other_clinic: Any
) -> None:
    page = client.post(f"/check-in/{patient.pk}/", {"red_flags": ["seizure"]}).content.decode()

    order = (
        'href="tel:911"',
        'href="#calls">',
        "Say that the person had",
        "does not have this report",
        other_clinic.name,
    )
    places = [page.index(words, page.index("<main")) for words in order]
    assert places == sorted(places)
    assert page.index(f"tel:{other_clinic.line_phone}") > places[-1]


def test_emergency_without_a_session_says_nothing_of_whether_the_patient_exists(
    client: Client, patient: Any
) -> None:
    ticked = {"red_flags": ["seizure"]}

    real = client.post(f"/check-in/{patient.pk}/", ticked)
    made_up = client.post("/check-in/6a4f2f5e-8f0e-4f5e-9d53-0d8a3f3c1d11/", ticked)

    hide = re.compile(r'name="(csrfmiddlewaretoken|next)"\s+value="[^"]+"')
    assert hide.sub("", real.content.decode()) == hide.sub("", made_up.content.decode())


def test_kept_form_is_gone_once_it_has_arrived(signed_out: Client, check_in_url: str, phone: str) -> None:
    signed_out.post(check_in_url, {"action": "none", "report_id": ""})
    sign_in(signed_out, phone)
    page = signed_out.get("/continue/").content.decode()
    path, fields = fields_of(page)

    assert 'href="tel:' in page
    signed_out.post(path, fields)

    assert signed_out.get("/continue/").url == "/"


def test_kept_form_is_dropped_after_an_hour(
    signed_out: Client, check_in_url: str, phone: str, clock: Any
) -> None:
    signed_out.post(check_in_url, {"action": "none", "report_id": ""})
    clock.shift(3601)

    onward = sign_in(signed_out, phone)

    assert onward.url == "/"
    assert "Your answers were kept for one hour." in signed_out.get("/").content.decode()


@pytest.mark.parametrize("header", ["HX-Request", "X-Requested-With"])
def test_status_poll_without_a_session_is_no_page_to_come_back_to(
    signed_out: Client, phone: str, header: str
) -> None:
    url = "/reports/6a4f2f5e-8f0e-4f5e-9d53-0d8a3f3c1d11/status/"

    polled = signed_out.get(url, headers={header: "true"})

    assert (polled.status_code, polled.content) == (401, b"")
    assert sign_in(signed_out, phone).url == "/"


def test_kept_answers_are_not_offered_to_somebody_else_on_the_same_phone(
    signed_out: Client, check_in_url: str
) -> None:
    factories.CareTeamMemberFactory(user=factories.CaregiverFactory(phone="+16175550177"))
    signed_out.post(check_in_url, {"red_flags": ["seizure"], "action": "alarm"})

    onward = sign_in(signed_out, "+16175550177")
    page = signed_out.get("/continue/")

    assert onward.url == "/"
    assert page.url == "/"
    assert "held_form" not in signed_out.session


def strict(client: Client) -> Client:
    """The same browser, with the CSRF check of real requests."""
    checked = Client(enforce_csrf_checks=True)
    checked.cookies = client.cookies
    return checked


def test_stale_token_keeps_every_field_behind_one_button(device: Client, check_in_url: str) -> None:
    report_id = journeys.start(device, check_in_url)
    browser = strict(device)
    typed = {"report_id": report_id, "cough": "1", "intake": "1", "action": "go"}

    refused = browser.post(f"{check_in_url}breathing/", typed, headers={"Sec-Fetch-Site": "same-origin"})
    path, fields = fields_of(refused.content.decode())
    answer = browser.post(path, fields, headers={"Sec-Fetch-Site": "same-origin"})

    assert refused.status_code == 403
    assert "Send again" in refused.content.decode()
    assert {key: fields[key] for key in typed} == {key: [value] for key, value in typed.items()}
    assert answer.url == f"{check_in_url}body/"


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ({"red_flags": "seizure", "action": "alarm"}, "Call 911 now"),
        ({"temp_value": "38.4", "temp_unit": "C"}, "Call the 24-hour line now"),
    ],
    ids=["emergency", "urgent"],
)
def test_stale_token_shows_whom_to_call_before_the_button(
    device: Client, check_in_url: str, typed: dict[str, str], title: str
) -> None:
    answer = strict(device).post(check_in_url, typed, headers={"Sec-Fetch-Site": "same-origin"})

    page = answer.content.decode()
    heading = re.search(r"<h1[^>]*>\s*(.*?)\s*</h1>", page, re.S)
    assert heading is not None
    assert heading.group(1) == title
    assert page.index('class="call"') < page.index("Send again")
    assert typed.items() <= {key: values[0] for key, values in fields_of(page)[1].items()}.items()


@pytest.mark.parametrize(
    "headers",
    [{"Origin": "https://evil.example"}, {}, {"Sec-Fetch-Site": "none"}],
    ids=["other origin", "no origin", "typed"],
)
def test_stale_token_from_elsewhere_is_plainly_refused(
    device: Client, check_in_url: str, headers: dict[str, str]
) -> None:
    answer = strict(device).post(check_in_url, {"red_flags": "seizure"}, headers=headers)

    assert answer.status_code == 403
    assert b"seizure" not in answer.content


def test_stale_token_never_writes_a_secret_into_the_page(client: Client, clinic: Any) -> None:
    client.get("/accounts/login/")
    answer = strict(client).post(
        "/accounts/login/",
        {"login": "nurse@clinic.example", "password": "a-secret-passphrase"},
        headers={"Origin": "http://testserver"},
    )

    page = answer.content.decode()
    assert answer.status_code == 403
    assert "a-secret-passphrase" not in page
    assert "Open the page again" in page


def test_browser_without_cookies_keeps_what_was_typed_and_says_why(device: Client, check_in_url: str) -> None:
    browser = Client(enforce_csrf_checks=True)
    typed = {"cough": "1", "action": "go"}

    answer = browser.post(f"{check_in_url}breathing/", typed, headers={"Sec-Fetch-Site": "same-origin"})

    page = answer.content.decode()
    assert "It keeps no cookies" in page
    assert "open for too long" not in page
    assert fields_of(page)[1]["cough"] == ["1"]
    browser.cookies.clear()
    secret = browser.post("/sign-in/code/", {"code": "1"}, headers={"Sec-Fetch-Site": "same-origin"})
    assert "It keeps no cookies" in secret.content.decode()
    assert 'value="1"' not in secret.content.decode()


def shown_after_failure(rf: Any, fields: dict[str, Any]) -> str:
    answer = recovery.server_error(rf.post("/check-in/x/", fields))
    assert answer.status_code == 500
    return str(answer.content.decode())


def test_emergency_in_what_broke_is_answered_first(rf: Any, clinic: Any) -> None:
    page = shown_after_failure(rf, {"red_flags": "seizure"})

    assert re.search(r"<h1[^>]*>\s*Call 911 now", page)
    assert 'href="tel:+12015550101"' in page
    assert page.index("Call 911 now") < page.index("Something broke on our side")


def test_what_the_phone_made_of_it_counts_where_no_answer_is_in_the_form(rf: Any, clinic: Any) -> None:
    assert "Call the 24-hour line now" in shown_after_failure(rf, {"level_on_phone": "urgent"})
    for calm in ({"level_on_phone": "watch"}, {"level_on_phone": "nonsense"}, {}):
        assert "<h1>Something broke on our side</h1>" in shown_after_failure(rf, calm)


def test_failure_is_answered_without_any_database(rf: Any, clinic: Any, as_owner: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE clinic_clinic RENAME TO clinic_lost")

    with transaction.atomic():
        page = shown_after_failure(rf, {"red_flags": "seizure"})
        # PostgreSQL takes no more statements in a transaction in which one has failed.
        transaction.set_rollback(True)

    assert re.search(r"<h1[^>]*>\s*Call 911 now", page)
