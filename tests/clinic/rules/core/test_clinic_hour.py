"""The hour at a clinic, on the clock of its own zone."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from clinic.rules.core.clinic_hour import ClinicHour, clinic_hour
from clinic.rules.core.staffed_hours import Opening

NEW_YORK = ZoneInfo("America/New_York")
WEEKDAYS = {day: [["08:00", "17:00"]] for day in ("mon", "tue", "wed", "thu", "fri")}


@pytest.mark.parametrize(
    ("at", "after_hours", "night", "opens_soon"),
    [
        ("2026-11-20T12:00", False, False, True),
        ("2026-11-20T17:00", True, True, False),
        ("2026-11-19T17:00", True, True, True),
        ("2026-11-20T04:59", True, True, True),
        ("2026-11-20T05:00", True, False, True),
        ("2026-11-21T11:11", True, False, False),
        ("2026-11-22T16:00", True, False, True),
        ("2026-11-22T15:59", True, False, False),
    ],
    ids=[
        "friday noon",
        "friday evening",
        "thursday evening",
        "last minute of a night",
        "early morning",
        "saturday before noon",
        "sunday, 16 hours before",
        "sunday, a minute more",
    ],
)
def test_hour_by_the_clinics_clock(at: str, after_hours: bool, night: bool, opens_soon: bool) -> None:
    moment = datetime.fromisoformat(at).replace(tzinfo=NEW_YORK)

    assert clinic_hour(Opening(WEEKDAYS, NEW_YORK), moment) == ClinicHour(after_hours, night, opens_soon)


def test_clinic_that_never_opens_does_not_open_soon() -> None:
    assert not clinic_hour(Opening({}, NEW_YORK), datetime(2026, 11, 20, 12, tzinfo=NEW_YORK)).opens_soon
