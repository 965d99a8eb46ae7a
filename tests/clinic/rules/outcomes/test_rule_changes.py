from __future__ import annotations

from uuid import UUID, uuid4

import pytest

from clinic.rules.core.enums import Level
from clinic.rules.outcomes.rule_changes import EventReplay, Replayed, compare


def replayed(level: str, proposed: str) -> Replayed:
    return Replayed(uuid4(), 10.0, Level(level), Level(proposed))


def event(*before: Replayed) -> EventReplay:
    return EventReplay(uuid4(), before)


def test_events_that_are_caught_and_lost_are_listed() -> None:
    both = event(replayed("urgent", "emergency"))
    lost = event(replayed("urgent", "same_day"), replayed("watch", "watch"))
    caught = event(replayed("same_day", "urgent"))
    neither = event(replayed("same_day", "same_day"))
    silent = event()

    found = compare([both, lost, caught, neither, silent], [])

    assert (found.events, found.seen) == (5, 2)
    assert (found.caught, found.lost) == ((caught.event,), (lost.event,))


def test_event_that_another_report_still_precedes_is_not_lost() -> None:
    still = event(replayed("urgent", "watch"), replayed("same_day", "urgent"))

    assert compare([still], []).lost == ()


def test_alarms_are_counted_over_all_reports() -> None:
    new, dropped = replayed("same_day", "urgent"), replayed("emergency", "same_day")
    same = [replayed("urgent", "emergency"), replayed("none", "same_day")]

    found = compare([], [new, dropped, *same])

    assert (found.new_alarms, found.dropped_alarms) == ((new.report,), (dropped.report,))


@pytest.mark.parametrize(("events", "expected"), [(29, None), (30, (1.0, 29 / 30))])
def test_nobody_tunes_on_fewer_than_thirty_events(events: int, expected: tuple[float, float] | None) -> None:
    rest = [event(replayed("urgent", "urgent")) for _ in range(events - 1)]

    found = compare([event(replayed("urgent", "same_day")), *rest], [])

    assert (found.is_enough, found.detection) == (expected is not None, expected)
    # Few or many: each lost one is named.
    assert [type(one) for one in found.lost] == [UUID]
