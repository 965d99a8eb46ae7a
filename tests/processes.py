"""Real processes for end-to-end and fault tests: a place of their own each, ended by process id.

A place is a database, a Redis number and a port that nobody else uses. Embedded: `manage.py demo`, one
process. With DATABASE_URL and REDIS_URL set: web, workers and beat as separate processes.
"""

import contextlib
import json
import os
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import requests
from redis import Redis

from config import processes
from config.row_security import APP
from tests.databases import administer, copy_database, kept_database, kept_file, one_at_a_time
from tests.warm import Process, Warms

ROOT = Path(__file__).resolve().parent.parent
# A deadline for "it never happened", far above what anything here takes; not a measure of speed.
PATIENCE = 60.0


def on_services() -> bool:
    """Whether this run is on PostgreSQL and Redis."""
    return bool(os.environ.get("DATABASE_URL") and os.environ.get("REDIS_URL"))


def redis_number(first: int) -> int:
    """A Redis number for this test process: two run side by side, and each empties its own."""
    return first + int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw"))


def until(found: Callable[[], Any], what: str, patience: float = PATIENCE) -> Any:
    """Ask again and again; the first answer that is true, or a failure that names what never came."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        with contextlib.suppress(requests.ConnectionError, requests.Timeout):
            answer = found()
            if answer:
                return answer
        time.sleep(0.1)
    raise AssertionError(f"never came: {what}")


@dataclass
class Place:
    """Where one system under test lives; `seed` is what `seed_demo --json` printed."""

    folder: Path
    environment: dict[str, str]
    port: int
    seed: dict[str, Any]
    warms: Warms | None = None
    # Of another version of the program, for an upgrade.
    root: Path = ROOT
    children: dict[str, Process] = field(default_factory=dict)

    @property
    def base_url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    # --- Processes ---

    def start(self, name: str, command: list[str], **environment: str) -> Process:
        """Forked from one that has read the program, unless it alone has a setting."""
        path = self.folder / f"{name}.log"
        told = {**self.environment, **environment}
        is_ours = command[0] == sys.executable and self.root == ROOT
        if is_ours and self.warms is not None and told in (self.environment, *self.warms.environments()):
            self.children[name] = self.warms.of(told).start(command, path)
            return self.children[name]
        with path.open("ab") as log:
            self.children[name] = subprocess.Popen(
                command,
                cwd=self.root,
                env=told,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        return self.children[name]

    @property
    def web(self) -> str:
        """Which of the processes of `start_all` answers requests."""
        return "web" if on_services() else "demo"

    def start_all(self) -> None:
        """What makes a whole system: one process, or on services one of each kind, as production has them."""
        if on_services():
            self.start_worker()
            self.start_beat()
        self.restart_web()

    def restart_web(self) -> None:
        if on_services():
            self.start_web()
        else:
            self.start_demo()

    def start_demo(self) -> None:
        """Everything, the way `make demo` starts it, in either mode."""
        self.start("demo", [sys.executable, "manage.py", "demo"])
        self.wait_for_web("demo")

    def start_web(self, name: str = "web", port: int | None = None, **environment: str) -> None:
        """On the place's own port; a second one beside it has a name and port of its own."""
        self.start(name, processes.web("127.0.0.1", port or self.port), **environment)
        self.wait_for_web(name, port)

    def start_worker(self, name: str = "worker1") -> None:
        self.start(name, processes.worker(name))

    def start_beat(self) -> None:
        self.start("beat", processes.beat())

    def wait_for_web(self, name: str, port: int | None = None) -> None:
        address = f"http://127.0.0.1:{port or self.port}"

        def answers() -> bool:
            assert self.children[name].poll() is None, f"{name} ended:\n{self.log(name)}"
            return requests.get(f"{address}/health/live", timeout=2).ok

        until(answers, f"{name} answers at {address}")

    def kill(self, name: str) -> None:
        """SIGKILL to the process and to the children in its session: nothing gets to say goodbye."""
        child = self.children.pop(name)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.wait()

    def stop(self, name: str, number: int = signal.SIGINT) -> int:
        child = self.children.pop(name)
        child.send_signal(number)
        try:
            return child.wait(15)
        except subprocess.TimeoutExpired:
            os.killpg(child.pid, signal.SIGKILL)
            return child.wait()

    def stop_all(self) -> None:
        """A demo of several processes takes its own children along; the others have nothing left to say."""
        for name in list(self.children):
            if name == "demo" and on_services():
                self.stop(name, signal.SIGTERM)
            else:
                self.kill(name)

    def log(self, name: str) -> str:
        return (self.folder / f"{name}.log").read_text(errors="replace")[-3000:]

    # --- Looking inside ---

    @contextlib.contextmanager
    def database(self) -> Iterator[psycopg.Connection[Any] | sqlite3.Connection]:
        """A connection that ends with a commit."""
        url = self.environment.get("DATABASE_URL")
        if url:
            # Whoever looks inside sees every clinic.
            with psycopg.connect(url.partition("?")[0]) as connection:
                yield connection
            return
        with contextlib.closing(sqlite3.connect(self.folder / "kinwatch.sqlite3", timeout=20)) as file, file:
            yield file

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What the database holds."""
        with self.database() as database:
            return database.execute(sql).fetchall()

    def change(self, sql: str) -> None:
        """Put the database into a state that would take long to come by itself."""
        with self.database() as database:
            database.execute(sql)

    def count(self, sql: str) -> int:
        return int(self.rows(f"SELECT count(*) FROM {sql}")[0][0])

    # --- People ---

    def staff(self, email: str) -> dict[str, Any]:
        return next(one for one in self.seed["staff"] if one["email"] == email)

    def caregiver(self, name: str) -> dict[str, Any]:
        return next(one for one in self.seed["caregivers"] if one["name"] == name)

    def patient(self, name: str) -> dict[str, Any]:
        return next(one for one in self.seed["patients"] if one["name"] == name)

    def api(self, person: dict[str, Any]) -> "Api":
        return Api(self.base_url, person["token"])


@dataclass
class Api:
    """The HTTP API as one person."""

    base_url: str
    token: str
    versions: dict[str, int] = field(default_factory=dict)

    def call(self, method: str, path: str, body: Any = None) -> requests.Response:
        return requests.request(
            method,
            f"{self.base_url}/api/v1/{path}",
            json=body,
            headers={"Authorization": f"Bearer {self.token}"},
            timeout=30,
        )

    def version_of(self, patient: str) -> int:
        """The protocol version that the patient's checklist is on."""
        if patient not in self.versions:
            checklist = self.call("GET", f"patients/{patient}/checklist/")
            self.versions[patient] = checklist.json()["protocol_version"]
        return self.versions[patient]

    def report(self, patient: str, answers: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """An id and a body for `PUT reports/<id>/`."""
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        return str(uuid.uuid4()), {
            "patient": patient,
            "protocol_version": self.version_of(patient),
            "observed_at": moment,
            "sent_at": moment,
            "language": "en",
            "answers": answers,
        }

    def put(self, report_id: str, body: dict[str, Any]) -> requests.Response:
        return self.call("PUT", f"reports/{report_id}/", body)


class Template:
    """A migrated and seeded database, made once, from which every place is copied in an instant.

    What is migrated is kept until the schema changes (tests/databases.py). The demo's story ends today, so it
    is told anew for each run; the processes of one `make test` (KINWATCH_TEST_RUN) share it, and tests/run.py
    removes it.
    """

    def __init__(self, folder: Path, redis_number: int, *, is_brief: bool = True) -> None:
        self.is_brief = is_brief
        run = os.environ.get("KINWATCH_TEST_RUN", "")
        self.is_shared = bool(run)
        if run:
            mode = "services" if on_services() else "embedded"
            folder = ROOT / "var" / "test-templates" / f"{run}-{mode}"
        folder.mkdir(parents=True, exist_ok=True)
        self.folder, self.redis_number = folder, redis_number
        self._spots: list[_Spot] = []
        self.database = f"kinwatch_template_{run or uuid.uuid4().hex[:12]}"
        self.environment = self._environment(folder, self.database, port=0)
        with one_at_a_time(f"template-{self.database}"):
            seed = folder / "seed.json"
            if not (run and seed.exists()):
                seed.write_text(self._make(), encoding="utf-8")
            self.seed = seed.read_text(encoding="utf-8")

    def _make(self) -> str:
        if on_services():
            copy_database(kept_database(), self.database)
        else:
            shutil.copy(kept_file(), self.folder / "kinwatch.sqlite3")
        with one_at_a_time("test-static"):
            self._manage("shell", "--no-imports", "-c", "from config import statics; statics.collect()")
        # The four weeks before the story take as long as all the rest; few would look at them.
        return self._manage("seed_demo", "--json", *(["--brief"] if self.is_brief else []))

    @contextlib.contextmanager
    def place(self) -> Iterator[Place]:
        """A system of its own, not yet started; gone with everything in it afterwards."""
        spot = next((one for one in self._spots if not one.is_taken), None) or self._new_spot()
        spot.is_taken = True
        if on_services():
            copy_database(self.database, spot.database)
            redis(spot.environment["REDIS_URL"]).flushdb()
        else:
            shutil.copy(self.folder / "kinwatch.sqlite3", spot.folder / "kinwatch.sqlite3")
        place = Place(spot.folder, dict(spot.environment), spot.port, json.loads(self.seed), spot.warms)
        place.seed["base_url"] = place.base_url
        try:
            yield place
        finally:
            place.stop_all()
            if on_services():
                administer(f'DROP DATABASE "{spot.database}" WITH (FORCE)')
            spot.clear()

    def _new_spot(self) -> "_Spot":
        folder = Path(tempfile.mkdtemp(prefix="kinwatch-place-"))
        port, database = free_port(), f"kinwatch_test_{uuid.uuid4().hex[:12]}"
        environment = self._environment(folder, database, port)
        self._spots.append(_Spot(folder, database, port, environment, Warms(environment, folder)))
        return self._spots[-1]

    def remove(self) -> None:
        for spot in self._spots:
            spot.warms.end()
            shutil.rmtree(spot.folder, ignore_errors=True)
        if on_services() and not self.is_shared:
            administer(f'DROP DATABASE "{self.database}" WITH (FORCE)')

    def _manage(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, "manage.py", *arguments],
            cwd=ROOT,
            env=self.environment,
            check=False,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def _environment(self, folder: Path, database: str, port: int) -> dict[str, str]:
        return environment_of(folder, database, port, self.redis_number)


def environment_of(folder: Path, database: str, port: int, redis_number: int) -> dict[str, str]:
    """What a place's processes are told; `database` is made already."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "config.settings.dev",
        "KINWATCH_DEMO": "1",
        # One made-up person sends what a thousand would.
        "REPORTS_PER_HOUR": "1000000",
        "API_CALLS_PER_MINUTE": "1000000",
        "KINWATCH_VAR": str(folder),
        "HOST": "127.0.0.1",
        "PORT": str(port),
        "PUBLIC_BASE_URL": f"http://127.0.0.1:{port}",
        "PYTHONWARNINGS": "ignore:You're running the worker",
        "LOG_LEVEL": "WARNING",
    }
    # All places share one collected copy of the static files.
    (ROOT / "var" / "test-static").mkdir(parents=True, exist_ok=True)
    with contextlib.suppress(FileExistsError):
        (folder / "static").symlink_to(ROOT / "var" / "test-static")
    ours = ("CELERY_BROKER_URL", "MESSAGE_PROVIDER", "PYTEST_CURRENT_TEST", "DJANGO_ALLOW_ASYNC_UNSAFE")
    for name in ours:
        environment.pop(name, None)
    if on_services():
        # As the program's own role, behind the wall between clinics.
        url = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database}", query=f"assume_role={APP}")
        environment["DATABASE_URL"] = url.geturl()
        own_number = urlsplit(os.environ["REDIS_URL"])._replace(path=f"/{redis_number}")
        environment["REDIS_URL"] = own_number.geturl()
    return environment


@dataclass
class _Spot:
    """Addresses for one place after the other, so that what was read for the first serves them all."""

    folder: Path
    database: str
    port: int
    environment: dict[str, str]
    warms: Warms
    is_taken: bool = False

    def clear(self) -> None:
        """Of what is kept, the warm process has read the key and writes the log."""
        for path in self.folder.iterdir():
            if path.name in {"static", "vapid.key", "warm.log"}:
                continue
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path, ignore_errors=True)
            else:
                path.unlink()
        self.warms.forget()
        self.is_taken = False


def free_port() -> int:
    """Below the range from which outgoing connections take theirs, and never given out twice."""
    with one_at_a_time("test-port") as file:
        last = int(file.read() or 20000)
        for port in (20000 + (last - 20000 + step) % 12000 for step in range(1, 12000)):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    continue
            file.truncate(0)
            file.write(str(port))
            return port
    raise AssertionError("no free port")


def redis(url: str) -> Redis:
    """A client of one Redis database."""
    return Redis.from_url(url, decode_responses=True)
