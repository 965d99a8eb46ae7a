"""What a report costs, as a ratio to the least that it could cost; both in one run, turn by turn.

Sixteen clients on connections that stay open, two web processes, PostgreSQL: ours, and the bare program of
floor/site.py. Ours is served as in production, under ASGI; the floor under two servers, in the threads of a
synchronous one, which suits such a program best, and under the one that ours has, with Django's own handler.
Three rounds; what is told is the median of their ratios. Reports are those of two hundred families, each with
its own history (loading.py).
"""

import http.client
import itertools
import json
import os
import statistics
import sys
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests

from config import processes
from tests.bench import loading
from tests.processes import Place, free_port, until

CLIENTS, SECONDS, ROUNDS = 16, 5.0, 3
TOKEN = "a-token-of-the-bench"
ANSWERS = {"temp_value": 36.8, "temp_unit": "C"}
FLOOR = "tests.bench.floor.site"
WEB = "web"
# The floor's two servers, and how each is started: its application, and what uvicorn takes it for.
SYNCHRONOUS, ASYNCHRONOUS = "floor", "floor-asynchronous"
SERVERS = {SYNCHRONOUS: ("application", "wsgi"), ASYNCHRONOUS: ("asgi_application", "asgi3")}

# What the next report says: the bearer of the request, and its body.
Said = Callable[[], tuple[str, bytes]]


@dataclass(frozen=True)
class Server:
    """Two processes behind one port."""

    name: str
    port: int
    say: Said


@dataclass(frozen=True)
class Load:
    """Answers a second, and milliseconds of processor time for each answer, by who took it."""

    per_second: float
    web: float
    worker: float
    database: float


def measure(place: Place) -> list[dict[str, Any]]:
    """One line a figure. The place is on services, loaded with the small clinic, and has no process yet."""
    ours = start_ours(place)
    make_floor(place)
    floors = [start_floor(place, name) for name in SERVERS]
    for server in (ours, *floors):
        _put_for(server, seconds=2.0)
    rounds = [[_load(place, server) for server in (ours, *floors)] for _round in range(ROUNDS)]
    place.stop_all()
    mine, synchronous, asynchronous = zip(*rounds, strict=True)
    return [
        *_beside("floor", mine, synchronous),
        *_beside("floor_under_asgi", mine, asynchronous),
    ]


def _beside(name: str, ours: Sequence[Load], floor: Sequence[Load]) -> list[dict[str, Any]]:
    """Answers a second and processor time as ratios, and what they are ratios of."""
    rounds = list(zip(ours, floor, strict=True))
    return [
        {
            "figure": f"report_throughput_to_{name}",
            "ratio": _median(one.per_second / other.per_second for one, other in rounds),
            "ours_per_second": _median(one.per_second for one in ours),
            "floor_per_second": _median(one.per_second for one in floor),
        },
        {
            "figure": f"report_processor_to_{name}",
            "ratio": _median(one.web / other.web for one, other in rounds),
            "ours_ms": _median(one.web for one in ours),
            "floor_ms": _median(one.web for one in floor),
            "worker_ms": _median(one.worker for one in ours),
            "database_ms": _median(one.database for one in ours),
            "floor_database_ms": _median(one.database for one in floor),
        },
    ]


def start_ours(place: Place) -> Server:
    place.start_worker()
    place.start_beat()
    place.start(WEB, [*processes.web("127.0.0.1", place.port), "--workers", "2"])
    place.wait_for_web(WEB)
    first = loading.patient_id(1)
    checklist = requests.get(
        f"{place.base_url}/api/v1/patients/{first}/checklist/",
        headers=_bearer(loading.TOKEN + "1"),
        timeout=30,
    )
    version = checklist.json()["protocol_version"]
    families = itertools.cycle(range(1, loading.SMALL.patients + 1))

    def say() -> tuple[str, bytes]:
        number, moment = next(families), time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        said = {
            "patient": loading.patient_id(number),
            "protocol_version": version,
            "language": "en",
            "answers": ANSWERS,
            "observed_at": moment,
            "sent_at": moment,
        }
        return f"{loading.TOKEN}{number}", json.dumps(said).encode()

    return Server(WEB, place.port, say)


def make_floor(place: Place) -> None:
    """Its tables and its person, in the database of ours."""
    made = place.start("make-floor", [sys.executable, "-m", FLOOR, TOKEN], **_floor_database(place))
    assert made.wait(60) == 0, place.log("make-floor")
    place.children.pop("make-floor")


def start_floor(place: Place, name: str) -> Server:
    port, (application, interface) = free_port(), SERVERS[name]
    server = [sys.executable, "-m", "uvicorn", f"{FLOOR}:{application}", "--interface", interface]
    quiet = ["--no-access-log", "--log-level", "warning", "--lifespan", "off"]
    command = [*server, *quiet, "--port", str(port), "--workers", "2"]
    place.start(name, command, **_floor_database(place))
    until(lambda: requests.get(f"http://127.0.0.1:{port}/", timeout=2).status_code == 404, f"the {name}")
    return Server(name, port, lambda: (TOKEN, json.dumps({"answers": ANSWERS}).encode()))


def _floor_database(place: Place) -> dict[str, str]:
    """A setting of its own, so that it is not forked from one that has read our program."""
    return {"FLOOR_DATABASE_URL": place.environment["DATABASE_URL"].partition("?")[0]}


def _load(place: Place, server: Server) -> Load:
    took = _Took(place, server)
    began = time.monotonic()
    answers = _put_for(server, seconds=SECONDS)
    spent = time.monotonic() - began
    web, worker, database = (1000 * seconds / answers for seconds in took.until_now())
    # What is left of scoring must not be the other's burden.
    until(lambda: place.count("clinic_report WHERE state = 'received'") == 0, "the last report is scored")
    return Load(answers / spent, web, worker, database)


class _Took:
    """Processor time since it was made: of the web processes, the worker, and the database of this place."""

    def __init__(self, place: Place, server: Server) -> None:
        self._place, self._server = place, server
        self._before = self._now()

    def until_now(self) -> list[float]:
        before, now = self._before, self._now()
        return [
            sum(seconds - before[part].get(pid, 0.0) for pid, seconds in now[part].items())
            for part in range(3)
        ]

    def _now(self) -> list[dict[int, float]]:
        backends = self._place.rows(
            "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
        worker = self._place.children.get("worker1")
        return [
            session_seconds(self._place.children[self._server.name].pid),
            session_seconds(worker.pid) if worker else {},
            {
                pid: seconds
                for (pid,) in backends
                if (seconds := _seconds_of(Path(f"/proc/{pid}"))) is not None
            },
        ]


def session_seconds(leader: int) -> dict[int, float]:
    """Processor time of each process of a session."""
    found = {}
    for folder in Path("/proc").glob("[0-9]*"):
        fields = _fields(folder)
        if fields is not None and int(fields[3]) == leader:
            found[int(folder.name)] = (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")
    return found


def _seconds_of(folder: Path) -> float | None:
    fields = _fields(folder)
    return None if fields is None else (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _fields(folder: Path) -> list[str] | None:
    """Of /proc/<pid>/stat, behind the name; None where the process has ended."""
    try:
        return (folder / "stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def _put_for(server: Server, *, seconds: float) -> int:
    """How many were answered."""
    counts: list[int] = []
    until_then = time.monotonic() + seconds

    def client() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
        count = 0
        while time.monotonic() < until_then:
            token, body = server.say()
            headers = {**_bearer(token), "Content-Type": "application/json"}
            connection.request("PUT", f"/api/v1/reports/{uuid.uuid4()}/", body, headers)
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


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}"}


def _median(values: Iterable[float]) -> float:
    return round(statistics.median(values), 3)
