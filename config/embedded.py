"""Everything in one process: web in the main thread, a Celery worker and beat as threads of it.

Broker and channel layer live in this process's memory, so there must be exactly one such process and
one event loop. What memory loses when it dies, the ticks find again in the database.
"""

import asyncio
import signal
import socket
import threading
import time
import warnings
from collections.abc import Callable
from typing import Any

import uvicorn
from celery import beat
from celery.worker import state as worker_state

from config.celery import app

# The worker looks up from its queue every two seconds; uvicorn closes sockets meanwhile.
STOP_WITHIN = 2.5


class Jobs:
    """A Celery worker with two threads, and beat, inside this process."""

    def __init__(self) -> None:
        # Nudges of this process's own start-up: the first sweep finds the same rows.
        app.control.purge()
        warnings.filterwarnings(
            "ignore", message="You're running the worker with superuser", category=UserWarning
        )
        self.worker = app.Worker(
            pool="threads",
            concurrency=2,
            hostname="embedded@localhost",
            loglevel="WARNING",
            quiet=True,
            without_gossip=True,
            without_mingle=True,
            without_heartbeat=True,
        )
        # A schedule in memory: every entry is due within minutes, and no file can be torn by a crash.
        self.beat = beat.EmbeddedService(app, thread=True, scheduler_cls="celery.beat:Scheduler")
        self.thread = threading.Thread(target=self.worker.start, name="Worker", daemon=True)

    def start(self) -> None:
        worker_state.should_stop = None
        self.thread.start()
        self.beat.start()

    def stop(self) -> None:
        """Take no new task; running ones finish, queued ones stay in the database."""
        worker_state.should_stop = 0
        self.beat.service.stop()

    def wait(self) -> None:
        deadline = time.monotonic() + STOP_WITHIN
        for thread in (self.thread, self.beat):
            thread.join(max(0.0, deadline - time.monotonic()))


class Server(uvicorn.Server):
    """Starts the jobs once the sockets listen, and drains them within its own shutdown.

    uvicorn raises the signal again after shutdown, so nothing after `run()` can be relied on.
    """

    def __init__(self, config: uvicorn.Config, jobs: Jobs, on_ready: Callable[[], None]) -> None:
        super().__init__(config)
        self.jobs, self.on_ready = jobs, on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets=sockets)
        self.jobs.start()
        self.on_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.jobs.stop()
        await super().shutdown(sockets=sockets)
        await asyncio.to_thread(self.jobs.wait)


def serve(*, listener: socket.socket, on_ready: Callable[[], None]) -> None:
    """Serve on a bound socket until SIGINT or SIGTERM; returns after everything has stopped."""
    config = uvicorn.Config(
        "config.asgi:application",
        log_config=None,
        access_log=False,
        # What proxies say is read in one place (config/client_address.py).
        proxy_headers=False,
        timeout_graceful_shutdown=1,
        ws_ping_interval=20,
    )
    server = Server(config, Jobs(), on_ready)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _ignore)
    server.run(sockets=[listener])


def _ignore(_number: int, _frame: Any) -> None:
    """Takes the signal that uvicorn raises again once it has shut down."""
