"""What production sends to PostgreSQL and Redis leaves this machine encrypted, or it does not start."""

import os
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from config import starting

# libpq's other modes send in the clear where the server offers nothing better.
_ENCRYPTED_MODES = frozenset({"require", "verify-ca", "verify-full"})
_ENCRYPTED_SCHEMES = frozenset({"rediss", "amqps"})
_SOCKET_SCHEMES = frozenset({"unix", "redis+socket"})


def require_for_database(connection: dict[str, Any], *, name: str) -> None:
    """Ask for TLS unless every host is this machine. ImproperlyConfigured where the address asks for less.

    `name` is the variable that the settings were read from.
    """
    if all(_is_here(host) for host in _database_hosts(connection)):
        return
    mode = connection.setdefault("OPTIONS", {}).setdefault("sslmode", "require")
    if mode not in _ENCRYPTED_MODES:
        raise ImproperlyConfigured(
            f"{name} has sslmode={mode}, which may send in the clear. Use require, or better verify-full."
        )


def require_for_broker(url: str, *, name: str) -> None:
    """ImproperlyConfigured unless Redis is reached by TLS, or on this machine."""
    # With several servers after each other, each is asked.
    for one in filter(None, url.split(";")):
        parts = urlsplit(one)
        is_safe = parts.scheme in _ENCRYPTED_SCHEMES | _SOCKET_SCHEMES or _is_here(parts.hostname or "")
        if not is_safe:
            raise ImproperlyConfigured(
                f"{name} would send in the clear. Use rediss://, or a server on this machine."
            )


def _database_hosts(connection: dict[str, Any]) -> list[str]:
    """As libpq finds them: an empty one is a socket of this machine."""
    options = connection.get("OPTIONS", {})
    named = (connection.get("HOST"), options.get("host"), options.get("hostaddr"))
    hosts = [str(one) for one in named if one] or [os.environ.get("PGHOST", "")]
    return [host for one in hosts for host in one.split(",")]


def _is_here(host: str) -> bool:
    # A path is a socket; in an address its slashes are written as %2F.
    return not host or host.startswith(("/", "%2F", "%2f", "@")) or starting.is_of_this_machine(host)
