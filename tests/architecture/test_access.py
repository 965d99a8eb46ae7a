"""Who gets what at every address: the resolver, walked, against access.yaml.

A new address without a row fails. Whoever has nothing to do with a patient gets 404 for everything that
is about one, with any method, as if it did not exist.
"""

import json
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from clinic.protocols import parse
from tests.architecture.addresses import Address, addresses
from tests.architecture.conftest import client_of

pytestmark = pytest.mark.django_db

TABLE = parse((Path(__file__).parent / "access.yaml").read_text())
API = ("/api/", "/fhir/")
SIGN_IN = ("/accounts/login/", "/sign-in/")
# Arguments that lead to somebody's data; the others are secrets or names of pages.
OBJECTS = {
    "patient_id",
    "report_id",
    "escalation_id",
    "alarm_id",
    "invitation_id",
    "member_id",
    "code_id",
    "worry_id",
    "check_id",
    "sample_id",
    "handover_id",
    "event_id",
    "transfer_id",
    "family_device_id",
    "lowering_id",
}
COLUMNS = (
    *("anonymous", "linked", "unlinked", "nurse", "other_nurse", "educator", "administrator"),
    *("physician", "ended_caregiver", "ended_staff", "locked_desk", "both_clinics", "nurse_elsewhere"),
    "new_device",
)
# People who have nothing to do with the patient, any more or at all.
OUTSIDERS = ("unlinked", "other_nurse", "ended_caregiver", "nurse_elsewhere")


def path_of(address: Address, world: Any) -> str:
    path = address.route
    for name in address.arguments:
        start = path.index("<", 0)
        end = path.index(">") + 1
        assert name in path[start:end]
        path = path[:start] + str(world.arguments[name]) + path[end:]
    return "/" + path.replace("^.*$", "nothing-here/")


def ask(method: str, path: str, client: Client, body: str = "", *, is_locked: bool = False) -> str:
    """What one person gets, in a word. What the call changes is undone."""
    kind = "application/json" if path.startswith(API) else "application/x-www-form-urlencoded"
    with transaction.atomic():
        response = client.generic(method, path, body, content_type=kind)
        transaction.set_rollback(True)
    if is_locked and hides_behind_the_lock(response):
        return "locked"
    return outcome(response)


def hides_behind_the_lock(response: HttpResponse) -> bool:
    """A page becomes the list without names; whatever else asks is told 423."""
    is_sent_to_list = response.status_code == 302 and response["Location"].split("?")[0] == "/console/"
    return response.status_code == 423 or is_sent_to_list


def outcome(response: HttpResponse) -> str:
    if response.status_code in {301, 302} and response["Location"].startswith(SIGN_IN):
        return "sign-in"
    if response.status_code in {401, 403, 404, 405}:
        return str(response.status_code)
    return "in"


def bodies(world: Any) -> dict[str, str]:
    """Where only a right body gets as far as asking who it is."""
    moment = timezone.now().isoformat()
    report = {
        "patient": str(world.patient.pk),
        "protocol_version": 1,
        "observed_at": moment,
        "sent_at": moment,
        "language": "en",
        "answers": {},
    }
    return {
        "api_report": json.dumps(report),
        "api_escalation_resolve": json.dumps({"outcome": "admitted"}),
        "api_life_events": json.dumps({"kind": "relapsed"}),
    }


PAGES = [address for address in addresses() if not (address.is_admin or address.is_editor)]


def test_table_has_a_row_for_every_address_and_no_other():
    assert sorted({address.name for address in PAGES}) == sorted(TABLE)


@pytest.mark.parametrize("address", PAGES, ids=lambda one: one.name)
def test_everybody_gets_what_the_table_says(address, world, people):
    clients = {name: client_of(user) for name, user in people.items()}
    path, body = path_of(address, world), bodies(world).get(address.name, "")

    for method, expected in TABLE[address.name].items():
        found = [
            ask(method, path, client, body, is_locked=who == "locked_desk") for who, client in clients.items()
        ]
        assert dict(zip(people, found, strict=True)) == dict(zip(people, expected, strict=True)), method


@pytest.mark.parametrize("address", PAGES, ids=lambda one: one.name)
def test_method_that_is_not_in_the_table_is_refused(address, world, people):
    client = client_of(people["nurse"])
    path = path_of(address, world)

    methods = {"GET", "POST", "PUT", "PATCH", "DELETE"} if path.startswith(API) else {"GET", "POST"}
    for method in methods - set(TABLE[address.name]):
        assert ask(method, path, client) in {"403", "404", "405"}, method


@pytest.mark.parametrize(
    "address", [one for one in PAGES if OBJECTS & set(one.arguments)], ids=lambda one: one.name
)
def test_table_shows_no_object_to_outsiders(address):
    for expected in TABLE[address.name].values():
        if set(expected) - {"locked"} == {"401"}:
            continue  # No session counts there, only a phone's own token.
        row = dict(zip(COLUMNS, expected, strict=True))
        assert {row[who] for who in OUTSIDERS} == {"404"}
        assert row["anonymous"] in {"sign-in", "401"}
        # Told that they have no role any more, before anybody has looked whether the thing is there.
        assert row["ended_staff"] in {"404", "403"}
        assert row["locked_desk"] in {"locked", "401"}


def test_admin_is_for_operators_only(people):
    """Anonymous people end at the staff sign-in, a locked desk at its list, a new phone at what it is told.

    Everybody else at a 404.
    """
    pages = [one for one in addresses() if one.is_admin and not one.arguments]
    for who, user in people.items():
        client = client_of(user)
        for address in pages:
            if address.name in {"logout", "login", "jsi18n"}:
                continue
            response = client.get("/" + address.route, follow=True)
            if user is None:
                assert response.redirect_chain[-1][0].startswith("/accounts/login/"), address.route
            elif who == "new_device":
                assert response.status_code == 403, address.route
            elif who == "locked_desk":
                assert response.redirect_chain[-1][0].split("?")[0] == "/console/", address.route
            else:
                assert response.status_code == 404, address.route
