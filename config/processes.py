"""The same as production on one machine: web, two workers and beat as processes that end together."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType

_CELERY = [sys.executable, "-m", "celery", "--quiet", "-A", "config"]
_QUIET = ["--loglevel", "WARNING"]
STOP_WITHIN = 5.0


def web(host: str, port: int) -> list[str]:
    """The command that serves pages, the API and the console's socket."""
    return [
        *[sys.executable, "-m", "uvicorn", "config.asgi:application", "--host", host, "--port", str(port)],
        # What proxies say is read in one place (config/client_address.py).
        *[
            "--no-access-log",
            "--no-proxy-headers",
            "--log-level",
            "warning",
            "--timeout-graceful-shutdown",
            "1",
        ],
    ]


def worker(name: str) -> list[str]:
    """The command that runs tasks; any number of these may run, each with its own name."""
    options = ["--concurrency", "1", "--without-gossip", "--without-mingle"]
    return [*_CELERY, "worker", "--hostname", f"{name}@%h", *options, *_QUIET]


def beat() -> list[str]:
    """The command that ticks. Its schedule stays in memory: every entry is due within minutes."""
    return [*_CELERY, "beat", "--scheduler", "celery.beat:Scheduler", *_QUIET]


class ProcessEnded(Exception):
    """One of the processes ended by itself: its name and exit status."""


class _Stop(Exception):
    """SIGINT or SIGTERM arrived."""


def run(
    *, commands: Mapping[str, list[str]], ready: Callable[[], bool], on_ready: Callable[[], None]
) -> None:
    """Run the commands until SIGINT or SIGTERM, or until one ends by itself (ProcessEnded)."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    with _children(commands) as children:
        try:
            announced = False
            while True:
                _check(children)
                if not announced and ready():
                    announced = True
                    on_ready()
                time.sleep(0.2)
        except _Stop:
            return


@contextmanager
def _children(commands: Mapping[str, list[str]]) -> Iterator[dict[str, subprocess.Popen[bytes]]]:
    children: dict[str, subprocess.Popen[bytes]] = {}
    try:
        for name, command in commands.items():
            # A session of its own: Ctrl-C reaches this process alone, which then stops each child once.
            children[name] = subprocess.Popen(command, env=_environment(), start_new_session=True)  # noqa: S603
        yield children
    finally:
        _end(list(children.values()))


def _environment() -> dict[str, str]:
    """Workers warn at length about root, which is who a container or a test machine often is."""
    return {**os.environ, "PYTHONWARNINGS": "ignore:You're running the worker"}


def _check(children: dict[str, subprocess.Popen[bytes]]) -> None:
    for name, child in children.items():
        status = child.poll()
        if status is not None:
            raise ProcessEnded(f"{name} ended with status {status}")


def _end(children: list[subprocess.Popen[bytes]]) -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_IGN)
    for child in children:
        child.terminate()
    deadline = time.monotonic() + STOP_WITHIN
    for child in children:
        try:
            child.wait(max(0.1, deadline - time.monotonic()))
        except subprocess.TimeoutExpired:
            # A worker's own children share its session; SIGKILL to the group leaves none behind.
            os.killpg(child.pid, signal.SIGKILL)


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise _Stop
