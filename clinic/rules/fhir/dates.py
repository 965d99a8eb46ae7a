"""FHIR's search by date, such as `ge2026-11-01`: which moments it means (FHIR R4, search, 3.1.1.5.3)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

_FORM = re.compile(
    r"(eq|ge|gt|le|lt)?(\d{4}-\d\d-\d\d)(T\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d))?", re.ASCII
)
_SMALLEST = timedelta(microseconds=1)


class UnreadableDate(ValueError):
    """It is neither a day nor a moment with its offset, or begins with a prefix that is not known here."""


@dataclass(frozen=True)
class Span:
    """From `since` on and before `until`; None is without end."""

    since: datetime | None = None
    until: datetime | None = None


def span_of(typed: Iterable[str], zone: tzinfo) -> Span:
    """What all of these allow together; days are those of `zone`. UnreadableDate."""
    since: datetime | None = None
    until: datetime | None = None
    for one in typed:
        prefix, start, end = _read(one, zone)
        if prefix in ("eq", "ge", "gt"):
            begins = end if prefix == "gt" else start
            since = max(since, begins) if since else begins
        if prefix in ("eq", "le", "lt"):
            ends = start if prefix == "lt" else end
            until = min(until, ends) if until else ends
    return Span(since, until)


def _read(typed: str, zone: tzinfo) -> tuple[str, datetime, datetime]:
    """The prefix, where what is named begins and where the next one begins."""
    found = _FORM.fullmatch(typed)
    if found is None:
        raise UnreadableDate(typed)
    prefix, day, moment = found.groups()
    try:
        if moment:
            at = datetime.fromisoformat(f"{day}{moment.replace('Z', '+00:00')}").astimezone(UTC)
            return prefix or "eq", at, at + _SMALLEST
        first = date.fromisoformat(day)
        start, end = (datetime.combine(one, time(), zone) for one in (first, first + timedelta(days=1)))
        return prefix or "eq", start.astimezone(UTC), end.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise UnreadableDate(typed) from error
