"""Addresses that somebody gave us and that we post to: written in one way only, and on the internet."""

import re
from ipaddress import ip_address

_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_ADDRESS = re.compile(
    rf"https://(?P<host>{_LABEL}(?:\.{_LABEL})+)(?::(?P<port>[1-9][0-9]{{0,4}}))?"
    r"/[A-Za-z0-9\-._~%!$&'()*+,;=:/?]{0,1000}"
)
_HTTPS = "443"


def host_of(address: str) -> str:
    """The host of an https address, with its port where that is another than 443; "" for anything else.

    Whatever two programs could read differently (a sign-in, a backslash, a second @) is no address here, nor
    is a host by number.
    """
    found = _ADDRESS.fullmatch(address)
    if found is None or found["host"].rpartition(".")[2].isdigit():
        return ""
    port = found["port"] or _HTTPS
    return found["host"] if port == _HTTPS else f"{found['host']}:{port}"


def is_public(address: str) -> bool:
    """Whether a resolved address is one of the internet: not private, loopback, link-local or reserved."""
    try:
        found = ip_address(address.partition("%")[0])
    except ValueError:
        return False
    inner = getattr(found, "ipv4_mapped", None) or getattr(found, "sixtofour", None) or found
    return bool(inner.is_global and not inner.is_multicast and not getattr(inner, "teredo", None))
