"""The engine without broker, worker and beat: any process that is alive does what is due.

Each tick is begun by beat through Redis, and a worker runs it. Each round leaves its beginning in the
database (EngineRound). In every process of the system a thread looks there, and what nobody has begun in
time it begins itself, by the same functions. So an emergency is scored and paged as long as the database
and one process live; docs/adr/0026-the-engine-runs-in-every-process.md says why it is built so.
"""

import asyncio
import logging
import threading
from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from celery import bootsteps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.utils import timezone
from django.utils.module_loading import import_string

from clinic.services.core import ticks

logger = logging.getLogger(__name__)

LOOK_EVERY_SECONDS = 2.0
# What a database that is away is given before it is asked again.
REST_SECONDS = 5.0
# A round that is under way may end; what it does not end is a row that the next process finds.
STOP_WITHIN_SECONDS = 2.0

# The engine's own connection: nothing may hold it for ever, because nobody is there to end its thread.
_BOUNDS = {
    "connect_timeout": 5,
    "tcp_user_timeout": 15_000,
    "options": "-c statement_timeout=30s -c lock_timeout=10s",
}


def run_next() -> str | None:
    """Do the first work of the schedule that nobody has begun in time; gives its name."""
    schedule: dict[str, dict[str, Any]] = settings.CELERY_BEAT_SCHEDULE
    every = {name: timedelta(seconds=entry["schedule"]) for name, entry in schedule.items()}
    name = ticks.claim_first_overdue(every=every, now=timezone.now())
    if name is not None:
        import_string(schedule[name]["task"])()
    return name


class Engine:
    """The thread of one process; with ENGINE_FALLBACK off it never starts."""

    def __init__(self) -> None:
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="Engine", daemon=True)

    def start(self) -> None:
        if settings.ENGINE_FALLBACK:
            self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join(STOP_WITHIN_SECONDS)

    def _run(self) -> None:
        wait = LOOK_EVERY_SECONDS
        while not self._stopping.wait(wait):
            wait = LOOK_EVERY_SECONDS if self._look() else REST_SECONDS

    def _look(self) -> bool:
        """Everything that is overdue, scoring and paging first each time; False when it could not be done."""
        try:
            _use_own_connection()
            # Asked anew after each, so that long work holds up only one look at what is urgent.
            while not self._stopping.is_set() and (name := run_next()):
                logger.warning("nobody began %s in time, this process did", name)
        except OperationalError:
            logger.warning("the database does not answer, the engine waits")
            return False
        except Exception:
            logger.exception("the engine stumbled")
            return False
        finally:
            connections.close_all()
        return True


def _use_own_connection() -> None:
    """Not one of the pool: requests may have taken all, and a worker's children must not inherit any."""
    connection = connections[DEFAULT_DB_ALIAS]
    if connection.vendor != "postgresql":
        return
    options = dict(connection.settings_dict["OPTIONS"])
    if _BOUNDS["options"] in options.get("options", ""):
        # From an earlier look. Added once more at each, it grows until PostgreSQL takes no connection.
        return
    options.pop("pool", None)
    bounds = {**_BOUNDS, "options": f"{options.get('options', '')} {_BOUNDS['options']}".strip()}
    # The settings of one thread's connection: the others share theirs with this only until here.
    connection.settings_dict = {**connection.settings_dict, "OPTIONS": {**options, **bounds}}


class WorkerStep(bootsteps.StartStopStep):
    """In a worker it starts after its children have been forked and before the broker is asked for."""

    requires = ("celery.worker.components:Pool",)

    def __init__(self, parent: Any, **options: Any) -> None:
        super().__init__(parent, **options)
        self.engine = Engine()

    def start(self, parent: Any) -> None:
        self.engine.start()

    def stop(self, parent: Any) -> None:
        self.engine.stop()

    terminate = stop


def start_in_beat(**_: Any) -> None:
    """Beat ends without asking anybody; its thread ends with it."""
    Engine().start()


async def lifespan(
    scope: Any, receive: Callable[[], Awaitable[Any]], send: Callable[[Any], Awaitable[None]]
) -> None:
    """In a web process it lives as long as the server serves."""
    engine = Engine()
    while (await receive())["type"] == "lifespan.startup":
        engine.start()
        await send({"type": "lifespan.startup.complete"})
    await asyncio.to_thread(engine.stop)
    await send({"type": "lifespan.shutdown.complete"})
