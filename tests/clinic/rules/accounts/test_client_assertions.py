"""When what a system signed is good, to the second; who is named in it before anything is proved."""

from datetime import UTC, datetime
from uuid import UUID

import pytest

from clinic.rules.accounts import client_assertions
from clinic.rules.accounts.client_assertions import AssertionRefused
from tests.fakes import system as fakes

NOW = datetime(2026, 11, 30, 8, 0, tzinfo=UTC)
AT = int(NOW.timestamp())
CLIENT = UUID("5f0c3d8e-1b7a-4a65-9c2e-7d3f5a9b1c20")
AUDIENCE = "https://kinwatch.clinic.example/fhir/auth/token"


def verified(**changes):
    said = fakes.claims(CLIENT, AUDIENCE, **{"exp": AT + 300, "jti": "a", **changes})
    return client_assertions.verify(
        fakes.rsa_pair().sign(said),
        keys=[fakes.rsa_pair().public],
        client_id=CLIENT,
        audience=AUDIENCE,
        now=NOW,
    )


@pytest.mark.parametrize("times", [{"exp": AT - 29}, {"exp": AT + 330}, {"nbf": AT + 30}, {"exp": AT + 1.5}])
def test_good_for_five_minutes_and_clocks_may_differ_by_half_a_one(times):
    assert verified(**times).jti == "a"


@pytest.mark.parametrize(
    ("times", "why"),
    [
        ({"exp": AT - 30}, "old"),
        ({"exp": AT + 331}, "early"),
        ({"exp": 10**400}, "early"),
        ({"nbf": AT + 31}, "early"),
        ({"nbf": "soon"}, "claims"),
        ({"exp": True}, "claims"),
        ({"exp": float("nan")}, "old"),
        ({"exp": float("inf")}, "early"),
        ({"nbf": float("nan")}, "early"),
    ],
    ids=lambda one: str(one)[:24],
)
def test_any_other_time_is_refused(times, why):
    with pytest.raises(AssertionRefused) as refused:
        verified(**times)

    assert refused.value.code == why


@pytest.mark.parametrize(
    "text", ["", "a", "a.b.c", "....", "\x00", "\ud800", "e30.e30.", "e30.W10.", "é.é.é"]
)
def test_what_names_nobody_is_unreadable(text):
    with pytest.raises(AssertionRefused, match="unreadable"):
        client_assertions.claimed_by(text)
