"""Posting to addresses that somebody gave us: to machines of the internet only, and never further."""

import socket
from typing import Any
from urllib.parse import urlsplit

import requests
from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPSConnection
from urllib3.connectionpool import HTTPSConnectionPool

from notifications.rules.outside_hosts import is_public


class NotPublic(ValueError):
    """The host's name leads to a machine that is not on the internet."""


class Straight(requests.Session):
    """Follows no redirect: the address was checked, where it leads was not. `NotPublic` of a machine inside.

    `inside` are hosts that may be there all the same, because whoever runs this server named them.
    """

    def __init__(self, *, inside: frozenset[str] = frozenset()) -> None:
        super().__init__()
        self.mount("https://", _Public(inside))

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        return super().request(*args, **{**kwargs, "allow_redirects": False})


def is_inside(address: str) -> bool:
    """Whether the address' host leads to a machine that is not on the internet; nowhere is no such machine.

    For a form that somebody fills in; each connection looks again.
    """
    parts = urlsplit(address)
    try:
        found = socket.getaddrinfo(parts.hostname, parts.port or 443, proto=socket.IPPROTO_TCP)
    except OSError:
        return False
    return not all(is_public(str(place[4][0])) for place in found)


class _PublicConnection(HTTPSConnection):
    """Looks at whom it has reached, before a word is said: a name may lead elsewhere at each look-up.

    Where a proxy leads out, whom that reaches is the proxy's to know.
    """

    def _new_conn(self) -> socket.socket:
        made = super()._new_conn()
        if self.proxy is None and not is_public(str(made.getpeername()[0])):
            made.close()
            raise NotPublic(self.host)
        return made


class _PublicPool(HTTPSConnectionPool):
    ConnectionCls = _PublicConnection


class _Public(HTTPAdapter):
    """Reaches machines of the internet, and the named ones inside."""

    def __init__(self, inside: frozenset[str]) -> None:
        self._inside = inside
        super().__init__()

    def init_poolmanager(self, *args: Any, **kwargs: Any) -> None:
        super().init_poolmanager(*args, **kwargs)
        # What makes a pool is called as a class would be.
        self.poolmanager.pool_classes_by_scheme = {"https": self._pool}  # type: ignore[dict-item]

    def _pool(self, host: str, port: int | None = None, **kwargs: Any) -> HTTPSConnectionPool:
        place = host if port in {None, 443} else f"{host}:{port}"
        kind = HTTPSConnectionPool if place in self._inside else _PublicPool
        return kind(host, port, **kwargs)
