"""What a report costs, as a ratio to the least that it could cost; both in one run, turn by turn.

Sixteen clients on connections that stay open, two web processes, PostgreSQL: ours, and the bare program of
floor/site.py, under the same server. Three rounds; what is told is the median of their ratios.
"""

import http.client
import json
import os
import statistics
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from config import processes
from tests.processes import Place, free_port, until

CLIENTS, SECONDS, ROUNDS = 16, 5.0, 3
TOKEN = "a-token-of-the-bench"
ANSWERS = {"temp_value": 36.8, "temp_unit": "C"}
FLOOR = "tests.bench.floor.site"


@dataclass(frozen=True)
class Server:
    """Two processes behind one port; `body` makes what one client puts."""

    name: str
    port: int
    token: str
    body: Callable[[], bytes]


@dataclass(frozen=True)
class Load:
    """Answers a second, and processor time of the web processes for each, in milliseconds."""

    per_second: float
    milliseconds: float


def measure(place: Place) -> list[dict[str, Any]]:
    """One line a figure. The place is on services and has no process yet."""
    ours, floor = _start_ours(place), _start_floor(place)
    for server in (ours, floor):
        _put_for(server, seconds=2.0)
    rounds = [(_load(place, ours), _load(place, floor)) for _round in range(ROUNDS)]
    place.stop_all()
    return [
        {
            "figure": "report_throughput_to_floor",
            "ratio": _median(one.per_second / other.per_second for one, other in rounds),
            "ours_per_second": _median(one.per_second for one, _other in rounds),
            "floor_per_second": _median(other.per_second for _one, other in rounds),
        },
        {
            "figure": "report_processor_to_floor",
            "ratio": _median(one.milliseconds / other.milliseconds for one, other in rounds),
            "ours_ms": _median(one.milliseconds for one, _other in rounds),
            "floor_ms": _median(other.milliseconds for _one, other in rounds),
        },
    ]


def _start_ours(place: Place) -> Server:
    place.start_worker()
    place.start_beat()
    place.start("web", [*processes.web("127.0.0.1", place.port), "--workers", "2"])
    place.wait_for_web("web")
    june, george = place.api(place.caregiver("June Whitaker")), place.patient("George Whitaker")["id"]
    version = june.version_of(george)

    def body() -> bytes:
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        moments = {"observed_at": moment, "sent_at": moment}
        said = {"patient": george, "protocol_version": version, "language": "en", "answers": ANSWERS}
        return json.dumps({**said, **moments}).encode()

    return Server("web", place.port, june.token, body)


def _start_floor(place: Place) -> Server:
    port = free_port()
    place.environment["FLOOR_DATABASE_URL"] = place.environment["DATABASE_URL"].partition("?")[0]
    made = place.start("make-floor", [sys.executable, "-m", FLOOR, TOKEN])
    assert made.wait(60) == 0, place.log("make-floor")
    place.children.pop("make-floor")
    server = [sys.executable, "-m", "uvicorn", f"{FLOOR}:application", "--interface", "wsgi"]
    quiet = ["--no-access-log", "--log-level", "warning"]
    place.start("floor", [*server, *quiet, "--port", str(port), "--workers", "2"])
    until(lambda: requests.get(f"http://127.0.0.1:{port}/", timeout=2).status_code == 404, "the floor")
    return Server("floor", port, TOKEN, lambda: json.dumps({"answers": ANSWERS}).encode())


def _load(place: Place, server: Server) -> Load:
    before = _processor_seconds(place.children[server.name].pid)
    began = time.monotonic()
    answers = _put_for(server, seconds=SECONDS)
    spent = time.monotonic() - began
    used = _processor_seconds(place.children[server.name].pid) - before
    return Load(answers / spent, 1000 * used / answers)


def _put_for(server: Server, *, seconds: float) -> int:
    """How many were answered."""
    counts: list[int] = []
    until_then = time.monotonic() + seconds

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        headers = {"Authorization": f"Bearer {server.token}", "Content-Type": "application/json"}
        count = 0
        while time.monotonic() < until_then:
            connection.request("PUT", f"/api/v1/reports/{uuid.uuid4()}/", server.body(), headers)
            answer = connection.getresponse()
            text = answer.read()
            assert answer.status == 201, text[:300]
            count += 1
        counts.append(count)

    threads = [threading.Thread(target=client) for _ in range(CLIENTS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(counts) == CLIENTS, "a client met an error"
    return sum(counts)


def _processor_seconds(leader: int) -> float:
    """Of all processes of a session; what has ended since is not in it."""
    ticks = 0
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            fields = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(fields[3]) == leader:
            ticks += int(fields[11]) + int(fields[12])
    return ticks / os.sysconf("SC_CLK_TCK")


def _median(values: Iterable[float]) -> float:
    return round(statistics.median(values), 3)
