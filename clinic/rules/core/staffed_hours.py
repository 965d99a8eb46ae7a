"""When somebody at the clinic reads reports: weekly opening hours in the clinic's zone."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_END_OF_DAY = "24:00"
_WRITTEN = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?[-–](\d{1,2})(?:[:.](\d{2}))?")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")

Hours = Mapping[str, list[list[str]]]


def are_hours(value: object) -> bool:
    """Whether this can be read as opening hours; what cannot would break every advice of the clinic."""
    if not isinstance(value, Mapping) or not set(value) <= set(_WEEKDAYS):
        return False
    return all(isinstance(spans, list) and all(map(_is_span, spans)) for spans in value.values())


def read_day(text: str) -> list[list[str]] | None:
    """The spans of one day as a person writes them, such as "08:00-12:00, 13-17"; None for anything else.

    Empty: closed. A span that ends at or before its beginning runs past midnight.
    """
    found = []
    for part in filter(None, re.split(r"[,;]", text.replace(" ", ""))):
        span = _WRITTEN.fullmatch(part)
        if span is None:
            return None
        opens, closes = (
            f"{int(hour):02}:{int(minute or 0):02}" for hour, minute in (span.groups()[:2], span.groups()[2:])
        )
        if opens in (_END_OF_DAY, closes) or not (_is_clock(opens) and _is_clock(closes)):
            return None
        found.append([opens, closes])
    return found


def write_day(spans: list[list[str]]) -> str:
    """The same, as it is read back."""
    return ", ".join(f"{opens}–{closes}" for opens, closes in spans)


def staffed_at(hours: Hours, zone: ZoneInfo, at: datetime) -> bool:
    """Whether the clinic reads reports at this moment. The closing minute is already closed."""
    return any(opens <= at < closes for opens, closes in spans(hours, zone, at))


def next_staffed(hours: Hours, zone: ZoneInfo, at: datetime) -> datetime | None:
    """The moment itself when staffed, else the next opening; None for a clinic that never opens."""
    if staffed_at(hours, zone, at):
        return at
    return min((opens for opens, _ in spans(hours, zone, at) if opens > at), default=None)


def deadline(hours: Hours, zone: ZoneInfo, since: datetime, limit: timedelta) -> datetime:
    """Until when something may wait: for the limit in staffed hours, at most until the clinic closes.

    What comes while it is closed may wait until it opens; at a clinic that never does the clock alone counts.
    """
    opens_at = next_staffed(hours, zone, since)
    if opens_at is None:
        return since + limit
    return opens_at if opens_at > since else min(since + limit, _closes_at(hours, zone, since))


def _closes_at(hours: Hours, zone: ZoneInfo, at: datetime) -> datetime:
    """When staffed time that runs then ends; spans that meet are one."""
    closes_at = at
    for opens, closes in sorted(spans(hours, zone, at)):
        if opens <= closes_at < closes:
            closes_at = closes
    return closes_at


def spans(hours: Hours, zone: ZoneInfo, at: datetime) -> list[tuple[datetime, datetime]]:
    """Opening spans in UTC, from yesterday to the same weekday of next week."""
    today = at.astimezone(zone).date()
    days = [today + timedelta(days=ahead) for ahead in range(-1, 8)]
    return [
        (_moment(day, opens, zone), _moment(_closing_day(day, opens, closes), closes, zone))
        for day in days
        for opens, closes in hours.get(_WEEKDAYS[day.weekday()], [])
    ]


def _closing_day(day: date, opens: str, closes: str) -> date:
    """A shift that closes at or before its opening time runs past midnight; so does 24:00."""
    return day + timedelta(days=1) if closes == _END_OF_DAY or closes <= opens else day


def _moment(day: date, clock: str, zone: ZoneInfo) -> datetime:
    at = time.min if clock == _END_OF_DAY else time.fromisoformat(clock)
    return datetime.combine(day, at, tzinfo=zone).astimezone(UTC)


def _is_span(span: object) -> bool:
    return isinstance(span, list) and len(span) == 2 and all(map(_is_clock, span))


def _is_clock(value: object) -> bool:
    return isinstance(value, str) and (value == _END_OF_DAY or bool(_CLOCK.fullmatch(value)))
