"""Whoever may not see a thing costs the same questions to the database whether it is there or not.

No test measures time; the same statements in the same order, with the same audit row, take the same.
"""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.architecture.conftest import client_of
from tests.architecture.test_access import API, OBJECTS, OUTSIDERS, PAGES, TABLE, bodies, path_of

pytestmark = pytest.mark.django_db

OF_SOMEBODY = [one for one in PAGES if OBJECTS & set(one.arguments)]
# Values as the log of statements has them, on either database.
_VALUE = re.compile(r"\"s\d+_x\d+\"|'(?:[^']|'')*'(?:::\w+(?:\[\])?)?|\bNULL\b(?:::\w+)?|\b\d+(?:\.\d+)?\b")


def asked(client: Client, method: str, path: str, body: str) -> tuple[int, list[str]]:
    """The status, and the statements without what they ask for."""
    kind = "application/json" if path.startswith(API) else "application/x-www-form-urlencoded"
    with transaction.atomic(), CaptureQueriesContext(connection) as log:
        response = client.generic(method, path, body, content_type=kind)
        transaction.set_rollback(True)
    return response.status_code, [_VALUE.sub("?", one["sql"]) for one in log.captured_queries]


def ask_first(client: Client) -> None:
    """A browser's first request leaves a cookie and finds out what later ones need not ask for."""
    asked(client, "GET", "/nothing-here/", "")


def missing(world: Any, names: set[str] = OBJECTS) -> Any:
    """The same addresses, of things that nobody has."""
    there = dict(world.arguments)
    for name in names & set(there):
        there[name] = uuid4() if not isinstance(there[name], int) else there[name] + 900_000
    return type(world)(arguments=there)


@pytest.mark.parametrize("address", OF_SOMEBODY, ids=lambda one: one.name)
def test_what_is_theirs_and_what_nobody_has_cost_the_same(address, world, people):
    body = bodies(world).get(address.name, "")
    for who in OUTSIDERS:
        client = client_of(people[who])
        ask_first(client)
        for method in TABLE[address.name]:
            foreign = asked(client, method, path_of(address, world), body)
            nothing = asked(client, method, path_of(address, missing(world)), body)

            assert foreign == nothing, (who, method)
            assert keeps_its_row(foreign[1]), (who, method)


def keeps_its_row(statements: list[str]) -> bool:
    """What was refused stays in the audit: no transaction that began before it takes the row back."""
    written = [at for at, one in enumerate(statements) if one.startswith('INSERT INTO "clinic_auditevent"')]
    return not written or not any(one.startswith("ROLLBACK") for one in statements[written[0] :])


def test_statements_are_compared_and_not_only_counted():
    assert _VALUE.sub("?", "SELECT 1 FROM a WHERE b = 'x''y'::uuid AND c = NULL") == (
        "SELECT ? FROM a WHERE b = ? AND c = ?"
    )


class CountingHasher(MD5PasswordHasher):
    made = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).made += 1
        return super().encode(password, salt)


def test_wrong_password_and_unknown_address_are_hashed_alike(people, settings):
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]
    made = []
    for address in (people["nurse"].email, "nobody@clinic.example"):
        before = CountingHasher.made
        Client().post("/accounts/login/", {"login": address, "password": "not-the-words-of-hers"})
        made.append(CountingHasher.made - before)

    assert made[0] == made[1] > 0
