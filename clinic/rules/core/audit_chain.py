"""How an audit row is tied to the row before it, and how a checkpoint of the chain is signed."""

import hashlib
import hmac
import json
from collections.abc import Mapping
from datetime import UTC, date, datetime
from typing import Any

# Before the first row there is none.
START = "0" * 64


def link(previous: str, facts: Mapping[str, Any]) -> str:
    """The hash of a row that follows this hash."""
    return hashlib.sha256(previous.encode() + canonical(facts)).hexdigest()


def canonical(facts: Mapping[str, Any]) -> bytes:
    """The row as bytes that are the same whenever it is read.

    What is empty is left out, so that a column added later changes no hash of an older row.
    """
    said = {name: _plain(value) for name, value in facts.items() if value not in (None, "", {})}
    return json.dumps(said, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def sign(*, day: date, place: int, chain_hash: str, key: bytes) -> str:
    """Says that the chain ended so on that day, by somebody who has the key."""
    return hmac.new(key, f"{day:%Y-%m-%d} {place} {chain_hash}".encode(), hashlib.sha256).hexdigest()


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat(timespec="microseconds")
    return value if isinstance(value, int | dict) else str(value)
