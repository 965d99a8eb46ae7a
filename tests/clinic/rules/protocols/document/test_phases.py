from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.rules.protocols.document.phases import day_of, phase_begins, phase_for, phases_through
from clinic.rules.protocols.document.protocol import Protocol

NEW_YORK = ZoneInfo("America/New_York")
TOKYO = ZoneInfo("Asia/Tokyo")


@pytest.mark.parametrize(
    ("day", "code"),
    [
        (-400, "pre"),
        (-1, "pre"),
        (0, "a"),
        (14, "a"),
        (15, "b"),
        (30, "b"),
        (31, "c"),
        (100, "c"),
        (101, "d"),
        (365, "d"),
        (366, "e"),
        (5000, "e"),
    ],
)
def test_phase_of_each_side_of_every_border(protocol: Protocol, day: int, code: str) -> None:
    assert phase_for(protocol, day).code == code


@pytest.mark.parametrize("zone", [NEW_YORK, TOKYO])
def test_phase_begins_at_midnight_where_the_patient_is(protocol: Protocol, zone: ZoneInfo) -> None:
    infused, moment = date(2026, 10, 20), timedelta(microseconds=1)

    begins = phase_begins(protocol, infused, zone)

    assert len(begins) == len(protocol.phases)
    for phase, begin in zip(protocol.phases, begins, strict=True):
        before, after = (phase_for(protocol, day_of(infused, at, zone)) for at in (begin - moment, begin))
        assert after == phase
        assert before != phase or phase == protocol.phases[0]


@pytest.mark.parametrize(
    ("now", "zone", "day"),
    [
        (datetime(2026, 3, 1, 4, 59, tzinfo=UTC), NEW_YORK, -1),
        (datetime(2026, 3, 1, 5, 0, tzinfo=UTC), NEW_YORK, 0),
        (datetime(2026, 2, 28, 15, 0, tzinfo=UTC), TOKYO, 0),
        (datetime(2026, 3, 15, 5, 0, tzinfo=UTC), NEW_YORK, 14),
        (datetime(2026, 3, 16, 4, 0, tzinfo=UTC), NEW_YORK, 15),
    ],
)
def test_day_changes_at_the_midnight_of_the_patient(now: datetime, zone: ZoneInfo, day: int) -> None:
    assert day_of(date(2026, 3, 1), now, zone) == day


def test_a_later_infusion_ends_what_ran_before_it(protocol: Protocol) -> None:
    """Day 400 of the first is day 0 of the second: no phase before it, and none of the first after it."""
    first = date(2025, 10, 1)
    second = first + timedelta(days=400)

    through = phases_through(protocol, [first, second], NEW_YORK)

    begun = [(at.date(), phase.code) for at, phase in through]
    days = [(first, day) for day in (0, 15, 31, 101, 366)] + [(second, day) for day in (0, 15, 31, 101, 366)]
    assert begun[-10:] == [
        (day_0 + timedelta(days=day), code) for (day_0, day), code in zip(days, "abcdeabcde", strict=True)
    ]
    assert [at for at, _phase in through] == sorted(at for at, _phase in through)
    assert phases_through(protocol, [first], NEW_YORK) == list(
        zip(phase_begins(protocol, first, NEW_YORK), protocol.phases, strict=True)
    )
