"""Telling another system of an event, as Standard Webhooks 1.0 says (standardwebhooks.com).

A listener checks the signature over id, time and body, and takes an id once.
"""

import hmac
import secrets
from base64 import b64decode, b64encode
from collections.abc import Iterable
from datetime import datetime
from hashlib import sha256

from notifications.rules.outside_hosts import host_of

_PREFIX = "whsec_"
_SECRET_BYTES = 32


def may_post_to(address: str, *, inside: Iterable[str] = (), peer: str = "") -> bool:
    """Whether this server may post there: https, a host by name, port 443 unless it was named with another.

    `inside` are the hosts of one's own network, with a port where it is another, that the operator named.
    """
    if peer and address.startswith(f"{peer}/"):
        return True
    host = host_of(address)
    return bool(host) and (":" not in host or host in inside)


def new_secret() -> str:
    """As receivers' libraries take it: a prefix, and 32 random bytes in base64."""
    return _PREFIX + b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()


def headers_of(*, event_id: str, body: bytes, keys: Iterable[str], now: datetime) -> dict[str, str]:
    """One signature for each secret: while one takes the other's place, either fits."""
    moment = str(int(now.timestamp()))
    return {
        "Content-Type": "application/json",
        "User-Agent": "Kinwatch",
        "webhook-id": event_id,
        "webhook-timestamp": moment,
        "webhook-signature": " ".join(_signature(key, event_id, moment, body) for key in keys),
    }


def _signature(secret: str, event_id: str, moment: str, body: bytes) -> str:
    key = b64decode(secret.removeprefix(_PREFIX))
    made = hmac.new(key, f"{event_id}.{moment}.".encode() + body, sha256).digest()
    return f"v1,{b64encode(made).decode()}"
