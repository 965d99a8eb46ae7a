"""A caregiver's own name, clock and number in the settings."""

import re
from typing import Any

from django.test import Client

from clinic.models import User
from notifications.models import Message
from notifications.queries import standings
from tests import factories

NEW = "+16175550188"


def texted_code() -> str:
    found = re.search(r"#(\d{6})$", Message.objects.filter(to=NEW).latest("created_at").body)
    assert found
    return found.group(1)


def test_name_and_clock_are_saved_and_nonsense_is_not(device: Client, caregiver: Any) -> None:
    device.post("/settings/name/", {"name": " Carla  Diaz "})
    device.post("/settings/clock/", {"time_zone": "America/Los_Angeles"})
    device.post("/settings/clock/", {"time_zone": "Mars/Olympus"})
    assert "Type your name." in device.post("/settings/name/", {"name": ""}, follow=True).content.decode()

    caregiver.refresh_from_db()
    assert (caregiver.name, caregiver.time_zone) == ("Carla Diaz", "America/Los_Angeles")
    page = device.get("/settings/").content.decode()
    assert re.search(r'<option value="America/Los_Angeles" selected>6:00 PM · Los Angeles</option>', page)


def test_number_changes_by_the_code_at_the_new_one_and_the_device_stays(
    device: Client, caregiver: Any
) -> None:
    old = str(caregiver.phone)

    asked = device.post("/settings/number/", {"phone": NEW})
    shown = device.get(asked.url).content.decode()
    wrong = device.post(asked.url, {"code": f"{(int(texted_code()) + 1) % 1_000_000:06d}"})
    done = device.post(asked.url, {"code": texted_code(), "reminders": "on"}, follow=True)

    assert (asked.url, wrong.status_code) == ("/settings/number/code/", 422)
    assert re.search(r'name="reminders"[^>]* checked', shown)
    assert "Your new number is saved. You stay signed in." in done.content.decode()
    caregiver.refresh_from_db()
    assert str(caregiver.phone) == NEW
    assert standings([old, NEW]) == {old: "not_agreed", NEW: "on"}


def test_code_of_a_new_number_signs_nobody_in(device: Client, caregiver: Any, client: Client) -> None:
    device.post("/settings/number/", {"phone": NEW})
    session = client.session
    session["sign_in_code"] = device.session["new_number_code"]
    session.save()

    answer = client.post("/sign-in/code/", {"code": texted_code()})

    assert answer.status_code == 422
    assert "_auth_user_id" not in client.session


def test_what_speaks_against_a_number_is_said(device: Client, caregiver: Any, stranger: Any) -> None:
    own = device.post("/settings/number/", {"phone": str(caregiver.phone)})
    toll_free = device.post("/settings/number/", {"phone": "+18002345678"})
    assert "You already use this number." in own.content.decode()
    assert "Texts do not reach this number." in toll_free.content.decode()

    User.objects.filter(pk=stranger.pk).update(phone=NEW)
    device.post("/settings/number/", {"phone": NEW})
    taken = device.post("/settings/number/code/", {"code": texted_code()})
    assert "We cannot change to this number here. Please call the clinic." in taken.content.decode()
    caregiver.refresh_from_db()
    assert str(caregiver.phone) != NEW


def test_only_languages_of_the_own_clinic_are_taken(device: Client, caregiver: Any) -> None:
    device.post("/language/", {"language": "vi"})
    caregiver.refresh_from_db()
    assert caregiver.language == "en"

    device.post("/language/", {"language": "es"})
    caregiver.refresh_from_db()
    assert caregiver.language == "es"


def test_link_to_the_page_of_who_watches_stands_in_the_settings(device: Client, patient: Any) -> None:
    assert f"/patient/{patient.pk}/family/" in device.get("/settings/").content.decode()


def test_staff_without_a_phone_here_are_offered_nothing(patient: Any) -> None:
    both = factories.CareTeamMemberFactory(patient=patient, user=factories.UserFactory()).user
    browser = Client()
    browser.force_login(both)

    assert "/settings/number/" not in browser.get("/settings/").content.decode()
