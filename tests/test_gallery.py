"""Every page that we serve has its picture in the gallery, so that somebody has looked at it."""

import re
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain, product
from urllib.parse import urlsplit
from uuid import UUID

import pytest
from django.test import Client
from django.urls import NoReverseMatch, Resolver404, resolve, reverse

from tests.architecture.addresses import Address, addresses
from tests.gallery.family_screens import FAMILY_SCREENS
from tests.gallery.screens import Screen
from tests.gallery.staff_screens import STAFF_SCREENS

SCREENS = (*FAMILY_SCREENS, *STAFF_SCREENS)
# Part of a page, a file, or what a script or a program reads.
NO_PAGE = {
    *("console_worklist_fragment", "console_escalation_live", "console_escalation_forms", "console_lock_bar"),
    *("caregiver_report_status", "caregiver_worry_status", "caregiver_phone_state"),
    *("caregiver_sentence_picture", "caregiver_picture", "console_record", "console_audit_download"),
    *("console_calendar_feed", "security_txt"),
}
# Shown at the address of another page, where there is no signal.
STANDS_IN = {"caregiver_learn_offline", "caregiver_guidance_offline"}
# No demo has a hospital's directory.
HARD_TO_REACH = {"openid_connect_login", "openid_connect_callback"}
SAMPLES = (str(UUID(int=0)), "1", "x")


def test_screens_have_names_of_their_own() -> None:
    names = [one.name for one in SCREENS]
    assert sorted(set(names)) == sorted(names)


@pytest.mark.django_db
def test_every_page_has_a_picture(client: Client) -> None:
    pages = {one.name for one in addresses() if _may_be_page(one) and _answers_with_page(client, one)}
    shown = {name for one in SCREENS for name in _names_of(one)}
    assert sorted(pages - shown - NO_PAGE - STANDS_IN - HARD_TO_REACH) == []


def _may_be_page(one: Address) -> bool:
    return not (
        one.is_admin or one.is_editor or one.route.startswith(("api/v1/", "fhir/", "hooks/", "sync/"))
    )


def _answers_with_page(client: Client, one: Address) -> bool:
    """Where a visitor is sent on to sign in, what waits behind may be a page."""
    answer = client.get(_example(one))
    if answer.status_code == 405:
        return False
    return answer.status_code == 302 or answer["Content-Type"].startswith("text/html")


def _example(one: Address) -> str:
    for values in product(SAMPLES, repeat=len(one.arguments)):
        with suppress(NoReverseMatch):
            return reverse(one.name, args=values)
    raise AssertionError(one.route)


def _names_of(screen: Screen) -> Iterator[str]:
    """The addresses that it opens, by their names."""
    for path in (screen.path, screen.arrives, screen.follow):
        parts = re.split(r"\{[^}]*\}|\*", urlsplit(path).path)
        for values in product(SAMPLES, repeat=len(parts) - 1):
            with suppress(Resolver404):
                filled = zip(parts, (*values, ""), strict=True)
                yield resolve("".join(chain.from_iterable(filled))).url_name or ""
