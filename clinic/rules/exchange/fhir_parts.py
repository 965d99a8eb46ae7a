"""Parts of a FHIR resource that somebody else wrote: what is not what it should be is not there."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

# What a moment is written with at least: its day, T, hour and minute.
_SHORTEST_MOMENT = len("2026-11-30T10:00")


def map_of(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, dict) else None


def list_of(value: Any, key: str) -> list[Any]:
    found = map_of(value, key)
    return found if isinstance(found, list) else []


def text_of(value: Any, key: str) -> str:
    found = map_of(value, key)
    return found.strip() if isinstance(found, str) else ""


def moment_of(text: str) -> datetime | None:
    """A moment with its offset; None where it is none, because a day alone says no hour."""
    try:
        at = datetime.fromisoformat(text) if len(text) >= _SHORTEST_MOMENT else None
    except ValueError:
        return None
    return at if at is not None and at.tzinfo is not None and date.min < at.date() < date.max else None
