"""Whatever is sent to whichever address, by whomever: refused or answered, never a fault of ours.

A few hundred inputs here, the same in every run. `make fuzz` sends 100,000 new ones (FUZZ_INPUTS, FUZZ_SEED).
"""

import json
import os
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from django.core.cache import cache
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.utils import timezone

from caregiver.services.phone import tokens
from tests.architecture.addresses import Address, addresses
from tests.architecture.conftest import client_of
from tests.architecture.hostile import Sender
from tests.architecture.test_access import TABLE
from tests.fakes import twilio as fakes
from tests.notifications.conftest import webhook_settings
from tests.sealed import envelope

__all__ = ["webhook_settings"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("webhook_settings")]
INPUTS = int(os.environ.get("FUZZ_INPUTS") or 250)
SEED = int(os.environ.get("FUZZ_SEED") or 1)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
DOORS = [one for one in addresses() if not (one.is_admin or one.is_editor)]
SEALED = {"caregiver_offline_report", "caregiver_offline_worry"}
# What forms and calls of ours are asked, for doors that show no form of their own.
NAMES = (
    *(
        "patient",
        "protocol_version",
        "observed_at",
        "sent_at",
        "language",
        "answers",
        "temp_value",
        "red_flags",
    ),
    *(
        "level",
        "outcome",
        "reason",
        "note",
        "text",
        "at",
        "kind",
        "to",
        "minutes",
        "action",
        "report_id",
        "id",
    ),
    *(
        "phone",
        "name",
        "q",
        "after",
        "page",
        "next",
        "time_zone",
        "code",
        "clinic",
        "since",
        "until",
        "person",
    ),
)
TOLD_BY_THE_PROVIDER = (
    *("Body", "From", "To", "MessageSid", "MessageStatus", "CallSid", "CallStatus", "Digits", "ErrorCode"),
    "asked",
)
# Who gets past the first question; the others are asked often enough by the table of access.
MOSTLY = ("linked", "nurse", "administrator")


@dataclass(frozen=True)
class Sent:
    """One input, as whoever mends what it broke wants to read it."""

    number: int
    who: str
    method: str
    path: str
    kind: str
    body: bytes

    def __str__(self) -> str:
        return f"{self.number} ({self.who}): {self.method} {self.path} {self.kind} {self.body[:300]!r}"


def test_no_input_at_any_door_is_a_fault_of_ours(world, people):
    print(f"FUZZ_SEED={SEED}")
    faults, answers = [], Counter[int]()
    for sent, response in send_all(world, people):
        answers[response.status_code] += 1
        if _is_fault(response):
            print(sent)
            faults.append(sent.number)

    print(dict(answers.most_common()))
    assert faults == []
    # Else nothing but the way to the doors was tried.
    assert sum(answers[turned_away] for turned_away in (401, 404, 405)) < 0.8 * INPUTS


def send_all(world: Any, people: Any) -> Iterator[tuple[Sent, HttpResponseBase]]:
    sender, clients = Sender(SEED), {who: client_of(user) for who, user in people.items()}
    token = tokens.enrol(by=people["linked"], now=timezone.now())
    names: dict[str, tuple[str, ...]] = {}
    for number in range(INPUTS):
        if number % 50 == 0:
            # Else limits would answer in the place of what stands behind them.
            cache.clear()
        door = DOORS[number % len(DOORS)]
        who = sender.random.choice(MOSTLY if sender.happens(0.75) else list(clients))
        client = clients[who]
        client.raise_request_exception = False
        if door.name not in names:
            names[door.name] = NAMES + _names_on(client, _path(door, world.arguments, None))
        method = sender.random.choice(list(TABLE[door.name]) if sender.happens(0.9) else METHODS)
        sent = Sent(number, who, *_made(sender, door, method, world, names[door.name]))
        yield sent, _send(sent, door, client, token)


def _made(
    sender: Sender, door: Address, method: str, world: Any, names: tuple[str, ...]
) -> tuple[str, str, str, bytes]:
    """Method, path, kind and body."""
    ids = tuple(str(one) for one in world.arguments.values())
    path = _path(door, world.arguments, sender)
    if sender.happens(0.4):
        fields = sender.fields(names, ids)
        path += "?" + "&".join(f"{name}={value}" for name, value in fields).encode("ascii", "ignore").decode()
    if door.name in SEALED and sender.happens(0.8):
        said = {name: sender.value(names) for name in names[:6] if sender.happens(0.8)}
        said |= {"patient": str(world.patient.pk)} if sender.happens(0.7) else {}
        report_id = str(sender.uuid())
        path = _path(door, world.arguments | dict.fromkeys(("report_id", "worry_id"), report_id), None)
        sealed = envelope(said, report_id) | {"device_now": sender.value(names)}
        return "PUT", path, "application/json", json.dumps(sealed).encode()
    if door.name.startswith("twilio_"):
        form = dict(sender.fields(TOLD_BY_THE_PROVIDER, ids)) | {"AccountSid": fakes.ACCOUNT}
        return "POST", path, "application/x-www-form-urlencoded", urlencode(form).encode()
    body, kind = sender.body(names, ids) if method in {"POST", "PUT", "PATCH"} else (b"", "")
    return method, path, kind, body


def _send(sent: Sent, door: Address, client: Client, token: str) -> HttpResponseBase:
    headers = {"Authorization": f"Bearer {token}"} if door.name in SEALED else {}
    if door.name.startswith("twilio_"):
        headers = {"X-Twilio-Signature": _signature(sent)}
    with transaction.atomic():
        response = client.generic(sent.method, sent.path, sent.body, content_type=sent.kind, headers=headers)
        # What is written while it is sent counts as well.
        b"".join(response) if response.streaming else None
        transaction.set_rollback(True)
    return response


def _signature(sent: Sent) -> str:
    """The provider's own, so that what stands behind it is reached."""
    form = dict(parse_qsl(sent.body.decode(), keep_blank_values=True))
    return fakes.sign(f"https://kin.example.org{sent.path}", form).signature


def _path(door: Address, good: dict[str, Any], sender: Sender | None) -> str:
    def part(found: re.Match[str]) -> str:
        name = found[1].rpartition(":")[2]
        return str(good[name]) if sender is None else sender.argument(good[name])

    return "/" + re.sub(r"<([\w:]+)>", part, door.route).replace("^.*$", "nothing-here/")


def _names_on(client: Client, path: str) -> tuple[str, ...]:
    """The fields of the forms on a page."""
    response = client.get(path)
    if response.streaming or response.status_code != 200:
        return ()
    return tuple(dict.fromkeys(re.findall(r'\sname="([\w.-]+)"', response.content.decode(errors="replace"))))


def _is_fault(response: HttpResponseBase) -> bool:
    # 503 is what health says of an engine that nobody has started.
    return response.status_code >= 500 and response.status_code != 503
