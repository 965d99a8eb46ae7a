"""The days of a protocol: which day it is for a patient, and which phase that day belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clinic.rules.protocols.document.additions import Addition, DayPlan, day_plan
from clinic.rules.protocols.document.parts import Phase
from clinic.rules.protocols.document.protocol import Protocol


def day_of(infusion_date: date, now: datetime, zone: ZoneInfo) -> int:
    """Days since infusion where the patient is; day 0 is the infusion day."""
    return (now.astimezone(zone).date() - infusion_date).days


def phase_for(protocol: Protocol, day: int) -> Phase:
    """The phase of this day; any day before the first phase belongs to the first."""
    started = [phase for phase in protocol.phases if phase.first_day <= day]
    return started[-1] if started else protocol.phases[0]


def plan_on(protocol: Protocol, day: int, additions: Sequence[Addition]) -> DayPlan:
    """The day of somebody for whom these additions are meant."""
    return day_plan(phase_for(protocol, day), day, additions)


def phase_begins(protocol: Protocol, infusion_date: date, zone: ZoneInfo) -> list[datetime]:
    """The midnights where the patient is at which the phases begin, in their order."""
    days = (infusion_date + timedelta(days=phase.first_day) for phase in protocol.phases)
    return [datetime.combine(day, time(), tzinfo=zone) for day in days]


def phases_through(
    protocol: Protocol, infusion_dates: Sequence[date], zone: ZoneInfo
) -> list[tuple[datetime, Phase]]:
    """The same for somebody with several infusions, each moment with its phase.

    A later infusion ends what ran before it with the midnight of its day, whatever the days said.
    """
    found: list[tuple[datetime, Phase]] = []
    for place, infusion_date in enumerate(infusion_dates):
        begins = list(zip(phase_begins(protocol, infusion_date, zone), protocol.phases, strict=True))
        if place:
            midnight = datetime.combine(infusion_date, time(), tzinfo=zone)
            found = [one for one in found if one[0] < midnight]
            begins = [(midnight, phase_for(protocol, 0)), *(one for one in begins if one[0] > midnight)]
        found += begins
    return found
