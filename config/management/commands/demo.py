"""`manage.py demo`: everything running on this machine, a demo clinic loaded, sign-ins printed."""

import http.client
import io
import logging.config
import os
import socket
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import segno
from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.utils import timezone

from clinic.services import demo
from config import addresses, embedded, env, prepared, processes, starting, statics

OUR_APPS = ("caregiver", "clinic", "notifications")
# The shortest way to see what it is for: a family's report, and the nurse who is called for.
TRY_FIRST = (
    "1. As a nurse: sign in as nurse@harbor.example. Aisha Karim has a fever, and nobody has her yet.",
    "2. As a family: sign in with +16175550131 (June Whitaker). Report a danger sign and watch the console.",
    "3. As a physician: physician@harbor.example sees the rules, the figures and who is at risk.",
)
_NOT_ITS_OWN = (
    "DATABASE_URL names a database that is not the demo's: others' data is in it. Name an empty one."
)


class Command(BaseCommand):
    """One process on the embedded default; with REDIS_URL web, two workers and beat as processes."""

    help = "Start everything with a demo clinic: PORT=8123 chooses the port, HOST=127.0.0.1 keeps phones out."
    requires_system_checks = []
    requires_migrations_checks = False

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo does not run on production settings.")
        key = starting.twilio_key_in_demo()
        if key:
            raise CommandError(f"{key} is set: the demo would text real phones. Unset it.")
        starting.mean_demo()
        self.host = env.text("HOST", "") or "0.0.0.0"  # noqa: S104 - so that a phone nearby can open it
        self.port = env.number("PORT", 8000)
        listener = self.check_machine()
        self.choose_public_address()
        self.keep_logs_short()
        with self.step("Preparing the database"):
            self.prepare_database()
        with self.step("Collecting styles and scripts"):
            statics.collect()
        with self.step("Loading the demo clinics"):
            self.loaded = demo.load(now=timezone.now(), with_history=True, progress=self.progress())
        with self.step("Loading the guidance"):
            call_command("load_guidance", stdout=io.StringIO())
        self.say("Starting …")
        self.serve(listener)
        self.say("\nStopped. The data stays; start again with: make demo")

    # --- What can be wrong with the machine, one line each ---

    def check_machine(self) -> socket.socket:
        try:
            settings.VAR_DIR.mkdir(parents=True, exist_ok=True)
            tempfile.TemporaryFile(dir=settings.VAR_DIR).close()
        except OSError as error:
            raise CommandError(f"Cannot write to {settings.VAR_DIR}: {error.strerror}.") from error
        self.check_services()
        self.check_data()
        try:
            return addresses.claim(self.host, self.port)
        except addresses.PortTaken as error:
            raise CommandError(
                f"Port {self.port} cannot be used ({error}). Choose another: make demo PORT=8123"
            ) from error

    def check_services(self) -> None:
        for name in ("DATABASE_URL", "REDIS_URL", "CELERY_BROKER_URL"):
            try:
                addresses.require_answer(env.text(name, ""))
            except addresses.NoAnswer as error:
                raise CommandError(f"{name}: nothing answers at {error}.") from error
        if connection.vendor == "postgresql":
            try:
                # Not through the pool, which tries for ten seconds and then does not say why.
                psycopg.connect(**{**connection.get_connection_params(), "connect_timeout": 5}).close()
            except psycopg.OperationalError as error:
                raise CommandError(f"DATABASE_URL: {str(error).strip().splitlines()[-1]}") from error

    def check_data(self) -> None:
        """Data of another version: a step that made it is none of ours, so ours would fail halfway."""
        if not demo.owns_database():
            raise CommandError(_NOT_ITS_OWN)
        loader = MigrationLoader(connection, ignore_no_migrations=True)
        unknown = loader.applied_migrations.keys() - loader.disk_migrations.keys()
        if any(app in OUR_APPS for app, _name in unknown):
            embedded_data = connection.vendor == "sqlite"
            way_out = "make reset-demo" if embedded_data else "empty the database that DATABASE_URL names"
            raise CommandError(
                f"The demo's data is from another version. Forget it, then start again: {way_out}"
            )

    def prepare_database(self) -> None:
        prepared.unpack()
        executor = MigrationExecutor(connection)
        # With nothing left to apply, Django would still look through every model's permissions.
        if connection.vendor != "sqlite" or executor.migration_plan(executor.loader.graph.leaf_nodes()):
            call_command("migrate", verbosity=0, interactive=False)

    # --- Addresses ---

    def choose_public_address(self) -> None:
        """Links in texts must open on a phone, so they use the network's address where there is one."""
        self.nearby = addresses.in_local_network() if self.host == "0.0.0.0" else None  # noqa: S104
        if not os.environ.get("PUBLIC_BASE_URL"):
            settings.PUBLIC_BASE_URL = self.url(self.nearby or "127.0.0.1")
            os.environ["PUBLIC_BASE_URL"] = settings.PUBLIC_BASE_URL

    def url(self, host: str) -> str:
        return f"http://{host}:{self.port}"

    # --- Running ---

    def keep_logs_short(self) -> None:
        """A person reads this terminal: warnings are news, each task that ran is not."""
        os.environ.setdefault("LOG_LEVEL", "WARNING")
        # In the settings, because Celery sets Django up a second time and logging with it.
        logs: dict[str, Any] = settings.LOGGING
        logs["root"]["level"] = os.environ["LOG_LEVEL"]
        logs["loggers"]["django.request"] = {"level": "ERROR"}
        logs["loggers"]["uvicorn"]["level"] = os.environ["LOG_LEVEL"]
        logging.config.dictConfig(logs)
        # What libraries warn of is for whoever works on the code; of this process and of those it starts.
        if not sys.warnoptions:
            os.environ.setdefault("PYTHONWARNINGS", "ignore")
            warnings.simplefilter("ignore")

    def serve(self, listener: socket.socket) -> None:
        if settings.CELERY_BROKER_URL.startswith("memory"):
            embedded.serve(listener=listener, on_ready=self.announce)
            return
        listener.close()
        connection.close()
        commands = {
            "web": processes.web(self.host, self.port),
            "worker 1": processes.worker("worker1"),
            "worker 2": processes.worker("worker2"),
            "beat": processes.beat(),
        }
        try:
            processes.run(commands=commands, ready=self.answers, on_ready=self.announce)
        except processes.ProcessEnded as error:
            raise CommandError(f"{error}; the others were stopped too.") from error

    def answers(self) -> bool:
        try:
            health = http.client.HTTPConnection("127.0.0.1", self.port, timeout=2)
            health.request("GET", "/health/live")
            return health.getresponse().status == http.HTTPStatus.OK
        except OSError:
            return False

    # --- Telling ---

    @contextmanager
    def step(self, text: str) -> Iterator[None]:
        self.stdout.write(f"{text} … ", ending="")
        self.stdout.flush()
        started = time.monotonic()
        yield
        self.say(f"{time.monotonic() - started:.1f} s")

    def progress(self) -> Callable[[int], None]:
        """Says each fifth of a step while it runs."""
        said = {0}

        def reached(percent: int) -> None:
            fifth = percent // 20 * 20
            if fifth not in said and fifth < 100:
                said.add(fifth)
                self.stdout.write(f"{fifth} % … ", ending="")
                self.stdout.flush()

        return reached

    def say(self, text: str = "") -> None:
        self.stdout.write(text)
        self.stdout.flush()

    def announce(self) -> None:
        here = self.url("127.0.0.1")
        self.say(
            f"\n{settings.PRODUCT_NAME} is running. Made-up people only: enter nothing about real ones.\n"
        )
        self.say(f"  Families       {here}/")
        self.say(f"  Staff          {here}/console/")
        self.say(f"  Educators      {here}/cms/")
        self.say(f"  Sent messages  {here}/sent-messages/   (every text that would have gone out)")
        if self.nearby:
            self.say(f"\n  On a phone in this network: {self.url(self.nearby)}/\n")
            self.print_code(self.url(self.nearby))
        self.say("\n  Try first")
        for line in TRY_FIRST:
            self.say(f"    {line}")
        self.say(f"\n  Staff sign in with their e-mail and the password  {demo.PASSWORD}")
        for person in self.loaded.staff:
            self.say(f"    {person.email:<26} {person.role:<14} {person.clinic.name}")
        self.say("\n  Families sign in with their phone; the code is among the sent messages")
        for caregiver in self.loaded.caregivers:
            patients = ", ".join(f"{one.full_name} (day {one.day})" for one in caregiver.patients)
            self.say(f"    {caregiver.phone:<14} {caregiver.name:<18} looks after {patients}")
        for name in self.loaded.invited:
            self.say(f"\n  An invitation for {name} waits among the sent messages.")
        self.say("\n  Ctrl-C stops everything.")

    def print_code(self, url: str) -> None:
        """A code for the phone's camera, where the terminal can show one."""
        encoding = (getattr(sys.stdout, "encoding", None) or "").lower()
        if encoding.startswith("utf"):
            drawn = io.StringIO()
            segno.make(f"{url}/", error="l").terminal(out=drawn, border=2, compact=True)
            self.say(drawn.getvalue().rstrip())
