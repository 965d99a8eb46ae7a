"""Only signed webhooks, phones with a token, and the API go without Django's CSRF check."""

import pytest
from rest_framework.authentication import SessionAuthentication
from rest_framework.permissions import AllowAny

from clinic.api.authentication import TokenAuthentication
from clinic.api.fhir.systems import SystemAuthentication
from tests.architecture.addresses import addresses
from tests.architecture.conftest import client_of
from tests.architecture.test_access import path_of

VENDOR = {
    *("twilio_status", "twilio_inbound", "twilio_voice"),
    *("keypad_incoming", "keypad_called", "keypad_turn"),
}
# Know the phone's own token and no cookie: there is nothing that another site could borrow.
PHONE = {
    "caregiver_held_reports",
    "caregiver_offline_report",
    "caregiver_offline_worry",
    "caregiver_revoke_phone",
}
# Browsers send what the content policy refused by themselves; it changes a count.
BROWSER = {"browser_reports"}
# Wagtail's own: the gate of /cms/ comes first (caregiver/cms/gate.py), then DRF asks a session for its token.
EDITOR = {"listing", "detail", "find", "action"}
# They take nothing that changes anything.
OPEN_API = {
    *("api_schema", "api_nothing_here", "fhir_metadata", "fhir_nothing_here", "fhir_smart_configuration"),
    # What it gives is for whoever signed, whatever the session.
    "fhir_token",
}


def exempt():
    return [address for address in addresses() if getattr(address.view, "csrf_exempt", False)]


def is_api(address):
    return hasattr(getattr(address.view, "view_class", None), "authentication_classes")


def test_webhooks_and_phones_are_the_only_pages_without_csrf_check():
    assert {address.name for address in exempt() if not is_api(address)} == VENDOR | PHONE | BROWSER | EDITOR


@pytest.mark.django_db
@pytest.mark.parametrize("name", sorted(PHONE))
def test_session_alone_hands_in_nothing(world, people, name):
    address = next(one for one in addresses() if one.name == name)
    browser = client_of(people["linked"])

    send = browser.post if name == "caregiver_held_reports" else browser.put
    response = send(path_of(address, world), "{}", content_type="application/json")

    assert response.status_code == (405 if name == "caregiver_revoke_phone" else 401)


def test_every_api_view_knows_tokens_and_sessions_only():
    for address in exempt():
        if not is_api(address) or address.name in OPEN_API:
            continue
        view = address.view.view_class
        known = [one for one in view.authentication_classes if one is not SystemAuthentication]
        assert known == [TokenAuthentication, SessionAuthentication], address.name
        assert SystemAuthentication not in view.authentication_classes or address.name.startswith("fhir_")
        assert AllowAny not in view.permission_classes, address.name


@pytest.mark.django_db
@pytest.mark.parametrize("address", [one for one in addresses() if is_api(one)], ids=lambda one: one.name)
@pytest.mark.parametrize("method", ["POST", "PUT"])
def test_api_call_with_a_session_but_no_csrf_token_changes_nothing(world, people, address, method):
    browser = client_of(people["nurse"], enforce_csrf_checks=True)

    response = browser.generic(method, path_of(address, world), "{}", content_type="application/json")

    assert response.status_code == {
        "api_nothing_here": 404,
        "fhir_nothing_here": 404,
        "api_schema": 405,
        "fhir_metadata": 405,
        "fhir_smart_configuration": 405,
        "fhir_token": 415 if method == "POST" else 405,
    }.get(address.name, 403)


@pytest.mark.django_db
@pytest.mark.parametrize(
    "address",
    [
        one
        for one in addresses()
        if not (is_api(one) or one.name in VENDOR | PHONE | BROWSER or one.is_admin or one.is_editor)
    ],
    ids=lambda one: one.name,
)
def test_page_post_without_a_csrf_token_is_refused(world, people, address):
    for user in (None, people["nurse"], people["linked"]):
        browser = client_of(user, enforce_csrf_checks=True)

        response = browser.post(path_of(address, world), {"x": "1"})

        assert response.status_code in {403, 404, 405} or b"form" in response.content, address.name
