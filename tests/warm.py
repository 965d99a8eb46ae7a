"""Processes of the program that are forked from one that has read it, and has done nothing else yet.

Reading Django, the apps and their libraries takes two to three seconds of a processor for each process, and
the tests start hundreds. What is forked is a process like any other: with an id, a session and signals of its
own, by the same command and environment. `Warm` is the test's side, `python -m tests.warm` the other.
"""

import contextlib
import gc
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Protocol

# What web, workers and beat read; `config.asgi` and the commands themselves act when they are read.
READ_BEFORE = (
    "uvicorn.main",
    "uvicorn.lifespan.on",
    "uvicorn.protocols.http.auto",
    "uvicorn.protocols.websockets.auto",
    "config.celery",
    "celery.bin.celery",
    "celery.apps.worker",
    "celery.apps.beat",
    "celery.concurrency.prefork",
    "kombu.transport.redis",
    "config.urls",
    "config.requests",
    "config.engine",
    "clinic.console.routing",
)


class Process(Protocol):
    """What a test asks of a process, whoever started it."""

    pid: int

    def poll(self) -> int | None: ...
    def wait(self, timeout: float | None = None) -> int: ...
    def send_signal(self, sig: int) -> None: ...


class Warm:
    """The process to fork from; started with the first `start`, ended by `end` with all that is left."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.environment, self.folder = dict(environment), folder
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def start(self, command: list[str], log: Path) -> "Forked":
        """`command` begins as `sys.executable` does; its output goes into `log`."""
        pid = self.ask(start=command[1:], log=str(log))
        return Forked(pid, self)

    def ask(self, **question: Any) -> Any:
        with self._lock:
            if self._process is None:
                self._begin()
            self._channel.write(json.dumps(question) + "\n")
            self._channel.flush()
            answer = self._channel.readline()
        assert answer, f"ended:\n{(self.folder / 'warm.log').read_text()[-3000:]}"
        return json.loads(answer)

    def _begin(self) -> None:
        ours, theirs = socket.socketpair()
        with theirs, (self.folder / "warm.log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.warm", str(theirs.fileno())],
                env=self.environment,
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        with ours:
            self._channel = ours.makefile("rw", encoding="utf-8")

    def end(self) -> None:
        if self._process is not None:
            self._channel.close()
            self._process.wait()


class Warms:
    """One for each environment that a test gives its processes; the first is that of most tests."""

    def __init__(self, environment: dict[str, str], folder: Path) -> None:
        self.folder = folder
        self._all = [Warm(environment, folder)]

    def environments(self) -> list[dict[str, str]]:
        return [one.environment for one in self._all]

    def of(self, environment: dict[str, str]) -> Warm:
        found = [one for one in self._all if one.environment == environment]
        if not found:
            found = [Warm(environment, self.folder)]
            self._all += found
        return found[0]

    def forget(self) -> None:
        """All but the first and the newest: the next test of a file often changes the same settings."""
        for one in self._all[1:-1]:
            one.end()
        del self._all[1:-1]

    def end(self) -> None:
        for one in self._all:
            one.end()


class Forked:
    """One process that `Warm` started; its parent is the one that it was forked from."""

    def __init__(self, pid: int, warm: Warm) -> None:
        self.pid, self._warm = pid, warm
        self._status: int | None = None

    def poll(self) -> int | None:
        if self._status is None:
            self._status = self._warm.ask(poll=self.pid)
        return self._status

    def wait(self, timeout: float | None = None) -> int:
        deadline = None if timeout is None else time.monotonic() + timeout
        while (status := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(f"process {self.pid}", timeout or 0)
            time.sleep(0.02)
        return status

    def send_signal(self, sig: int) -> None:
        if self.poll() is None:
            os.kill(self.pid, sig)


def main() -> None:
    """Read the program, then fork on request; what returns from here is a child with its command to run."""
    channel = socket.socket(fileno=int(sys.argv[1])).makefile("rw", encoding="utf-8")
    import django

    django.setup()
    for name in READ_BEFORE:
        __import__(name)
    sys.modules["config.celery"].app.loader.import_default_modules()
    assert threading.active_count() == 1, "a fork would lose a thread"
    gc.collect()
    gc.freeze()
    command = _serve(channel)
    if command is not None:
        _become(command)


def _serve(channel: Any) -> list[str] | None:
    """A child's command in the child, and None in the parent when nobody asks any more."""
    children: set[int] = set()
    for line in channel:
        question = json.loads(line)
        answer: int | None
        if "start" in question:
            answer = _fork(Path(question["log"]))
            if answer == 0:
                channel.close()
                return list(question["start"])
            children.add(answer)
        else:
            answer = _status_of(question["poll"])
            if answer is not None:
                children.discard(question["poll"])
        channel.write(json.dumps(answer) + "\n")
        channel.flush()
    for pid in children:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)
    return None


def _fork(log: Path) -> int:
    """0 in the child, which by then has a session of its own; its parent says nothing before."""
    ready, told = os.pipe()
    pid = os.fork()
    if pid:
        os.close(told)
        os.read(ready, 1)
        os.close(ready)
        return pid
    os.setsid()
    os.write(told, b".")
    os.close(told)
    os.close(ready)
    output = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o644)
    for number in (1, 2):
        os.dup2(output, number)
    os.close(output)
    return 0


def _status_of(pid: int) -> int | None:
    """As Popen's returncode has it: negative for a signal, None while it runs."""
    ended, status = os.waitpid(pid, os.WNOHANG)
    return os.waitstatus_to_exitcode(status) if ended else None


def _become(command: list[str]) -> None:
    run: Callable[..., Any] = runpy.run_path
    if command[0] == "-m":
        run, command = runpy.run_module, command[1:]
    sys.argv = command
    run(command[0], run_name="__main__", **({"alter_sys": True} if run is runpy.run_module else {}))


if __name__ == "__main__":
    main()
