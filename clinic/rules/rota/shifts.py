"""Who is on shift at a moment: weekly patterns in the clinic's wall-clock time, and shifts with a date.

In one layer one person is on at a time. A shift with a date (a single shift, an override, a swap) wins
over the weekly pattern; of two of a kind the one that was made later wins.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from itertools import pairwise
from zoneinfo import ZoneInfo

from clinic.rules.core.wall_clock import utc_moment

# A number counts as coverage while the last test that its person answered is no older: two weekly drills.
TEST_COUNTS_FOR = timedelta(days=14)
A_DAY = timedelta(days=1)
# A weekly shift lasts up to a day, and an hour more in the autumn night.
LONGEST_WEEKLY = timedelta(hours=26)
# The notice before a shift, and how long before it the lead hears that nobody replied.
NOTICE_BEFORE = timedelta(minutes=30)
TOLD_BEFORE = timedelta(minutes=10)
# A shift that was made at the last moment still leaves time to reply, and is told before it begins.
SHORTEST_REPLY, LAST_MOMENT = timedelta(minutes=5), timedelta(minutes=1)


class Layer(StrEnum):
    """Paged in this order; stored, so the codes stay."""

    PRIMARY = "primary"
    BACKUP = "backup"
    PHYSICIAN = "physician"


class ShiftSource(StrEnum):
    """What puts a person on a shift."""

    PATTERN = "pattern"
    DATED = "dated"


@dataclass(frozen=True)
class WeeklyPattern:
    """A shift of every week (or every second, …) on weekdays (0 is Monday), first on or after `first`.

    An end at or before the start is on the next day. Nothing that would start at `until` or later happens.
    From `leaves_at` on its person has left the clinic: even a shift that runs ends then.
    """

    id: int
    staff: int
    layer: Layer
    weekdays: frozenset[int]
    starts: time
    ends: time
    first: date
    every_weeks: int = 1
    until: datetime | None = None
    leaves_at: datetime | None = None


@dataclass(frozen=True)
class DatedShift:
    """A shift with a date; `leaves_at` as in a weekly pattern."""

    id: int
    staff: int
    layer: Layer
    starts_at: datetime
    ends_at: datetime
    leaves_at: datetime | None = None


@dataclass(frozen=True)
class ShiftSpan:
    """One person on one layer from a moment up to another, both UTC; the end is not in it."""

    staff: int
    layer: Layer
    starts_at: datetime
    ends_at: datetime
    source: ShiftSource
    source_id: int


@dataclass(frozen=True)
class Gap:
    """Time in which nobody is on a layer."""

    layer: Layer
    starts_at: datetime
    ends_at: datetime


def timeline(
    patterns: Iterable[WeeklyPattern],
    dated: Iterable[DatedShift],
    layer: Layer,
    zone: ZoneInfo,
    start: datetime,
    end: datetime,
) -> tuple[ShiftSpan, ...]:
    """Who is on the layer from start to end: spans in order that do not overlap, cut at both ends."""
    claims = _claims(patterns, dated, layer, zone, start, end)
    edges = sorted({start, end, *(e for c in claims for e in (c.starts_at, c.ends_at) if start < e < end)})
    found: list[ShiftSpan] = []
    for begins, ends in pairwise(edges):
        winner = _winning_span(claims, begins)
        if winner is None:
            continue
        last = found[-1] if found else None
        if last and last.ends_at == begins and _is_same_occurrence(last, winner):
            found[-1] = replace(last, ends_at=ends)
        else:
            found.append(replace(winner, starts_at=begins, ends_at=ends))
    return tuple(found)


def on_shift_at(
    patterns: Iterable[WeeklyPattern], dated: Iterable[DatedShift], layer: Layer, zone: ZoneInfo, at: datetime
) -> ShiftSpan | None:
    """Who is on the layer at this moment."""
    return _winning_span(_claims(patterns, dated, layer, zone, at, at + timedelta.resolution), at)


def merged(spans: Iterable[ShiftSpan]) -> tuple[ShiftSpan, ...]:
    """Shifts as a person lives them: those that follow each other without a break are one."""
    found: list[ShiftSpan] = []
    for span in spans:
        last = found[-1] if found else None
        if last and last.ends_at == span.starts_at and last.staff == span.staff:
            found[-1] = replace(last, ends_at=span.ends_at)
        else:
            found.append(span)
    return tuple(found)


def gaps(spans: Iterable[ShiftSpan], layer: Layer, start: datetime, end: datetime) -> tuple[Gap, ...]:
    """The time between start and end that the spans (in order) leave open."""
    found, covered = [], start
    for span in spans:
        if span.starts_at > covered:
            found.append(Gap(layer, covered, span.starts_at))
        covered = max(covered, span.ends_at)
    if covered < end:
        found.append(Gap(layer, covered, end))
    return tuple(found)


def counts_as_coverage(verified_at: datetime | None, tested_at: datetime | None, at: datetime) -> bool:
    """Only a number that its person has proven, and answered a test on lately."""
    return verified_at is not None and tested_at is not None and at - tested_at <= TEST_COUNTS_FOR


def reply_deadline(sent_at: datetime, starts_at: datetime) -> datetime:
    """Until when the notice of a shift may be answered before the lead is told: before it begins.

    Of a shift that ran already when its notice was sent, as soon as there was time to reply.
    """
    if sent_at >= starts_at:
        return sent_at + SHORTEST_REPLY
    usual, latest = starts_at - TOLD_BEFORE, starts_at - LAST_MOMENT
    return max(usual, min(sent_at + SHORTEST_REPLY, latest))


def _claims(
    patterns: Iterable[WeeklyPattern],
    dated: Iterable[DatedShift],
    layer: Layer,
    zone: ZoneInfo,
    start: datetime,
    end: datetime,
) -> list[ShiftSpan]:
    """Everything that overlaps the time, whoever wins."""
    weekly = [
        _until_leaving(span, pattern.leaves_at)
        for pattern in patterns
        if pattern.layer == layer
        for span in _occurrences(pattern, zone, start, end)
    ]
    single = [
        _until_leaving(
            ShiftSpan(one.staff, layer, one.starts_at, one.ends_at, ShiftSource.DATED, one.id), one.leaves_at
        )
        for one in dated
        if one.layer == layer and one.starts_at < end and one.ends_at > start
    ]
    return [span for span in weekly + single if span.ends_at > max(start, span.starts_at)]


def _until_leaving(span: ShiftSpan, leaves_at: datetime | None) -> ShiftSpan:
    return span if leaves_at is None else replace(span, ends_at=min(span.ends_at, leaves_at))


def _occurrences(pattern: WeeklyPattern, zone: ZoneInfo, start: datetime, end: datetime) -> list[ShiftSpan]:
    day = max(pattern.first, (start - LONGEST_WEEKLY).astimezone(zone).date())
    last = end.astimezone(zone).date()
    found = []
    while day <= last:
        if day.weekday() in pattern.weekdays and _week(pattern, day) % pattern.every_weeks == 0:
            span = _occurrence(pattern, zone, day)
            happens = pattern.until is None or span.starts_at < pattern.until
            if happens and span.starts_at < end and span.ends_at > start:
                found.append(span)
        day += A_DAY
    return found


def _occurrence(pattern: WeeklyPattern, zone: ZoneInfo, day: date) -> ShiftSpan:
    ends_on = day if pattern.ends > pattern.starts else day + A_DAY
    begins, ends = utc_moment(day, pattern.starts, zone), utc_moment(ends_on, pattern.ends, zone)
    return ShiftSpan(pattern.staff, pattern.layer, begins, ends, ShiftSource.PATTERN, pattern.id)


def _week(pattern: WeeklyPattern, day: date) -> int:
    """Weeks, from Monday to Monday, since the one in which the pattern began."""
    begins = pattern.first - timedelta(days=pattern.first.weekday())
    return (day - begins).days // 7


def _winning_span(claims: Iterable[ShiftSpan], at: datetime) -> ShiftSpan | None:
    on = [claim for claim in claims if claim.starts_at <= at < claim.ends_at]
    return max(on, key=lambda claim: (claim.source == ShiftSource.DATED, claim.source_id), default=None)


def _is_same_occurrence(last: ShiftSpan, winner: ShiftSpan) -> bool:
    """Whether it is the same occurrence, cut in two only by an edge of something that does not win."""
    same = (last.source, last.source_id) == (winner.source, winner.source_id)
    return same and winner.starts_at < last.ends_at
