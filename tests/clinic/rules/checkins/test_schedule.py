from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from functools import partial
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from clinic.rules.checkins import schedule
from clinic.rules.protocols.document.protocol import Protocol
from tests.examples import examples

NEW_YORK = ZoneInfo("America/New_York")
TOKYO = ZoneInfo("Asia/Tokyo")
# Of somebody for whom nothing is added.
slots_between = partial(schedule.slots_between, additions=())
next_slot = partial(schedule.next_slot, additions=())
answered_from = partial(schedule.answered_from, additions=())
answered_until = partial(schedule.answered_until, additions=())


def local(slots: list[datetime], zone: ZoneInfo) -> list[str]:
    return [slot.astimezone(zone).strftime("%m-%d %H:%M") for slot in slots]


def test_twice_a_day_then_daily_then_twice_a_week(protocol: Protocol) -> None:
    infusion = date(2026, 6, 1)
    start = datetime(2026, 6, 1, tzinfo=NEW_YORK)

    def on(first: int, last: int) -> list[str]:
        return local(
            slots_between(
                protocol, infusion, NEW_YORK, start + timedelta(days=first), start + timedelta(days=last + 1)
            ),
            NEW_YORK,
        )

    assert on(-30, -1) == []
    assert on(0, 1) == ["06-01 08:00", "06-01 20:00", "06-02 08:00", "06-02 20:00"]
    assert on(14, 16) == ["06-15 08:00", "06-15 20:00", "06-16 09:00", "06-17 09:00"]
    assert on(31, 41) == ["07-02 09:00", "07-05 09:00", "07-09 09:00", "07-12 09:00"]
    assert on(101, 115) == ["09-10 09:00", "09-17 09:00", "09-24 09:00"]


def test_monthly_after_a_year(protocol: Protocol) -> None:
    start = datetime(2026, 1, 1, tzinfo=NEW_YORK) + timedelta(days=366)

    slots = slots_between(protocol, date(2026, 1, 1), NEW_YORK, start, start + timedelta(days=61))

    assert local(slots, NEW_YORK) == ["01-02 09:00", "02-01 09:00", "03-03 09:00"]


def test_wall_clock_time_stays_through_both_clock_changes(protocol: Protocol) -> None:
    spring = slots_between(
        protocol,
        date(2026, 3, 6),
        NEW_YORK,
        datetime(2026, 3, 7, 5, tzinfo=UTC),
        datetime(2026, 3, 9, 4, tzinfo=UTC),
    )
    autumn = slots_between(
        protocol,
        date(2026, 10, 30),
        NEW_YORK,
        datetime(2026, 10, 31, 4, tzinfo=UTC),
        datetime(2026, 11, 2, 5, tzinfo=UTC),
    )

    assert [slot.strftime("%d %H:%MZ") for slot in spring] == [
        "07 13:00Z",
        "08 01:00Z",
        "08 12:00Z",
        "09 00:00Z",
    ]
    assert [slot.strftime("%d %H:%MZ") for slot in autumn] == [
        "31 12:00Z",
        "01 00:00Z",
        "01 13:00Z",
        "02 01:00Z",
    ]
    assert all(slot.tzinfo is UTC for slot in spring + autumn)


def test_time_inside_the_gap_moves_forward_and_time_in_the_fold_fires_once(document: dict) -> None:
    document["phases"][1]["times"] = ["01:30", "02:30"]
    night = Protocol.from_document(document)

    spring = slots_between(
        night,
        date(2026, 3, 6),
        NEW_YORK,
        datetime(2026, 3, 8, 5, tzinfo=UTC),
        datetime(2026, 3, 9, 4, tzinfo=UTC),
    )
    autumn = slots_between(
        night,
        date(2026, 10, 30),
        NEW_YORK,
        datetime(2026, 11, 1, 4, tzinfo=UTC),
        datetime(2026, 11, 2, 5, tzinfo=UTC),
    )

    assert local(spring, NEW_YORK) == ["03-08 01:30", "03-08 03:30"]
    assert [slot.strftime("%H:%MZ") for slot in autumn] == ["05:30Z", "07:30Z"]


def test_the_start_is_inside_and_the_end_is_not(protocol: Protocol) -> None:
    eight, twenty = (datetime(2026, 6, 2, hour, tzinfo=NEW_YORK) for hour in (8, 20))

    slots = slots_between(protocol, date(2026, 6, 1), NEW_YORK, eight, twenty)

    assert slots == [eight]
    assert slots_between(protocol, date(2026, 6, 1), NEW_YORK, twenty, twenty) == []


def test_windows_that_touch_share_out_the_slots(protocol: Protocol) -> None:
    start = datetime(2026, 2, 20, 3, 17, tzinfo=UTC)
    edges = [start + timedelta(hours=7 * step) for step in range(200)]
    whole = slots_between(protocol, date(2026, 2, 20), NEW_YORK, edges[0], edges[-1])

    pieces = [
        slot
        for begin, end in pairwise(edges)
        for slot in slots_between(protocol, date(2026, 2, 20), NEW_YORK, begin, end)
    ]

    assert pieces == whole
    assert len(whole) == len(set(whole))


def test_report_answers_from_the_first_moment_on_and_not_before(protocol: Protocol) -> None:
    """Through every change of phase: a slot is answered from then on, and a second earlier it is not."""
    infusion = date(2026, 1, 1)
    start = datetime(2026, 1, 1, tzinfo=NEW_YORK)
    slots = slots_between(protocol, infusion, NEW_YORK, start, start + timedelta(days=460))

    for due_at in slots:
        begins = answered_from(protocol, infusion, NEW_YORK, due_at)
        assert answered_until(protocol, infusion, NEW_YORK, begins) >= due_at
        assert answered_until(protocol, infusion, NEW_YORK, begins - timedelta(seconds=1)) < due_at


def test_next_slot_is_found_however_far_ahead(protocol: Protocol) -> None:
    infusion = date(2026, 6, 1)
    for day, found in ((-20, "06-01 08:00"), (14, "06-15 20:00"), (32, "07-05 09:00"), (366, "06-02 09:00")):
        after = datetime(2026, 6, 1, 12, tzinfo=NEW_YORK) + timedelta(days=day)
        slot = next_slot(protocol, infusion, NEW_YORK, after)
        assert slot is not None
        assert slot >= after
        assert day == 366 or local([slot], NEW_YORK) == [found]


@settings(max_examples=examples(60), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(days=st.integers(-60, 800), minutes=st.integers(0, 1440))
def test_nothing_is_asked_between_now_and_the_next_slot(protocol: Protocol, days: int, minutes: int) -> None:
    infusion = date(2026, 1, 15)
    after = datetime(2026, 1, 15, tzinfo=UTC) + timedelta(days=days, minutes=minutes)
    slot = next_slot(protocol, infusion, TOKYO, after)
    assert slot is not None
    assert slots_between(protocol, infusion, TOKYO, after, slot) == []
    assert slots_between(protocol, infusion, TOKYO, slot, slot + timedelta(seconds=1)) == [slot]
