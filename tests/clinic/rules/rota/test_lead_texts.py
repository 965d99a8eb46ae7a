from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.rules.rota import lead_texts

ZONE = ZoneInfo("America/New_York")


def local(clock, day=24):
    """A moment of November 2026 by the clinic's clock; the 24th is a Tuesday."""
    return datetime.fromisoformat(f"2026-11-{day:02}T{clock}").replace(tzinfo=ZONE).astimezone(UTC)


@pytest.mark.parametrize(
    ("clock", "begins_in", "is_alone", "raised_ago", "due"),
    [
        ("03:00", -1, True, 0, True),
        ("12:00", -1, True, 0, True),
        ("03:00", 3, True, 40, True),
        ("03:00", 3, True, 10, False),
        ("03:00", 30, True, 40, False),
        ("12:00", 300, True, 10, False),
        ("12:00", 300, True, 40, True),
        ("03:00", 0, False, 40, False),
        ("12:00", 0, False, 40, True),
        ("20:00", 0, False, 40, False),
        ("08:00", 0, False, 40, True),
    ],
)
def test_first_text_waits_for_the_day_unless_it_presses(clock, begins_in, is_alone, raised_ago, due):
    now = local(clock)

    assert due is lead_texts.is_due(
        raised_at=now - timedelta(minutes=raised_ago),
        texted_at=None,
        begins_at=now + timedelta(hours=begins_in),
        is_alone=is_alone,
        zone=ZONE,
        now=now,
    )


@pytest.mark.parametrize(
    ("texted", "now", "begins", "due"),
    [
        (local("09:00"), local("19:59"), local("09:00"), False),
        (local("09:00"), local("07:59", 25), local("09:00"), False),
        (local("09:00"), local("08:00", 25), local("09:00"), True),
        (local("03:00"), local("08:00"), local("02:00"), True),
        (local("09:00"), local("08:00", 25), local("08:00", 28), False),
        (local("09:00"), local("08:00", 26), local("08:00", 28), True),
    ],
)
def test_it_is_repeated_each_morning_while_it_is_so_or_near(texted, now, begins, due):
    assert due is lead_texts.is_due(
        raised_at=local("00:00"), texted_at=texted, begins_at=begins, is_alone=True, zone=ZONE, now=now
    )


def test_clinics_morning_is_that_of_its_wall_clock_in_the_night_the_clock_changes():
    """On 1 November New York goes back an hour: 08:00 is 13:00 UTC, the day before it was 12:00."""
    asked = {"raised_at": local("00:00", 1), "begins_at": local("00:00", 1), "is_alone": True, "zone": ZONE}
    texted = datetime(2026, 10, 31, 13, tzinfo=UTC)

    before, after = datetime(2026, 11, 1, 12, 59, tzinfo=UTC), datetime(2026, 11, 1, 13, tzinfo=UTC)
    assert not lead_texts.is_due(texted_at=texted, now=before, **asked)
    assert lead_texts.is_due(texted_at=texted, now=after, **asked)
