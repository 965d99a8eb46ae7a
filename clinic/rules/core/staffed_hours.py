"""When somebody at the clinic reads reports: weekly opening hours in the clinic's zone, less its holidays."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clinic.rules.core.holidays import Holiday

_WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_END_OF_DAY = "24:00"
_WRITTEN = re.compile(r"(\d{1,2})(?:[:.](\d{2}))?[-–](\d{1,2})(?:[:.](\d{2}))?")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")

# A week ahead, and the same weekday after it. When holidays cover all of that, on to the next opening.
_AHEAD = 8
_AHEAD_AT_MOST = 100

Hours = Mapping[str, list[list[str]]]


@dataclass(frozen=True)
class Opening:
    """All of when a clinic reads reports: `weekly` by its own clock, and never on one of its holidays."""

    weekly: Hours
    zone: ZoneInfo
    holidays: tuple[Holiday, ...] = ()

    def is_holiday(self, day: date) -> bool:
        return any(day in holiday for holiday in self.holidays)


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


def staffed_at(opening: Opening, at: datetime) -> bool:
    """Whether the clinic reads reports at this moment. The closing minute is already closed."""
    return next_staffed(opening, at) == at


def next_staffed(opening: Opening, at: datetime) -> datetime | None:
    """The moment itself when staffed, else the next opening; None for a clinic that never opens."""
    found = spans(opening, at)
    if any(opens <= at < closes for opens, closes in found):
        return at
    return min((opens for opens, _ in found if opens > at), default=None)


def deadline(opening: Opening, since: datetime, limit: timedelta) -> datetime:
    """Until when something may wait: for the limit in staffed hours, at most until the clinic closes.

    What comes while it is closed may wait until it opens; at a clinic that never does the clock alone counts.
    """
    opens_at = next_staffed(opening, since)
    if opens_at is None:
        return since + limit
    return opens_at if opens_at > since else min(since + limit, _closes_at(opening, since))


def _closes_at(opening: Opening, at: datetime) -> datetime:
    """When staffed time that runs then ends; spans that meet are one."""
    closes_at = at
    for opens, closes in sorted(spans(opening, at)):
        if opens <= closes_at < closes:
            closes_at = closes
    return closes_at


def spans(opening: Opening, at: datetime) -> list[tuple[datetime, datetime]]:
    """Opening spans in UTC, from yesterday to the same weekday of next week.

    If holidays leave none of them ahead, also those of the first day after that on which it opens.
    """
    today = at.astimezone(opening.zone).date()
    found = [span for ahead in range(-1, _AHEAD) for span in _spans_of(opening, today, ahead)]
    if not opening.holidays or any(opens > at for opens, _ in found):
        return found
    later = (_spans_of(opening, today, ahead) for ahead in range(_AHEAD, _AHEAD_AT_MOST))
    return found + next(filter(None, later), [])


def _spans_of(opening: Opening, today: date, ahead: int) -> list[tuple[datetime, datetime]]:
    """Those that begin on this day. A night that runs into a holiday ends as the holiday begins."""
    day = today + timedelta(days=ahead)
    if opening.is_holiday(day):
        return []
    tomorrow = day + timedelta(days=1)
    midnight = _moment(tomorrow, "00:00", opening.zone)
    found = []
    for opens, closes in opening.weekly.get(_WEEKDAYS[day.weekday()], []):
        ends = _moment(_closing_day(day, opens, closes), closes, opening.zone)
        if opening.is_holiday(tomorrow):
            ends = min(ends, midnight)
        found.append((_moment(day, opens, opening.zone), ends))
    return found


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
