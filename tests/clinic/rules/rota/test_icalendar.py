from datetime import datetime
from zoneinfo import ZoneInfo

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
