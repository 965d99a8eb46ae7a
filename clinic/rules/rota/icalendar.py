"""Writes calendars as RFC 5545 wants them: CRLF, lines of at most 75 bytes, UTC times."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

_LINE = 75


@dataclass(frozen=True)
class Event:
    """`uid` stays the same as long as it is the same event, so that calendars update it."""

    uid: str
    starts_at: datetime
    ends_at: datetime
    title: str
    place: str = ""


def calendar(*, name: str, events: Iterable[Event], now: datetime) -> str:
    """One calendar with these events; the text of an .ics file."""
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Kinwatch//Rota//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"X-WR-CALNAME:{_text(name)}",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        *(line for event in events for line in _event(event, now)),
        "END:VCALENDAR",
    ]
    return "".join(f"{part}\r\n" for line in lines for part in _folded(line))


def _event(event: Event, now: datetime) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_text(event.uid)}"
    yield f"DTSTAMP:{_moment(now)}"
    yield f"DTSTART:{_moment(event.starts_at)}"
    yield f"DTEND:{_moment(event.ends_at)}"
    yield f"SUMMARY:{_text(event.title)}"
    if event.place:
        yield f"LOCATION:{_text(event.place)}"
    yield "END:VEVENT"


def _moment(at: datetime) -> str:
    return f"{at.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _text(value: str) -> str:
    """Section 3.3.11: what would end a value or a line is escaped; other control characters go."""
    escaped = value.replace("\\", "\\\\").replace(";", "\\;").replace(",", "\\,")
    escaped = escaped.replace("\r\n", "\\n").replace("\n", "\\n").replace("\r", "\\n")
    return "".join(character for character in escaped if character >= " " and character != "\x7f")


def _folded(line: str) -> Iterator[str]:
    """Section 3.1: longer lines go on after a space. Counted in bytes, cut between characters."""
    part, used = "", 0
    for character in line:
        size = len(character.encode())
        if used + size > _LINE:
            yield part
            part, used = " ", 1
        part, used = part + character, used + size
    yield part
