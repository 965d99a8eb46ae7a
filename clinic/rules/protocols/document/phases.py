"""The days of a protocol: which day it is for a patient, and which phase that day belongs to."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clinic.rules.protocols.document.parts import Phase
from clinic.rules.protocols.document.protocol import Protocol


def day_of(infusion_date: date, now: datetime, zone: ZoneInfo) -> int:
    """Days since infusion where the patient is; day 0 is the infusion day."""
    return (now.astimezone(zone).date() - infusion_date).days


def phase_for(protocol: Protocol, day: int) -> Phase:
    """The phase of this day; any day before the first phase belongs to the first."""
    started = [phase for phase in protocol.phases if phase.first_day <= day]
    return started[-1] if started else protocol.phases[0]


def phase_begins(protocol: Protocol, infusion_date: date, zone: ZoneInfo) -> list[datetime]:
    """The midnights where the patient is at which the phases begin, in their order."""
    days = (infusion_date + timedelta(days=phase.first_day) for phase in protocol.phases)
    return [datetime.combine(day, time(), tzinfo=zone) for day in days]
