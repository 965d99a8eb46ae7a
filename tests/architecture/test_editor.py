"""The editor under /cms/: every address of it, most of them a library's, behind one gate."""

from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.test import Client

from caregiver.models import GuidancePage
from caregiver.services.guidance import defaults
from tests.architecture.addresses import addresses
from tests.architecture.conftest import client_of
from tests.factories import NOW

pytestmark = pytest.mark.django_db
EDITOR = [one for one in addresses() if one.is_editor]
PLAIN = [one for one in EDITOR if not one.arguments and "^" not in one.route]
# What an educator may open without naming a page; everything else of the library is shut.
OPEN = {
    "",
    "block-preview/",
    "guidance/",
    "guidance/add/",
    "guidance/results/",
    "guidance-variants/",
    "guidance-variants/results/",
    "jsi18n/",
    "overview/",
    "pictures/",
    "pictures/add/",
    "pictures/results/",
    "reviews/",
    "snippets/choose/caregiver/picture/",
    "snippets/choose/caregiver/picture/chosen/",
    "snippets/choose/caregiver/picture/chosen-multiple/",
    "snippets/choose/caregiver/picture/results/",
    "sprite/",
}


@pytest.fixture(scope="module")
def pages(for_the_whole_file: Callable[[], AbstractContextManager[None]]) -> None:
    """The pages that ship with the program."""
    with for_the_whole_file():
        defaults.load(now=NOW)


def status(client: Client, route: str) -> int:
    return client.get(f"/{route}").status_code


def test_visitors_are_sent_to_the_staff_sign_in():
    for one in PLAIN:
        answer = Client().get(f"/{one.route}")
        assert answer.status_code == 302, one.route
        assert answer["Location"].startswith("/accounts/login/"), one.route


def test_family_and_other_staff_get_nowhere(people):
    for who, expected in (("linked", 404), ("unlinked", 404), ("nurse", 403), ("administrator", 403)):
        client = client_of(people[who])
        for one in PLAIN:
            assert status(client, one.route) == expected, (who, one.route)


def test_educator_finds_content_and_nothing_else(people, pages):
    client = client_of(people["educator"])

    opened = {one.route.removeprefix("cms/") for one in PLAIN if status(client, one.route) not in {403, 404}}

    assert opened <= OPEN | {"guidance/preview/", "guidance-variants/preview/", "dismissibles/"}
    assert {"", "guidance/", "guidance/add/", "overview/", "pictures/", "reviews/"} <= opened


def test_editor_has_a_policy_of_its_own_and_the_rest_keeps_the_strict_one(people, pages):
    policy = client_of(people["educator"]).get("/cms/guidance/")["Content-Security-Policy"]
    scripts = next(part for part in policy.split(";") if part.strip().startswith("script-src"))

    assert "unsafe-inline" not in scripts
    assert "frame-ancestors 'self'" in policy
    assert "'unsafe-inline'" not in Client().get("/learn/")["Content-Security-Policy"]


@pytest.mark.parametrize("kind", ["application/json", "text/plain", "application/x-www-form-urlencoded"])
def test_what_scripts_send_is_json_whatever_its_type_says(people, kind):
    client = client_of(people["educator"])

    answers = [
        client.patch("/cms/dismissibles/", body, content_type=kind).status_code
        for body in (b'{"tip": "\xff"}', b'{"tip": NaN}', b"", b'{"tip": true}')
    ]

    assert answers == [400, 400, 400, 200]


def test_staff_without_their_second_factor_do_not_get_in(people, settings):
    settings.DEMO = False

    assert client_of(people["educator"]).get("/cms/guidance/")["Location"] == "/accounts/2fa/"


WHAT_NO_PAGE_SENDS = (
    ("/cms/guidance/history/javascript:a/revisions/compare/1...1/", None, 404),
    ("/cms/snippets/choose/caregiver/picture/chosen/a/", None, 404),
    ("/cms/snippets/choose/caregiver/picture/chosen-multiple/?id=a%40b", None, 400),
    ("/cms/snippets/choose/caregiver/picture/chosen-multiple/?id=1&id=%D9%AB", None, 400),
    ("/cms/guidance/edit/{page}/", {}, 400),
    ("/cms/guidance/edit/{page}/", {"body-count": "many"}, 400),
    ("/cms/guidance/edit/{page}/", {"body-count": "1", "body-0-order": "1e9"}, 400),
    ("/cms/guidance/edit/{page}/", {"body-count": "9" * 5000}, 400),
    ("/cms/guidance/add/", {"title": "Only a title"}, 400),
    ("/cms/guidance/unlock/{page}/", {"next": "None"}, 400),
    ("/cms/guidance/lock/{page}/?next=edit", {}, 400),
)


def test_what_no_page_of_the_editor_sends_is_refused(people, pages):
    client = client_of(people["educator"])
    page = GuidancePage.objects.earliest("pk").pk

    for address, form, expected in WHAT_NO_PAGE_SENDS:
        path = address.format(page=page)
        answer = client.get(path) if form is None else client.post(path, form)
        assert answer.status_code == expected, (address, form)
    assert (
        client.post(f"/cms/guidance/lock/{page}/", {"next": "/cms/guidance/"})["Location"] == "/cms/guidance/"
    )
