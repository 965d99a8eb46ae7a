"""The hours in which somebody was at home and monitored, from what was put on record about them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from clinic.rules.outcomes.followed import Span

_HOUR = timedelta(hours=1)


@dataclass(frozen=True)
class Mark:
    """From this moment on they were at home and monitored, or they were not."""

    at: datetime
    is_home: bool


def spans(marks: Iterable[Mark], *, zero: datetime, end: datetime) -> tuple[Span, ...]:
    """Hours since `zero`, none of them before it or after `end`. Before the first mark nobody watched.

    Of two marks at one moment the one that takes somebody away counts: an hour too few is no false claim.
    """
    found: list[Span] = []
    since: datetime | None = None
    for mark in sorted(marks, key=lambda one: (one.at, not one.is_home)):
        if mark.is_home:
            since = since or mark.at
        elif since is not None:
            found += _within(since, mark.at, zero, end)
            since = None
    if since is not None:
        found += _within(since, end, zero, end)
    return tuple(found)


def hours_since(moment: datetime, zero: datetime) -> float:
    """How many hours after `zero` this moment is."""
    return (moment - zero) / _HOUR


def _within(start: datetime, stop: datetime, zero: datetime, end: datetime) -> list[Span]:
    first, last = max(start, zero), min(stop, end)
    return [Span(hours_since(first, zero), hours_since(last, zero))] if first < last else []
