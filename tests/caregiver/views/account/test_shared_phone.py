"""A phone that two of a family share: signing in asks who, and each report carries the right name."""

import re
from typing import Any

import pytest
from django.test import Client

from caregiver.models import CheckinDraft
from clinic.models import AuditEvent, Report
from notifications.models import Message
from tests import factories
from tests.caregiver.conftest import BACKEND


@pytest.fixture
def harold(patient: Any, caregiver: Any) -> Any:
    return factories.CareTeamMemberFactory(
        patient=patient, user__phone=str(caregiver.phone), user__name="Harold Husband"
    ).user


@pytest.fixture
def proven(device: Client, harold: Any, caregiver: Any) -> Client:
    """Carla's session, which a text to the shared number has signed in."""
    session = device.session
    session["proven_number"] = str(caregiver.phone)
    session.save()
    return device


def code() -> str:
    found = re.search(r"#(\d{6})$", Message.objects.latest("created_at").body)
    assert found
    return found.group(1)


def test_signing_in_asks_who_it_is(
    client: Client, caregiver: Any, harold: Any, phone: str, clock: Any
) -> None:
    client.post("/sign-in/", {"phone": phone})

    asked = client.post("/sign-in/code/", {"code": code()})
    page = client.get(asked.url).content.decode()
    nobody = client.post(asked.url, {"person": ""})
    done = client.post(asked.url, {"person": str(harold.pk)})

    assert asked.url == "/sign-in/who/"
    assert "Carla Caregiver" in page and "Harold Husband" in page
    assert "_auth_user_id" in client.session and nobody.status_code == 422
    assert (done.url, client.session["_auth_user_id"]) == ("/", str(harold.pk))
    assert AuditEvent.objects.get(action="caregiver.signed_in").actor_id == harold.pk


def test_nobody_else_can_be_chosen_and_not_for_ever(
    client: Client, caregiver: Any, harold: Any, stranger: Any, phone: str, clock: Any
) -> None:
    client.post("/sign-in/", {"phone": phone})
    client.post("/sign-in/code/", {"code": code()})

    other = client.post("/sign-in/who/", {"person": str(stranger.pk)})
    assert other.url == "/sign-in/"

    clock.shift(1)
    client.post("/sign-in/", {"phone": phone})
    client.post("/sign-in/code/", {"code": code()})
    clock.shift(11 * 60)
    late = client.post("/sign-in/who/", {"person": str(harold.pk)}, follow=True)
    assert "This code does not work anymore." in late.content.decode()
    assert "_auth_user_id" not in client.session


def test_each_report_carries_the_name_of_who_reports(
    proven: Client, caregiver: Any, harold: Any, check_in_url: str
) -> None:
    page = proven.get(check_in_url).content.decode()
    page_id = re.search(r'name="report_id" value="([^"]+)"', page)
    assert page_id and "Who is reporting?" in page
    form = {"report_id": page_id.group(1), "action": "none"}

    missing = proven.post(check_in_url, form)
    assert missing.status_code == 422
    assert '<a href="#reporter-1">Choose who is reporting.</a>' in missing.content.decode()

    for _tap in range(2):
        assert proven.post(check_in_url, {**form, "reporter": str(harold.pk)}).status_code == 302
    assert CheckinDraft.objects.get().user == harold
    assert proven.session["_auth_user_id"] == str(harold.pk)


def test_a_danger_sign_waits_for_no_name_and_a_double_tap_is_one_report(
    proven: Client, caregiver: Any, harold: Any, check_in_url: str
) -> None:
    page_id = re.search(r'name="report_id" value="([^"]+)"', proven.get(check_in_url).content.decode())
    assert page_id
    form = {"report_id": page_id.group(1), "action": "alarm", "red_flags": ["seizure"]}

    assert proven.post(check_in_url, form).status_code == 302
    assert Report.objects.get().author == caregiver

    named = {**form, "reporter": str(harold.pk)}
    for _tap in range(2):
        assert proven.post(check_in_url, named).status_code == 302
    assert sorted(Report.objects.values_list("author__name", flat=True)) == [
        "Carla Caregiver",
        "Harold Husband",
    ]


def test_home_page_hands_the_phone_over(proven: Client, patient: Any, harold: Any, stranger: Any) -> None:
    assert "I am Harold Husband" in " ".join(proven.get("/").content.decode().split())

    assert proven.post(f"/who/{patient.pk}/", {"person": str(stranger.pk)}).status_code == 404
    page = proven.post(f"/who/{patient.pk}/", {"person": str(harold.pk)}, follow=True).content.decode()

    assert "You go on as Harold Husband." in page
    assert "I am Carla Caregiver" in " ".join(page.split())


def test_a_session_that_no_text_has_signed_in_is_no_shared_phone(
    device: Client, patient: Any, harold: Any, check_in_url: str
) -> None:
    """A paper link signs a new person in: it must not open what somebody else of that number sees."""
    assert "Who is reporting?" not in device.get(check_in_url).content.decode()
    assert device.post(f"/who/{patient.pk}/", {"person": str(harold.pk)}).status_code == 404


def test_nobody_is_asked_where_nobody_shares_the_phone(
    caregiver: Any, patient: Any, check_in_url: str, clock: Any
) -> None:
    factories.CareTeamMemberFactory(patient=patient)
    device = Client()
    device.force_login(caregiver, backend=BACKEND)
    session = device.session
    session["proven_number"] = str(caregiver.phone)
    session.save()

    assert "Who is reporting?" not in device.get(check_in_url).content.decode()
    assert device.post(check_in_url, {"action": "none"}).status_code == 302
