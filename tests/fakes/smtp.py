"""A small mail server on real sockets: takes e-mails, keeps them, and fails on demand.

Every command is held to the order and the form of RFC 5321, every e-mail to RFC 5322 (the headers that must
be there, CRLF, the length of lines); `problems` must stay empty.
"""

import re
import socket
import socketserver
import threading
from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Any

_COMMAND = re.compile(rb"^([A-Za-z]{4,8})(?: (.*))?\r\n$")
_MAIL = re.compile(rb"^FROM:<([^<> ]*)>( [A-Z0-9]+(=[^ ]+)?)*$", re.IGNORECASE)
_RCPT = re.compile(rb"^TO:<([^<> ]+@[^<> ]+)>( [A-Z0-9]+(=[^ ]+)?)*$", re.IGNORECASE)
_LONGEST_LINE = 1000
_TOGETHER = {"Date", "From", "To", "Subject", "Message-ID"}


@dataclass(frozen=True)
class Kept:
    """An e-mail that the server took, with the envelope it came in."""

    sender: str
    to: tuple[str, ...]
    email: EmailMessage

    @property
    def text(self) -> str:
        return str(self.email.get_content())


@dataclass
class MailServer:
    """The running fake. Put faults into `faults`; each connection takes the first.

    Faults: "421" (at the greeting), "554" (no mail here), "sign-in", "sender 550", "rcpt 450", "rcpt 550",
    "data 451", "data 554", "hang" (no greeting), "hang after data", "drip" (a byte a second), "cut" (before
    the text), "cut in data" (text read, nothing kept, no answer), "cut after accept" (kept, no answer),
    "cut at goodbye".
    """

    port: int = 0
    user: str = ""
    password: str = ""
    faults: list[str] = field(default_factory=list)
    kept: list[Kept] = field(default_factory=list)
    connections: int = 0
    # Bytes that went out one by one.
    dripped: int = 0
    problems: list[str] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"


@contextmanager
def running(port: int = 0) -> Iterator[MailServer]:
    """Serve on a loopback port until the block ends."""
    fake = MailServer()
    socketserver.ThreadingTCPServer.allow_reuse_address = True
    server = socketserver.ThreadingTCPServer(
        ("127.0.0.1", port), type("Bound", (_Talk,), {"fake": fake}), bind_and_activate=True
    )
    server.daemon_threads = True
    fake.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield fake
    finally:
        fake.closing.set()
        server.shutdown()
        server.server_close()
        thread.join()


class _CutOff(Exception):
    """The server goes away without a word."""


class _Talk(socketserver.StreamRequestHandler):
    fake: MailServer

    def handle(self) -> None:
        with self.fake.lock:
            self.fake.connections += 1
            self.fault = self.fake.faults.pop(0) if self.fake.faults else ""
        self.greeted = self.signed_in = False
        self.sender: str | None = None
        self.to: list[str] = []
        try:
            self._talk()
        except (_CutOff, OSError):
            # Linger 0 turns the close into a reset, as a dying peer does.
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    def _talk(self) -> None:
        if self.fault == "hang":
            self.fake.closing.wait(30)
            return None
        if self.fault in {"421", "554"}:
            return self._say(int(self.fault), "not now")
        self._say(220, "mail.example ESMTP")
        while line := self.rfile.readline(2048):
            read = _COMMAND.match(line)
            if not read or len(line) > 512:
                self._blame(f"no command: {line!r}")
                self._say(500, "what")
                continue
            word, rest = read[1].upper().decode(), read[2] or b""
            act = getattr(self, f"_on_{word.lower()}", None)
            if act is None:
                self._say(502, "not here")
            elif act(rest):
                break
        return None

    def _on_ehlo(self, rest: bytes) -> None:
        if not rest:
            self._blame("EHLO without a name")
        self.greeted = True
        options = ["mail.example", "8BITMIME", "SIZE 1000000"] + ["AUTH PLAIN LOGIN"] * bool(self.fake.user)
        for option in options[:-1]:
            self.wfile.write(f"250-{option}\r\n".encode())
        self._say(250, options[-1])

    def _on_auth(self, rest: bytes) -> None:
        way, _, given = rest.partition(b" ")
        if way.upper() != b"PLAIN" or not given:
            return self._say(504, "PLAIN only")
        _, user, password = b64decode(given).split(b"\0")
        right = (user.decode(), password.decode()) == (self.fake.user, self.fake.password)
        self.signed_in = right and self.fault != "sign-in"
        return self._say(*((235, "welcome") if self.signed_in else (535, "no")))

    def _on_mail(self, rest: bytes) -> None:
        read = _MAIL.match(rest)
        if not self.greeted or self.sender is not None or read is None:
            self._blame(f"MAIL out of order or form: {rest!r}")
            return self._say(503, "bad sequence")
        if self.fake.user and not self.signed_in:
            return self._say(530, "sign in first")
        if self.fault == "cut":
            raise _CutOff
        if self.fault == "sender 550":
            return self._say(550, "not you")
        self.sender = read[1].decode()
        return self._say(250, "ok")

    def _on_rcpt(self, rest: bytes) -> None:
        read = _RCPT.match(rest)
        if self.sender is None or read is None:
            self._blame(f"RCPT out of order or form: {rest!r}")
            return self._say(503, "bad sequence")
        if self.fault.startswith("rcpt"):
            return self._say(int(self.fault.split()[1]), "nobody here")
        self.to.append(read[1].decode())
        return self._say(250, "ok")

    def _on_data(self, rest: bytes) -> None:
        if not self.to or rest:
            self._blame("DATA out of order")
            return self._say(503, "bad sequence")
        self._say(354, "go on")
        raw = self._read_text()
        if self.fault == "cut in data":
            raise _CutOff
        if self.fault == "hang after data":
            self.fake.closing.wait(30)
            raise _CutOff
        if self.fault.startswith("data"):
            return self._say(int(self.fault.split()[1]), "no")
        email = message_from_bytes(raw, _class=EmailMessage, policy=policy.SMTP)  # type: ignore[arg-type]
        missing = _TOGETHER - set(email.keys())
        if missing:
            self._blame(f"headers are missing: {sorted(missing)}")
        with self.fake.lock:
            self.fake.kept.append(Kept(self.sender or "", tuple(self.to), email))
        if self.fault == "cut after accept":
            raise _CutOff
        self.sender, self.to = None, []
        return self._say(250, "taken")

    def _read_text(self) -> bytes:
        lines = []
        while (line := self.rfile.readline(4096)) != b".\r\n":
            if not line:
                raise _CutOff
            if not line.endswith(b"\r\n") or len(line) > _LONGEST_LINE:
                self._blame(f"a line of the text: {line[:80]!r}")
            lines.append(line[1:] if line.startswith(b"..") else line)
        return b"".join(lines)

    def _on_rset(self, rest: bytes) -> None:
        self.sender, self.to = None, []
        self._say(250, "ok")

    def _on_noop(self, rest: bytes) -> None:
        self._say(250, "ok")

    def _on_quit(self, rest: bytes) -> bool:
        if self.fault == "cut at goodbye":
            raise _CutOff
        self._say(221, "bye")
        return True

    def _say(self, code: int, words: str) -> None:
        answer = f"{code} {words}\r\n".encode()
        if self.fault != "drip":
            self.wfile.write(answer)
            return
        for byte in answer:
            if self.fake.closing.wait(1):
                raise _CutOff
            self.wfile.write(bytes([byte]))
            self.fake.dripped += 1

    def _blame(self, problem: str) -> None:
        with self.fake.lock:
            self.fake.problems.append(problem)

    def finish(self) -> Any:
        try:
            super().finish()
        except OSError:
            return
