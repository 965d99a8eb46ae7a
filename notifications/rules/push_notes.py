"""A push from the words of a text, and where pushes may be sent at all."""

from dataclasses import dataclass

from notifications.rules.outside_hosts import host_of


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

    Without this, whoever signs in could let this server post to any machine that it reaches.
    """
    if peer and endpoint.startswith(f"{peer}/"):
        return True
    host = host_of(endpoint)
    return bool(host) and any(host == one or host.endswith(f".{one}") for one in hosts)
