"""The tables of docs/events.md; KINWATCH_WRITE=1 writes them anew, for a person to read."""

import os
from datetime import UTC, datetime

import pytest

from notifications.rules.purposes import Purpose
from tests.clinic.services.patients import hanging

WRITES = os.environ.get("KINWATCH_WRITE") == "1"
# 21:00 in New York.
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def played():
    """In the order of the table; written when the last event was played."""
    found: dict[str, dict[str, str]] = {}
    yield found
    if WRITES:
        hanging.put(hanging.MARKS, hanging.table(found))
        hanging.put(hanging.SENDER_MARKS, hanging.sender_table())


@pytest.mark.django_db
@pytest.mark.parametrize("event", list(hanging.EVENTS))
def test_what_becomes_of_each_thing_is_what_the_document_says(event, played):
    played[event] = hanging.play(event, NOW)

    rows = [line.split(" | ") for line in hanging.DOCUMENT.read_text().splitlines() if line.startswith("| ")]
    column = 1 + list(hanging.EVENTS).index(event)
    said = {row[0].removeprefix("| "): row[column].removesuffix(" |") for row in rows if len(row) > column}
    assert WRITES or {thing: said.get(thing) for thing in hanging.THINGS} == played[event]


def test_everything_that_sends_says_what_an_event_does_to_it():
    """A new kind of message needs a row: what becomes of it when somebody is admitted, or has died?"""
    found = hanging.senders()
    assert sorted(found) == sorted(hanging.SENDERS)
    assert set().union(*found.values()) == {purpose.value for purpose in Purpose}
    assert hanging.other_ways_out() == []
    rows = {row for row in hanging.SENDERS.values() if ":" not in row}
    assert rows <= set(hanging.THINGS)
    assert WRITES or hanging.sender_table() in hanging.DOCUMENT.read_text()
