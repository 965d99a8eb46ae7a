"""Whatever is sent to whichever address, by whomever: refused or answered, never a fault of ours.

A few hundred inputs here, the same in every run. `make fuzz` sends 100,000 new ones (FUZZ_INPUTS, FUZZ_SEED),
a share of them on each processor (FUZZ_PARTS).
Every door of the resolver is tried, the operators' and the educators' too; the socket by
test_hostile_sockets.py.
"""

import json
import logging
import os
import re
import sys
import traceback
from collections import Counter
from collections.abc import Iterator
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode

import pytest
from django.core.cache import cache
from django.core.signals import got_request_exception
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.utils import timezone

from caregiver.services.guidance import defaults
from caregiver.services.phone import tokens
from tests import factories
from tests.architecture.addresses import Address, addresses
from tests.architecture.conftest import client_of, session_of
from tests.architecture.hostile import Sender
from tests.architecture.test_access import TABLE
from tests.fakes import twilio as fakes
from tests.notifications.conftest import webhook_settings
from tests.sealed import envelope

__all__ = ["webhook_settings"]

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("webhook_settings")]
INPUTS = int(os.environ.get("FUZZ_INPUTS") or 250)
SEED = int(os.environ.get("FUZZ_SEED") or 1)
PARTS = int(os.environ.get("FUZZ_PARTS") or 1)
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
DOORS = addresses()
# Sessions end, and desks lock, while a night's run goes on.
SIGNED_IN_FOR = 1_000
# What the library of the editor calls the parts of its addresses.
OF_EDITOR = {
    "app_label": "caregiver",
    "app_name": "caregiver",
    "model_name": "guidancepage",
    "action": "delete",
} | {
    "content_type_app_name": "caregiver",
    "content_type_model_name": "guidancepage",
    "action_name": "approve",
}
SEALED = {"caregiver_offline_report", "caregiver_offline_worry"}
BY_PHONE = SEALED | {"caregiver_held_reports"}
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
    headers: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        sent = f"{self.method} {self.path} {self.kind} {self.headers} {self.body[:300]!r}"
        return f"{self.number} ({self.who}): {sent}"


@pytest.fixture
def faults() -> Iterator[Counter[str]]:
    """How often each place has failed; what is turned away is not logged a hundred thousand times."""
    found = Counter[str]()

    def note(**_: Any) -> None:
        kind, _error, trace = sys.exc_info()
        last = traceback.extract_tb(trace)[-1]
        place = f"{kind.__name__ if kind else ''} in {last.filename}:{last.lineno} {last.name}"
        if place not in found:
            print(f"{place}\n{traceback.format_exc(limit=-8)}")
        found[place] += 1

    got_request_exception.connect(note)
    logging.disable(logging.CRITICAL)
    yield found
    logging.disable(logging.NOTSET)
    got_request_exception.disconnect(note)


@pytest.mark.parametrize("part", range(PARTS))
def test_no_input_at_any_door_is_a_fault_of_ours(part, world, people, settings, faults):
    print(f"FUZZ_SEED={SEED} FUZZ_PARTS={PARTS}")
    settings.ADMIN_IDLE_SECONDS = settings.SESSION_COOKIE_AGE
    people["operator"] = factories.UserFactory(is_staff=True, is_superuser=True)
    defaults.load(now=timezone.now())
    failed, answers = [], Counter[int]()
    for sent, response in send_all(world, people, part):
        answers[response.status_code] += 1
        if _is_fault(response):
            print(sent)
            failed.append(sent.number)

    print(dict(answers.most_common()))
    print(*(f"{count} times {place}" for place, count in faults.most_common()), sep="\n")
    assert failed == []
    # Else nothing but the way to the doors was tried.
    assert sum(answers[turned_away] for turned_away in (401, 404, 405)) < 0.8 * answers.total()


def send_all(world: Any, people: Any, part: int) -> Iterator[tuple[Sent, HttpResponseBase]]:
    """This part's share: every so manieth input is of a sender of its own."""
    sender, clients = Sender(SEED + part), {}
    token = tokens.enrol(by=people["linked"], now=timezone.now())
    names: dict[str, tuple[str, ...]] = {}
    doors: list[Address] = []
    for number in range(part, INPUTS, PARTS):
        if number // PARTS % 50 == 0:
            # Else limits would answer in the place of what stands behind them.
            cache.clear()
        if number // PARTS % SIGNED_IN_FOR == 0:
            print(f"{number} sent", flush=True)
            clients = _signed_in(people, world)
        doors = doors or sender.random.sample(DOORS, len(DOORS))
        door = doors.pop()
        who = _who(sender, door, clients)
        client = clients[who]
        if door.route not in names:
            names[door.route] = NAMES + _names_on(client, _path(door, _arguments(door, world), None))
        method = sender.random.choice(list(TABLE.get(door.name, METHODS)) if sender.happens(0.9) else METHODS)
        sent = _made(sender, door, method, world, names[door.route])
        headers = sender.headers() if sender.happens(0.3) else {}
        if sender.happens(0.1):
            headers["Cookie"] = sender.cookies(client.cookies.output(header="", sep=";").strip())
        sent = Sent(number, who, *sent, headers)
        yield sent, _send(sent, door, client, token)


def _signed_in(people: Any, world: Any) -> dict[str, Client]:
    for who, user in people.items():
        if user is not None and who != "locked_desk":
            user.session = session_of(user, world.devices.get(who))
    return {who: client_of(user, raise_request_exception=False) for who, user in people.items()}


def _who(sender: Sender, door: Address, clients: dict[str, Client]) -> str:
    inside = ("operator",) if door.is_admin else ("educator",) if door.is_editor else MOSTLY
    return sender.random.choice(inside if sender.happens(0.75) else list(clients))


def _made(
    sender: Sender, door: Address, method: str, world: Any, names: tuple[str, ...]
) -> tuple[str, str, str, bytes]:
    """Method, path, kind and body."""
    ids = tuple(str(one) for one in world.arguments.values())
    path = _path(door, _arguments(door, world), sender)
    if sender.happens(0.4):
        path += "?" + sender.query(names, ids)
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
    headers = sent.headers
    if door.name in BY_PHONE:
        headers = headers | {"Authorization": f"Bearer {token}"}
    if door.name.startswith("twilio_"):
        headers = headers | {"X-Twilio-Signature": _signature(sent)}
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        response = client.generic(sent.method, sent.path, sent.body, content_type=sent.kind, headers=headers)
        # What is written while it is sent counts as well.
        b"".join(response) if response.streaming else None
        transaction.set_rollback(True)
    # The session is as it was; a browser that was signed out is not.
    client.cookies = cookies
    return response


def _signature(sent: Sent) -> str:
    """The provider's own, so that what stands behind it is reached."""
    form = dict(parse_qsl(sent.body.decode(), keep_blank_values=True))
    return fakes.sign(f"https://kin.example.org{sent.path}", form).signature


def _path(door: Address, good: dict[str, Any], sender: Sender | None) -> str:
    """Of a route, which is partly a pattern of text (`<int:pk>`) and partly an expression (`(?P<pk>…)$`)."""

    def part(found: re.Match[str]) -> str:
        name = (found[1] or found[2] or "").rpartition(":")[2]
        value = good.get(name, 1)
        return str(value) if sender is None else sender.argument(value)

    route = door.route.replace("^.*$", "nothing-here/")
    path = re.sub(r"\(\?P<(\w+)>[^)]*\)|<([\w:]+)>|\([^)]*\)", part, route)
    return "/" + re.sub(r"[\^$\\]", "", path)


def _arguments(door: Address, world: Any) -> dict[str, Any]:
    """What leads to something that is there."""
    if not (door.is_admin or door.is_editor):
        return dict(world.arguments)
    pages = getattr(door.view, "model_admin", None) or door.view
    model = getattr(pages, "model", None) or getattr(pages, "view_initkwargs", {}).get("model")
    row = model._base_manager.first() if model else None
    pk = row.pk if row else 1
    return world.arguments | OF_EDITOR | {"pk": pk, "object_id": pk, "id": pk}


def _names_on(client: Client, path: str) -> tuple[str, ...]:
    """The fields of the forms on a page."""
    cookies = deepcopy(client.cookies)
    with transaction.atomic():
        response = client.get(path)
        transaction.set_rollback(True)
    client.cookies = cookies
    if response.streaming or response.status_code != 200:
        return ()
    return tuple(dict.fromkeys(re.findall(r'\sname="([\w.-]+)"', response.content.decode(errors="replace"))))


def _is_fault(response: HttpResponseBase) -> bool:
    # 503 is what health says of an engine that nobody has started.
    return response.status_code >= 500 and response.status_code != 503
