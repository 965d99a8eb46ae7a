"""The one reader of environment variables. A missing variable fails with a hint, never silently."""

import warnings
from collections.abc import Sequence
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import environ
from django.core.exceptions import ImproperlyConfigured

Network = IPv4Network | IPv6Network

BASE_DIR = Path(__file__).resolve().parent.parent

_reader = environ.Env()


def text(name: str, default: str | None = None, *, hint: str = "") -> str:
    """A string; without a default a missing variable raises ImproperlyConfigured with the hint."""
    if default is not None:
        return str(_reader.str(name, default=default))
    value = str(_reader.str(name, default=""))
    if not value:
        raise ImproperlyConfigured(f"{name} is not set. {hint}".strip())
    return value


def words(name: str, default: list[str]) -> list[str]:
    """A comma-separated list."""
    return [word for word in _reader.list(name, default=default) if word]


def number(name: str, default: int) -> int:
    """A whole number."""
    try:
        return int(text(name, "") or default)
    except ValueError as error:
        raise ImproperlyConfigured(f"{name} must be a whole number.") from error


def networks(name: str, given: Sequence[str]) -> tuple[Network, ...]:
    """Networks such as 10.1.0.0/16, or single addresses; never everybody."""
    return tuple(_network(name, word.strip()) for word in given)


def _network(name: str, word: str) -> Network:
    try:
        network = ip_network(word)
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name}: {word} is no network. It looks like 127.0.0.1,10.1.0.0/16."
        ) from error
    if network.prefixlen == 0:
        raise ImproperlyConfigured(f"{name} must not be everybody: anyone could write any address.")
    return network


def email_server(url: str) -> dict[str, Any]:
    """Host, port, sign-in and encryption from an address such as smtp+tls://user:password@host:587."""
    unreadable = ImproperlyConfigured(
        "EMAIL_URL cannot be read. It looks like smtp+tls://user:password@mail.example:587 (or smtp+ssl://)."
    )
    try:
        read = environ.Env.email_url_config(url)
        port = read["EMAIL_PORT"]
    except Exception as error:
        raise unreadable from error
    uses_tls, uses_ssl = bool(read.get("EMAIL_USE_TLS")), bool(read.get("EMAIL_USE_SSL"))
    if not read["EMAIL_BACKEND"].endswith("smtp.EmailBackend") or not read["EMAIL_HOST"]:
        raise unreadable
    return {
        "host": read["EMAIL_HOST"],
        "port": port or (465 if uses_ssl else 587 if uses_tls else 25),
        "username": read["EMAIL_HOST_USER"] or "",
        "password": read["EMAIL_HOST_PASSWORD"] or "",
        "use_tls": uses_tls,
        "use_ssl": uses_ssl,
    }


def database(url: str) -> dict[str, Any]:
    """Django's connection settings from a database address such as postgres://user@host/name."""
    unreadable = ImproperlyConfigured(
        "DATABASE_URL cannot be read. It looks like postgres://user:password@host:5432/name."
    )
    try:
        with warnings.catch_warnings(action="ignore"):
            connection = dict(environ.Env.db_url_config(url))
    except Exception as error:
        raise unreadable from error
    if not connection.get("ENGINE"):
        raise unreadable
    # A folder with a socket stands there with its slashes written as %2F.
    connection["HOST"] = unquote(connection.get("HOST") or "")
    if connection["ENGINE"] == "django.db.backends.postgresql":
        # The same, with row-level security between clinics.
        connection["ENGINE"] = "config.postgresql"
    return connection
