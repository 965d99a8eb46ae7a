"""The whole default plan of one patient against golden files that run across a clock change.

Write them anew with `python -m tests.clinic.rules.checkins.test_schedule_golden` and read the difference.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from clinic.protocols import default_document
from clinic.rules.checkins.schedule import slots_between
from clinic.rules.protocols.document.phases import day_of, phase_for
from clinic.rules.protocols.document.protocol import Protocol

GOLDEN = Path(__file__).parent / "golden"
# Zone, infusion day; the clocks change in the first ten days, and again in one of the later phases.
CASES = {
    "new_york_autumn": ("America/New_York", date(2026, 10, 25)),
    "new_york_spring": ("America/New_York", date(2026, 3, 3)),
    "madrid_autumn": ("Europe/Madrid", date(2026, 10, 20)),
}


def schedule(name: str) -> str:
    """One line a check-in: day, phase, wall clock with its offset, the same moment in UTC."""
    zone_name, infusion = CASES[name]
    zone, protocol = ZoneInfo(zone_name), Protocol.from_document(default_document())
    start = datetime.combine(infusion, datetime.min.time(), tzinfo=zone) - timedelta(days=2)
    lines = []
    for slot in slots_between(protocol, infusion, zone, start, start + timedelta(days=160), additions=()):
        day = day_of(infusion, slot, zone)
        phase = phase_for(protocol, day).code
        local, utc = slot.astimezone(zone), slot.astimezone(UTC)
        lines.append(f"{day:4d} {phase} {local:%Y-%m-%d %H:%M%z} {utc:%m-%d %H:%MZ}")
    return "\n".join(lines) + "\n"


@pytest.mark.parametrize("name", CASES)
def test_plan_of_a_patient_matches_the_golden_file(name: str) -> None:
    assert schedule(name) == (GOLDEN / f"{name}.txt").read_text()


if __name__ == "__main__":
    for case in CASES:
        (GOLDEN / f"{case}.txt").write_text(schedule(case))
