"""A push from the words of a text, and where pushes may be sent at all."""

import re
from dataclasses import dataclass
from ipaddress import ip_address

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ENDPOINT = re.compile(
    rf"https://(?P<host>{_LABEL}(?:\.{_LABEL})+)(?::443)?/[A-Za-z0-9\-._~%!$&'()*+,;=:/?]{{1,1000}}"
)


@dataclass(frozen=True)
class Note:
    """What a device shows; `address` is what a tap opens."""

    title: str
    words: str
    address: str


def note(body: str, *, home: str) -> Note:
    """Take the brand before the first colon as title, and the address out of the words.

    `home` is opened where the body names no address.
    """
    addresses = [word for word in body.split() if word.startswith(("https://", "http://"))]
    words = " ".join(word for word in body.split() if word not in addresses)
    title, colon, rest = words.partition(": ")
    if not colon:
        title, rest = "", words
    return Note(title.strip(), rest.strip(), addresses[-1] if addresses else home)


def may_push_to(endpoint: str, *, hosts: list[str], peer: str = "") -> bool:
    """Whether an address that a browser gave us is one of a known maker's, written as makers write them.

    Without this, whoever signs in could let this server post to any machine that it reaches. Whatever two
    programs could read differently (a sign-in, a backslash, a second @, another port) matches nothing here.
    """
    if peer and endpoint.startswith(f"{peer}/"):
        return True
    found = _ENDPOINT.fullmatch(endpoint)
    host = found["host"] if found else ""
    return any(host == one or host.endswith(f".{one}") for one in hosts)


def is_public(address: str) -> bool:
    """Whether a resolved address is one of the internet: not private, loopback, link-local or reserved."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None) or found
    return bool(inner.is_global and not inner.is_multicast and not getattr(inner, "teredo", None))
