"""Nothing that stands in an address ends in a 500, whatever the database makes of it."""

import re
from pathlib import Path
from urllib.parse import quote, urlencode

import pytest
from django.db import transaction

from tests.architecture.addresses import Address
from tests.architecture.conftest import client_of
from tests.architecture.test_access import PAGES, TABLE, path_of

pytestmark = pytest.mark.django_db

ROOT = Path(__file__).resolve().parents[2]
ODD = {
    "nul": "x\x00",
    "long": "x" * 3000,
    "large number": "9" * 400,
    "before all time": "0000-00-00",
    "the end of time": "9999-12-31",
    "half a character": "\udcff",
}


def parameters() -> list[str]:
    """Every name that a view asks a query for, or a form of filters has."""
    sources = [
        path.read_text()
        for app in ("clinic", "caregiver", "notifications")
        for path in (ROOT / app).rglob("*.py")
    ]
    names = {name for text in sources for name in re.findall(r'GET(?:\.get|\.getlist)?[(\[]"(\w+)"', text)}
    return sorted(
        {*names, "person", "patient", "kind", "since", "until", "cursor", "search", "state", "page"}
    )


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_odd_parameters_answer_without_a_failure(odd, world, people):
    query = urlencode(dict.fromkeys(parameters(), odd), errors="surrogateescape")
    assert "clinic=" in query
    for who in ("linked", "administrator"):
        client = client_of(people[who])
        for address in PAGES:
            if "GET" in TABLE[address.name] and not address.route.startswith("health/"):
                with transaction.atomic():
                    status = client.get(f"{path_of(address, world)}?{query}").status_code
                    transaction.set_rollback(True)
                assert status < 500, (address.name, who)
                if odd == ODD["nul"] and not address.route.startswith(("api/", "fhir/")):
                    assert status in {400, 404, 405}, (address.name, who)


@pytest.mark.parametrize("odd", ["\x00", "9" * 30, "x" * 3000], ids=["nul", "number", "long"])
def test_odd_paths_answer_without_a_failure(odd, world, people):
    client = client_of(people["administrator"])
    for address in filter(_has_free_argument, PAGES):
        world.arguments |= dict.fromkeys(address.arguments, quote(odd))
        for method in ("GET", "POST"):
            with transaction.atomic():
                status = client.generic(method, path_of(address, world)).status_code
                transaction.set_rollback(True)
            assert status < 500, (address.name, method)


def _has_free_argument(address: Address) -> bool:
    """Others fit no odd text, and are a page that is not there."""
    return "<str:" in address.route or "<int:" in address.route
