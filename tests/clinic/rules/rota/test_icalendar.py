from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import icalendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.rules.rota.icalendar import Event, calendar

AT = datetime(2026, 11, 1, 1, 30, tzinfo=ZoneInfo("America/New_York"))


def lines(text):
    assert text.endswith("\r\n")
    return text.removesuffix("\r\n").split("\r\n")


def unfolded(text):
    return text.replace("\r\n ", "").removesuffix("\r\n").split("\r\n")


def test_event_has_utc_times_a_stable_name_and_escaped_text():
    event = Event(
        "shift-7@kinwatch", AT, AT.replace(hour=9), "On call: primary; late, long\nand more", "A, B"
    )

    written = lines(calendar(name="Rosa", events=[event], now=AT))

    assert written == [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        "PRODID:-//Kinwatch//Rota//EN",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        "X-WR-CALNAME:Rosa",
        "REFRESH-INTERVAL;VALUE=DURATION:PT1H",
        "BEGIN:VEVENT",
        "UID:shift-7@kinwatch",
        "DTSTAMP:20261101T053000Z",
        "DTSTART:20261101T053000Z",
        "DTEND:20261101T143000Z",
        r"SUMMARY:On call: primary\; late\, long\nand more",
        r"LOCATION:A\, B",
        "END:VEVENT",
        "END:VCALENDAR",
    ]


@given(st.text(max_size=300))
def test_no_line_is_longer_than_75_bytes_and_nothing_gets_out_of_its_line(title):
    text = calendar(name="N", events=[Event("u", AT, AT, title)], now=AT)

    assert max(len(line.encode()) for line in lines(text)) <= 75
    assert len(unfolded(text)) == 15
    assert unfolded(text)[12].startswith("SUMMARY:")


@given(st.text(max_size=300).filter(lambda title: r"\N" not in title))
def test_calendar_program_reads_the_title_without_control_characters(title):
    text = calendar(name="N", events=[Event("u", AT, AT, title)], now=AT)

    (read,) = icalendar.Calendar.from_ical(text).events
    said = title.replace("\r\n", "\n").replace("\r", "\n")
    assert str(read["SUMMARY"]) == "".join(c for c in said if c == "\n" or (c >= " " and c != "\x7f"))


@pytest.mark.parametrize(
    ("day", "hours"),
    [("2026-03-08", 7), ("2026-03-09", 8), ("2026-11-01", 9)],
    ids=["the spring night is short", "any other night", "the autumn night is long"],
)
def test_night_shift_lasts_as_long_as_the_night_does(day, hours):
    zone = ZoneInfo("America/New_York")
    ends_at = datetime.fromisoformat(f"{day}T07:00").replace(tzinfo=zone)
    starts_at = (datetime.fromisoformat(day) - timedelta(hours=1)).replace(tzinfo=zone)

    text = calendar(name="N", events=[Event("u", starts_at, ends_at, "Night")], now=AT)

    (read,) = icalendar.Calendar.from_ical(text).events
    assert (read.start, read.end) == (starts_at, ends_at)
    assert read.end - read.start == timedelta(hours=hours)
    assert f"DTSTART:{starts_at.astimezone(UTC):%Y%m%dT%H%M%SZ}" in lines(text)


def test_the_same_shifts_read_twice_are_the_same_calendar():
    event = Event("u", AT, AT, "Night")

    assert calendar(name="N", events=[event], now=AT) == calendar(name="N", events=[event], now=AT)
