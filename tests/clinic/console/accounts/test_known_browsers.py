"""Whoever knows a colleague's address keeps nobody out by typing wrong passwords."""

import pytest
from django.test import Client

from clinic.models import SystemAlarm
from tests.architecture.test_access import client_of

pytestmark = pytest.mark.django_db
PASSWORD = "a-long-Password-of-staff-9"


@pytest.fixture(autouse=True)
def _password(nurse):
    nurse.set_password(PASSWORD)
    nurse.save(update_fields=["password"])


def sign_in(client, user, password=PASSWORD, address="192.0.2.1"):
    """Whether it succeeded."""
    answer = client.post("/accounts/login/", {"login": user.email, "password": password}, REMOTE_ADDR=address)
    return answer.status_code == 302


def strangers_try(user):
    for number in range(30):
        assert not sign_in(Client(), user, "wrong", address=f"198.51.100.{number}")


@pytest.fixture
def known(nurse):
    """A browser on which the nurse was signed in once."""
    client = Client()
    assert sign_in(client, nurse)
    client.get("/accounts/")
    client.post("/accounts/logout/")
    return client


def test_known_browser_signs_in_whatever_strangers_type(known, nurse, clinic):
    strangers_try(nurse)

    assert not sign_in(Client(), nurse, address="192.0.2.9"), "a new browser waits with the strangers"
    assert sign_in(known, nurse)
    alarm = SystemAlarm.objects.get()
    assert (alarm.kind, alarm.clinic, alarm.subject) == ("passwords_tried", clinic, str(nurse.pk))


def test_known_browser_has_a_limit_of_its_own(known, nurse):
    tries = [sign_in(known, nurse, "wrong") for _ in range(5)]

    assert tries == [False] * 5
    assert not sign_in(known, nurse)
    assert sign_in(Client(), nurse, address="192.0.2.9")


def test_browser_of_a_colleague_is_a_stranger(known, nurse, other_nurse):
    other_nurse.set_password(PASSWORD)
    other_nurse.save(update_fields=["password"])
    strangers_try(other_nurse)

    assert not sign_in(known, other_nurse)


def test_right_password_takes_its_try_back(nurse):
    assert all(sign_in(Client(), nurse) for _ in range(8))


def test_browser_is_known_once_a_page_was_seen_there(nurse, settings):
    client = client_of(nurse)
    first, second = client.get("/accounts/"), client.get("/accounts/")

    cookie = first.cookies["__Host-known"]
    assert (cookie["httponly"], cookie["secure"], cookie["samesite"]) == (True, True, "Lax")
    assert "__Host-known" not in second.cookies
    settings.DEMO = False
    assert "__Host-known" not in client_of(nurse).get("/accounts/2fa/").cookies, "a second factor is owed"
