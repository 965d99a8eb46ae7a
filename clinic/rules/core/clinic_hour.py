"""What hour it is at a clinic, as far as advice depends on it: open or not, day or night, opening soon.

Words of day and night go by the clock on the wall, never by staffing: a Saturday noon is no night.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from clinic.rules.core.staffed_hours import Opening, next_staffed

# "Tonight" is said from 5 in the afternoon until 5 in the morning. Twin of offline/person.js.
NIGHT_FROM, NIGHT_TO = 17, 5
# An evening and a night; a weekend or a holiday is longer.
OPENS_SOON = timedelta(hours=16)


@dataclass(frozen=True)
class ClinicHour:
    """`after_hours`: nobody reads reports. `night`: by the clock. `opens_soon`: within 16 hours."""

    after_hours: bool
    night: bool
    opens_soon: bool


def clinic_hour(opening: Opening, at: datetime) -> ClinicHour:
    """The hour there at this moment."""
    opens = next_staffed(opening, at)
    return ClinicHour(
        after_hours=opens != at,
        night=is_night(opening.zone, at),
        opens_soon=opens is not None and opens - at <= OPENS_SOON,
    )


def is_night(zone: ZoneInfo, at: datetime) -> bool:
    """Whether people there would say "tonight", by the clock on the wall."""
    clock = at.astimezone(zone).hour
    return clock >= NIGHT_FROM or clock < NIGHT_TO
