"""Whom to tell of a hole."""

from datetime import UTC, datetime

import pytest

from config import security_txt


def test_says_whom_to_tell_and_until_when(client, settings, db):
    settings.SECURITY_CONTACT = ["mailto:security@clinic.example", "https://clinic.example/security"]

    answer = client.get("/.well-known/security.txt")

    lines = answer.content.decode().splitlines()
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/plain; charset=utf-8")
    assert lines[:2] == [
        "Contact: mailto:security@clinic.example",
        "Contact: https://clinic.example/security",
    ]
    expires = datetime.strptime(lines[2], "Expires: %Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC)
    assert 178 < (expires - datetime.now(UTC)).days < 181
    assert lines[3:] == [
        "Preferred-Languages: en, es",
        "Canonical: http://testserver/.well-known/security.txt",
    ]


def test_without_a_contact_there_is_none(client, settings, db):
    settings.SECURITY_CONTACT = []

    assert client.get("/.well-known/security.txt").status_code == 404


@pytest.mark.parametrize("hour", [0, 23])
def test_it_is_the_same_for_a_whole_day(hour):
    assert security_txt._expires(datetime(2026, 11, 29, hour, tzinfo=UTC)) == datetime(
        2027, 5, 28, tzinfo=UTC
    )
