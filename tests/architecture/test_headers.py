"""Security headers and cookies on every answer of every address."""

import pytest

from caregiver.views.core import remembered_clinics
from tests.architecture.addresses import addresses
from tests.architecture.conftest import client_of
from tests.architecture.test_access import path_of

pytestmark = pytest.mark.django_db
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "X-Frame-Options": "DENY",
    "Reporting-Endpoints": 'own="/browser-reports/"',
}
PAGES = [address for address in addresses() if not (address.is_admin or address.is_editor)]


def directives(policy: str) -> dict[str, list[str]]:
    return {name: values for name, *values in (part.split() for part in policy.split(";") if part.strip())}


@pytest.mark.parametrize("address", PAGES, ids=lambda one: one.name)
def test_every_answer_is_closed_to_other_sites_and_every_cookie_is_ours(address, world, people, settings):
    settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME = "__Host-sid", "__Host-csrf"
    settings.SESSION_COOKIE_SECURE = settings.CSRF_COOKIE_SECURE = True
    for user in (None, people["nurse"], people["linked"]):
        response = client_of(user).get(path_of(address, world), secure=True)

        assert {name: response.headers.get(name) for name in HEADERS} == HEADERS
        check_abilities(response.headers["Permissions-Policy"])
        check_policy(directives(response.headers["Content-Security-Policy"]))
        check_cookies(response.cookies)


def check_policy(policy):
    for name in ("default-src", "object-src", "base-uri", "frame-ancestors"):
        assert policy[name] == ["'none'"], name
    loose = {"'unsafe-inline'", "'unsafe-eval'", "*", "http:", "https:", "data:"}
    assert not loose & {*policy["script-src"], *policy["style-src"], *policy["connect-src"]}
    assert policy["form-action"] == ["'self'"]
    assert (policy["report-to"], policy["report-uri"]) == (["own"], ["/browser-reports/"])


def check_abilities(policy):
    allowed = dict(part.strip().split("=") for part in policy.split(","))
    for name in ("camera", "microphone", "geolocation", "payment", "usb", "display-capture"):
        assert allowed[name] == "()", name
    assert set(allowed.values()) == {"()", "(self)"}


def check_cookies(cookies):
    for name, cookie in cookies.items():
        # The remembered clinic takes its name from the settings when the program starts.
        assert name.startswith("__Host-") or name == remembered_clinics.COOKIE, name
        assert (cookie["secure"], cookie["httponly"], cookie["samesite"]) == (True, True, "Lax"), name
        assert (cookie["path"], cookie["domain"]) == ("/", ""), name


@pytest.mark.parametrize(
    ("path", "status"), [("/nothing-here/", 404), ("/api/nothing-here/", 404), ("/cms/", 302)]
)
def test_errors_the_editor_and_files_say_what_pages_may_use_too(client, settings, path, status):
    response = client.get(path)

    first, files = "config.middleware.browser_rules", "whitenoise.middleware.WhiteNoiseMiddleware"
    assert settings.MIDDLEWARE.index(first) < settings.MIDDLEWARE.index(files)
    assert response.status_code == status
    check_abilities(response.headers["Permissions-Policy"])


@pytest.mark.parametrize("who", ["nurse", "linked"])
def test_pages_about_people_are_stored_by_no_cache(world, people, who):
    client = client_of(people[who])
    for address in PAGES:
        if {"patient_id", "report_id", "escalation_id"} & set(address.arguments):
            response = client.get(path_of(address, world))
            if response.status_code == 200:
                kept = response.headers.get("Cache-Control", "")
                assert "no-store" in kept, f"{address.name}: {kept!r}"
