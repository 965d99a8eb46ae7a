"""Staff sign-in pages in a real browser: readable, closed to scripts of others, and security keys work."""

import json

import pytest
from playwright.sync_api import Page, expect

pytestmark = pytest.mark.e2e

PAGES = {
    "home": "/accounts/",
    "factors": "/accounts/2fa/",
    "app": "/accounts/2fa/totp/activate/",
    "key": "/accounts/2fa/webauthn/add/",
    "keys": "/accounts/2fa/webauthn/",
    "password": "/accounts/password/change/",
    "sessions": "/accounts/sessions/",
    "leave": "/accounts/logout/",
}


@pytest.fixture
def nurse(server):
    return next(person for person in server.seed["staff"] if person["role"] == "nurse")


@pytest.fixture
def educator(server):
    return next(person for person in server.seed["staff"] if person["role"] == "educator")


def sign_in(page: Page, person: dict, origin: str = "") -> None:
    page.goto(f"{origin}/accounts/login/")
    page.locator("input[name=login]").fill(person["email"])
    page.locator("input[name=password]").fill(person["password"])
    page.get_by_role("button", name="Sign in").click()


def virtual_key(page: Page, *, verified: bool):
    """A key inside the browser; `verified` says whether its owner proves to be there by PIN or finger."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": verified,
        "automaticPresenceSimulation": True,
    }
    made = session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session, made["authenticatorId"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(360, 740), (1440, 900)], ids=["phone", "desk"])
def test_pages_are_accessible(open_context, educator, check_accessible, keep_picture, scheme, size):
    viewport = {"width": size[0], "height": size[1]}
    page = open_context(viewport=viewport, color_scheme=scheme, locale="en-US").new_page()
    page.goto("/accounts/login/")
    check_accessible(page)
    keep_picture(page, f"accounts-login-{size[0]}-{scheme}")
    sign_in(page, educator)
    page.wait_for_url("**/accounts/")
    for name, path in {**PAGES, "api": "/api/docs/"}.items():
        page.goto(path)
        check_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"), (
            f"{name} scrolls sideways"
        )
        keep_picture(page, f"accounts-{name}-{size[0]}-{scheme}")


def test_wrong_password_is_said_in_words(open_context, educator):
    page = open_context(locale="en-US").new_page()

    sign_in(page, {**educator, "password": "not the password"})

    expect(page.get_by_role("alert")).to_contain_text("E-mail or password is not right.")
    expect(page).to_have_title("Error: Staff sign-in · Kinwatch")


def test_security_key_is_added_and_then_asked_for_at_sign_in(open_context, server, nurse):
    # Keys belong to a name, and an address of numbers is none.
    origin = server.base_url.replace("127.0.0.1", "localhost")
    page = open_context(locale="en-US").new_page()
    session, key = virtual_key(page, verified=True)
    sign_in(page, nurse, origin)
    page.goto(f"{origin}/accounts/2fa/webauthn/add/")
    page.get_by_label("Name").fill("Key on my desk")
    page.get_by_role("button", name="Add").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    expect(page.locator("#recovery_codes li")).to_have_count(10)

    page.get_by_role("button", name="Sign out").first.click()
    sign_in(page, nurse, origin)
    expect(page.get_by_role("heading", name="Second step")).to_be_visible()
    session.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": False})
    page.get_by_role("button", name="Use a security key").click()
    expect(page.get_by_role("alert")).to_contain_text("The key was not read")

    session.send("WebAuthn.setUserVerified", {"authenticatorId": key, "isUserVerified": True})
    page.get_by_role("button", name="Use a security key").click()
    page.wait_for_url("**/console/**")

    page.goto(f"{origin}/accounts/2fa/webauthn/")
    expect(page.get_by_text("Key on my desk").first).to_be_visible()
    page.get_by_role("link", name="Remove").click()
    page.get_by_role("button", name="Remove it").click()
    expect(page.get_by_text("There is no key yet.")).to_be_visible()


@pytest.mark.whole_browser
def test_device_is_offered_and_its_worker_shows_what_is_pushed(open_context, nurse, server):
    """The browser's maker is out of reach here, so the note is handed to the worker by the browser itself."""
    context = open_context(locale="en-US")
    context.grant_permissions(["notifications"], origin=server.base_url)
    page = context.new_page()
    session = context.new_cdp_session(page)
    registrations = []
    session.on(
        "ServiceWorker.workerRegistrationUpdated", lambda told: registrations.extend(told["registrations"])
    )
    session.send("ServiceWorker.enable")
    sign_in(page, nurse)
    page.wait_for_url("**/console/")
    page.goto("/accounts/")

    page.get_by_role("button", name="Notify this device").click()
    expect(page.locator("#devices [role=status]")).to_have_text(
        "That did not work. Check your connection and press again."
    )

    ours = next(one for one in registrations if one["scopeURL"].endswith("/console/"))
    note = {
        "title": "Harbor Line",
        "body": "someone needs your answer now.",
        "navigate": "/console/",
        "tag": "1",
    }
    for data in (json.dumps({"web_push": 8030, "notification": note}), "not JSON"):
        session.send(
            "ServiceWorker.deliverPushMessage",
            {"origin": server.base_url, "registrationId": ours["registrationId"], "data": data},
        )
    shown = page.wait_for_function(
        """async () => {
            const registration = await navigator.serviceWorker.getRegistration('/console/');
            const notes = await registration.getNotifications();
            return notes.length === 2 && notes.map((one) => one.title + '|' + one.body).sort();
        }"""
    )
    host = server.base_url.removeprefix("http://")
    assert sorted(shown.json_value()) == sorted([f"{host}|", "Harbor Line|someone needs your answer now."])
