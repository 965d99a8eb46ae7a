"""A sign-in stays, whatever else the phone asked for at that moment."""

import pytest
from django.conf import settings
from django.test import Client

from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def old_key(client: Client) -> str:
    """The key of a visitor's session that signing in has replaced."""
    client.get("/settings/")
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    client.force_login(factories.CaregiverFactory())
    assert client.cookies[settings.SESSION_COOKIE_NAME].value != key
    return key


@pytest.mark.parametrize("path", ["/offline/", "/offline/learn/", "/sign-in/", "/learn/"])
def test_request_under_the_key_from_before_the_sign_in_leaves_the_new_cookie_alone(
    old_key: str, path: str
) -> None:
    late = Client()
    late.cookies[settings.SESSION_COOKIE_NAME] = old_key

    answer = late.get(path)

    cookie = answer.cookies.get(settings.SESSION_COOKIE_NAME)
    assert cookie is None or cookie.value


def test_signing_out_takes_the_cookie_away(client: Client) -> None:
    client.force_login(factories.CaregiverFactory())

    answer = client.post("/sign-out/")

    assert answer.cookies[settings.SESSION_COOKIE_NAME].value == ""


@pytest.mark.parametrize("length", ["null", "-1", "1e3", "٣٨", "\u00b2", "9" * 30, "1,1", " "])
@pytest.mark.parametrize("path", ["/sign-in/", "/api/v1/me/", "/hooks/twilio/inbound/", "/admin/"])
def test_length_that_is_no_number_is_refused(client: Client, path: str, length: str) -> None:
    answer = client.post(path, headers={"Content-Length": length})

    assert answer.status_code == 400
