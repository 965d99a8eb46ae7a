"""Who is at the other end of a socket, asked again and again while it is open."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from django.contrib.auth import get_user
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.signals import user_logged_out
from django.contrib.sessions.backends.db import SessionStore
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from clinic.access import AnyUser
from clinic.console import second_factor
from clinic.services.core import tokens
from notifications import push

TOKEN_PROTOCOL = "bearer."  # noqa: S105
PROTOCOL = "kinwatch"


class Identity(Protocol):
    """Something that can be asked again whether it still stands for a person."""

    @property
    def group(self) -> str | None:
        """The channel group that reaches this person's sockets, if there is one."""

    def user(self) -> AnyUser: ...


@dataclass(frozen=True)
class BySession:
    """A signed-in browser. The session is read anew each time, so that its end is noticed."""

    session_key: str

    @property
    def group(self) -> str:
        return session_group(self.session_key)

    def user(self) -> AnyUser:
        request = HttpRequest()
        request.session = SessionStore(session_key=self.session_key)
        user: AnyUser = get_user(request)
        return AnonymousUser() if second_factor.is_owed(user, request.session) else user


@dataclass(frozen=True)
class ByToken:
    """A program with an API token."""

    token: str
    group: str | None = None

    def user(self) -> AnyUser:
        return tokens.authenticate(token=self.token, now=timezone.now()) or AnonymousUser()


@dataclass(frozen=True)
class Nobody:
    """No session and no token."""

    group: str | None = None

    def user(self) -> AnyUser:
        return AnonymousUser()


def of(scope: Mapping[str, Any]) -> Identity:
    """A token where one is sent, in the header or as a subprotocol, else the browser's session.

    Never a token in the address: addresses end up in logs.
    """
    header = dict(scope["headers"]).get(b"authorization", b"").decode("latin-1")
    kind, _, token = header.partition(" ")
    if header:
        return ByToken(token.strip()) if kind.lower() == "bearer" else Nobody()
    for offered in scope.get("subprotocols", []):
        if offered.startswith(TOKEN_PROTOCOL):
            return ByToken(offered.removeprefix(TOKEN_PROTOCOL))
    key = scope["session"].session_key if "session" in scope else None
    return BySession(key) if key else Nobody()


def session_group(session_key: str) -> str:
    """The group of one session's sockets; hashed, because group names are seen by the broker."""
    return f"session.{hashlib.sha256(session_key.encode()).hexdigest()[:40]}"


@receiver(user_logged_out)
def close_sockets(sender: object, request: HttpRequest | None, **kwargs: object) -> None:
    """Signing out ends the session's sockets at once, in every server process."""
    key = getattr(getattr(request, "session", None), "session_key", None)
    if key:
        push.send(session_group(key), {"type": "signed_out"})
