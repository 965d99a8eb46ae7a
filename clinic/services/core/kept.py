"""The kinds of data that are deleted, or emptied, once their time is over; docs/data.md tells of each.

A kind is registered by whoever knows its tables, so that whoever stands above can add theirs.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

AT_ONCE = 500


def _delete(rows: QuerySet[Any], _now: datetime) -> None:
    rows.delete()


@dataclass(frozen=True)
class Kind:
    """`expired` finds what is past its time now, and no more once `let_go` had it, in whatever order."""

    name: str
    expired: Callable[[datetime], QuerySet[Any]]
    let_go: Callable[[QuerySet[Any], datetime], None] = _delete
    at_once: int = AT_ONCE


_KINDS: dict[str, Kind] = {}


def register(*kinds: Kind) -> None:
    """Add kinds; they go in this order."""
    _KINDS.update({kind.name: kind for kind in kinds})


def kinds() -> tuple[Kind, ...]:
    return tuple(_KINDS.values())


@transaction.atomic
def let_go_of_some(kind: Kind, *, now: datetime) -> int:
    """One part of a kind, in one transaction; returns how many rows. What somebody holds waits."""
    found = kind.expired(now).order_by("pk")
    rows = found.select_for_update(skip_locked=True, of=("self",))
    ids = [row.pk for row in rows.only("pk")[: kind.at_once]]
    if ids:
        kind.let_go(kind.expired(now).model._default_manager.filter(pk__in=ids), now)
    return len(ids)
