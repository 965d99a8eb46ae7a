"""Puts shifts into words that calendar programs read (RFC 5545). The library writes, folds and escapes."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import icalendar

# Calendars ask as often as they like; this is how often it makes sense.
ASK_AGAIN_AFTER = timedelta(hours=1)
# No calendar may hold them, and the library leaves them in.
_CONTROL_CHARACTERS = dict.fromkeys([*range(ord(" ")), 0x7F]) | {ord("\r"): "\r", ord("\n"): "\n"}


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
    # Not Calendar.new: it would name the calendar anew each time that it is read.
    written = icalendar.Calendar()
    written.add("version", "2.0")
    written.add("prodid", "-//Kinwatch//Rota//EN")
    written.add("calscale", "GREGORIAN")
    written.add("method", "PUBLISH")
    written.add("x-wr-calname", _text(name))
    written.add("refresh-interval", ASK_AGAIN_AFTER, parameters={"VALUE": "DURATION"})
    for event in events:
        written.add_component(_event(event, now))
    return str(written.to_ical(sorted=False), "utf-8")


def _event(event: Event, now: datetime) -> icalendar.Event:
    """Moments are in UTC: a clinic's wall clock would need a table of its zone beside each event."""
    written = icalendar.Event()
    written.add("uid", _text(event.uid))
    written.add("dtstamp", now.astimezone(UTC))
    written.add("dtstart", event.starts_at.astimezone(UTC))
    written.add("dtend", event.ends_at.astimezone(UTC))
    written.add("summary", _text(event.title))
    if event.place:
        written.add("location", _text(event.place))
    return written


def _text(value: str) -> str:
    return value.translate(_CONTROL_CHARACTERS)
