"""When check-ins fall: wall-clock times in the patient's zone, counted from the infusion day."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clinic.rules.protocols.document.additions import Addition, usual_gap
from clinic.rules.protocols.document.parts import Phase
from clinic.rules.protocols.document.phases import day_of, plan_on
from clinic.rules.protocols.document.protocol import Protocol

# A report this share of the usual gap before a planned check-in counts as that check-in.
EARLY_SHARE = 3
# So far ahead check-ins are planned as rows, with reminders; what is later may still change.
PLAN_AHEAD = timedelta(hours=48)


def slots_between(
    protocol: Protocol,
    infusion_date: date,
    zone: ZoneInfo,
    start: datetime,
    end: datetime,
    *,
    additions: Sequence[Addition],
) -> list[datetime]:
    """Scheduled check-ins from `start` up to but not at `end`, in UTC and in order; with what is added for
    this person.

    The wall-clock time stays through a clock change. A time that does not exist moves
    forward by the gap; a time that exists twice counts once, the first time.
    """
    first, last = day_of(infusion_date, start, zone), day_of(infusion_date, end, zone)
    slots = {
        slot
        for day in range(first - 1, last + 2)
        for slot in _slots_on(protocol, infusion_date, day, zone, additions)
        if start <= slot < end
    }
    return sorted(slots)


def next_slot(
    protocol: Protocol,
    infusion_date: date,
    zone: ZoneInfo,
    after: datetime,
    *,
    additions: Sequence[Addition],
) -> datetime | None:
    """The first scheduled check-in from this moment on, in whichever phase; None where none comes."""
    longest = max(phase.every_days for phase in protocol.phases) + 1
    # Before the infusion nothing is asked: then it is the first one after it.
    midnight = datetime.combine(infusion_date, time(), tzinfo=zone).astimezone(UTC)
    start = max(after, midnight)
    end = start + timedelta(days=longest)
    slots = slots_between(protocol, infusion_date, zone, start, end, additions=additions)
    return slots[0] if slots else None


def answered_until(
    protocol: Protocol,
    infusion_date: date,
    zone: ZoneInfo,
    observed_at: datetime,
    *,
    additions: Sequence[Addition],
) -> datetime:
    """A report answers every planned check-in that falls due up to this moment.

    What was seen counts from when it was seen: handed in late, it says nothing of the hours since.
    """
    gap = plan_on(protocol, day_of(infusion_date, observed_at, zone), additions).gap
    return observed_at + gap / EARLY_SHARE


def answered_from(
    protocol: Protocol,
    infusion_date: date,
    zone: ZoneInfo,
    due_at: datetime,
    *,
    additions: Sequence[Addition],
) -> datetime:
    """A report answers the check-in of this moment if what it tells was seen from then on."""
    day = day_of(infusion_date, due_at, zone)
    gap = plan_on(protocol, day, additions).gap
    begins = due_at - gap / EARLY_SHARE
    day_before = day_of(infusion_date, begins, zone)
    before = plan_on(protocol, day_before, additions).gap
    if before == gap:
        return begins
    # How early is early goes by the day on which something is seen: by its phase, and by what is added then.
    while plan_on(protocol, day - 1, additions).gap == gap:
        day -= 1
    midnight = datetime.combine(infusion_date + timedelta(days=day), time(), tzinfo=zone)
    return max(begins, min(due_at - before / EARLY_SHARE, midnight.astimezone(UTC)))


def missed_from(phase: Phase, due_at: datetime) -> datetime:
    """From then on a report counts for the next check-in, so this one was left out."""
    gap = usual_gap(phase)
    return due_at + gap - gap / EARLY_SHARE


def shortest_recheck(protocol: Protocol) -> timedelta:
    """How long after the first measurement a second one counts: one made sooner tells nothing new."""
    after = protocol.recheck.after if protocol.recheck else timedelta(0)
    return after - after / EARLY_SHARE


def _slots_on(
    protocol: Protocol, infusion_date: date, day: int, zone: ZoneInfo, additions: Sequence[Addition]
) -> Iterator[datetime]:
    on = infusion_date + timedelta(days=day)
    for clock in plan_on(protocol, day, additions).times:
        # fold=0 reads a time inside a gap with the offset before it, which moves it forward.
        local = datetime.combine(on, time.fromisoformat(clock), tzinfo=zone)
        yield local.astimezone(UTC)
