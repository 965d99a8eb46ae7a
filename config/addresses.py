"""Where this machine can be reached: a port of its own, and the address that a phone nearby may use."""

import socket
from urllib.parse import urlsplit

_PORTS = {"postgres": 5432, "postgresql": 5432, "redis": 6379, "rediss": 6379, "amqp": 5672}


class PortTaken(Exception):
    """Another process listens there."""


class NoAnswer(Exception):
    """Nothing listens at a service's address."""


def claim(host: str, port: int) -> socket.socket:
    """A socket bound to the port, kept from here on; PortTaken when somebody has it already."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except (OSError, OverflowError) as error:
        listener.close()
        raise PortTaken(getattr(error, "strerror", None) or "ports end at 65535") from error
    return listener


def in_local_network() -> str | None:
    """This machine's address in its network, None without one. Nothing is sent to find out."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            # Connecting a datagram socket only asks the routing table which address would be used.
            probe.connect(("203.0.113.1", 9))
        except OSError:
            return None
        address = str(probe.getsockname()[0])
    return None if address.startswith("127.") or address == "0.0.0.0" else address  # noqa: S104


def require_answer(url: str) -> None:
    """Raise NoAnswer, naming host and port but no password, when nothing listens at a service's URL."""
    parts = urlsplit(url)
    if parts.scheme not in _PORTS or not parts.hostname:
        return
    port = parts.port or _PORTS[parts.scheme]
    try:
        socket.create_connection((parts.hostname, port), timeout=3).close()
    except OSError as error:
        raise NoAnswer(f"{parts.hostname}:{port}") from error
