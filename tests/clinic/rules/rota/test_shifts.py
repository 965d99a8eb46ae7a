from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.rules.rota import shifts as rota
from clinic.rules.rota.shifts import DatedShift, Gap, Layer, ShiftSource, ShiftSpan, WeeklyPattern
from tests.examples import examples

NEW_YORK = ZoneInfo("America/New_York")
EVERY_DAY = frozenset(range(7))
MINUTE = timedelta(minutes=1)
# Zone, the Sunday of spring, the Sunday of autumn. Lord Howe's clock moves by half an hour.
NIGHTS = [
    ("America/New_York", date(2026, 3, 8), date(2026, 11, 1)),
    ("Europe/London", date(2026, 3, 29), date(2026, 10, 25)),
    ("Australia/Lord_Howe", date(2026, 10, 4), date(2026, 4, 5)),
]


def pattern(staff, starts, ends, *, id=None, days=EVERY_DAY, layer=Layer.PRIMARY, **more):
    facts = {"first": date(2026, 1, 5), **more}
    return WeeklyPattern(
        id or staff, staff, layer, days, time.fromisoformat(starts), time.fromisoformat(ends), **facts
    )


def utc(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize("night", [1, 2], ids=["spring", "autumn"])
@pytest.mark.parametrize("case", NIGHTS, ids=lambda case: case[0])
@settings(max_examples=examples(25), deadline=None)
@given(cuts=st.sets(st.integers(0, 24 * 60 - 1), min_size=1, max_size=6), near=st.integers(0, 4 * 60))
def test_no_minute_of_a_change_night_without_exactly_one_primary(case, night, cuts, near):
    """Shifts that share out the day by the wall clock, one of them cut in the hours of the change."""
    zone, day = ZoneInfo(case[0]), case[night]
    clocks = [time(minute // 60, minute % 60) for minute in sorted(cuts | {near})]
    shifts = [
        WeeklyPattern(number, number, Layer.PRIMARY, EVERY_DAY, starts, ends, date(2026, 1, 5))
        for number, (starts, ends) in enumerate(zip(clocks, [*clocks[1:], clocks[0]], strict=True), 1)
    ]
    start = datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC) - timedelta(hours=2)
    end = start + timedelta(hours=10)

    # Whoever claims a minute, with no winner chosen: the shifts themselves must neither overlap nor part.
    claims = rota._claims(shifts, [], Layer.PRIMARY, zone, start, end)
    for minute in range(10 * 60):
        at = start + minute * MINUTE
        assert sum(claim.starts_at <= at < claim.ends_at for claim in claims) == 1, at
    spans = rota.timeline(shifts, [], Layer.PRIMARY, zone, start, end)
    assert rota.gaps(spans, Layer.PRIMARY, start, end) == ()


@settings(max_examples=examples(20), deadline=None)
@given(
    shifts=st.lists(
        st.tuples(
            st.sampled_from(range(7)),
            st.integers(0, 23),
            st.integers(0, 23),
            st.integers(1, 3),
            st.integers(1, 2),
        ),
        max_size=6,
    ),
    dated=st.lists(st.tuples(st.integers(0, 200), st.integers(1, 60)), max_size=4),
)
def test_timeline_and_moment_always_name_the_same_person(shifts, dated):
    start = utc("2026-10-30T00:00")
    patterns = [
        WeeklyPattern(n, n, Layer.PRIMARY, frozenset({day}), time(a), time(b), date(2026, 1, 5), every)
        for n, (day, a, b, _, every) in enumerate(shifts, 1)
    ]
    singles = [
        DatedShift(n, 100 + n, Layer.PRIMARY, start + timedelta(hours=a), start + timedelta(hours=a + b))
        for n, (a, b) in enumerate(dated, 1)
    ]
    spans = rota.timeline(patterns, singles, Layer.PRIMARY, NEW_YORK, start, start + timedelta(days=7))

    assert all(one.ends_at <= two.starts_at for one, two in pairwise(spans))
    for step in range(0, 7 * 24 * 2, 3):
        at = start + step * timedelta(minutes=30)
        held = [span.staff for span in spans if span.starts_at <= at < span.ends_at]
        on = rota.on_shift_at(patterns, singles, Layer.PRIMARY, NEW_YORK, at)
        assert held == ([on.staff] if on else [])


def test_night_shift_runs_past_midnight_and_stays_at_its_wall_clock_time():
    night = pattern(1, "19:00", "07:00", days=frozenset({5}))

    spans = rota.timeline(
        [night], [], Layer.PRIMARY, NEW_YORK, utc("2026-10-24T00:00"), utc("2026-11-03T00:00")
    )

    assert [(span.starts_at, span.ends_at) for span in spans] == [
        (utc("2026-10-24T23:00"), utc("2026-10-25T11:00")),
        (utc("2026-10-31T23:00"), utc("2026-11-01T12:00")),
    ]


def test_dated_shift_wins_over_the_pattern_and_the_later_made_over_the_earlier():
    week = pattern(1, "00:00", "00:00")
    first = DatedShift(1, 2, Layer.PRIMARY, utc("2026-06-01T12:00"), utc("2026-06-01T18:00"))
    second = DatedShift(2, 3, Layer.PRIMARY, utc("2026-06-01T14:00"), utc("2026-06-01T15:00"))

    spans = rota.timeline(
        [week], [first, second], Layer.PRIMARY, NEW_YORK, utc("2026-06-01T11:00"), utc("2026-06-01T19:00")
    )

    assert [(span.staff, span.starts_at.hour) for span in spans] == [
        (1, 11),
        (2, 12),
        (3, 14),
        (2, 15),
        (1, 18),
    ]
    assert spans[2] == ShiftSpan(
        3, Layer.PRIMARY, utc("2026-06-01T14:00"), utc("2026-06-01T15:00"), ShiftSource.DATED, 2
    )


def test_layers_do_not_disturb_each_other():
    backup = pattern(2, "00:00", "00:00", layer=Layer.BACKUP)

    assert rota.on_shift_at([backup], [], Layer.PRIMARY, NEW_YORK, utc("2026-06-01T11:00")) is None
    assert rota.on_shift_at([backup], [], Layer.BACKUP, NEW_YORK, utc("2026-06-01T11:00")).staff == 2


def test_every_second_week_counts_from_the_week_in_which_it_began():
    one = pattern(1, "00:00", "00:00", days=frozenset({0}), every_weeks=2, first=date(2026, 6, 3))

    mondays = [
        day
        for day in (date(2026, 6, 1) + timedelta(weeks=n) for n in range(5))
        if rota.on_shift_at([one], [], Layer.PRIMARY, NEW_YORK, utc(f"{day}T12:00"))
    ]

    assert mondays == [date(2026, 6, 15), date(2026, 6, 29)]


def test_ended_pattern_finishes_the_shift_that_has_begun():
    ended = pattern(1, "19:00", "07:00", until=utc("2026-06-02T02:00"))

    assert rota.on_shift_at([ended], [], Layer.PRIMARY, NEW_YORK, utc("2026-06-02T05:00")).staff == 1
    assert rota.on_shift_at([ended], [], Layer.PRIMARY, NEW_YORK, utc("2026-06-03T05:00")) is None


def test_gaps_before_between_and_after():
    spans = rota.timeline(
        [pattern(1, "08:00", "12:00"), pattern(2, "13:00", "17:00")],
        [],
        Layer.PRIMARY,
        ZoneInfo("UTC"),
        utc("2026-06-01T06:00"),
        utc("2026-06-01T18:00"),
    )

    found = rota.gaps(spans, Layer.PRIMARY, utc("2026-06-01T06:00"), utc("2026-06-01T18:00"))

    assert [(gap.starts_at.hour, gap.ends_at.hour) for gap in found] == [(6, 8), (12, 13), (17, 18)]
    assert rota.gaps([], Layer.BACKUP, utc("2026-06-01T06:00"), utc("2026-06-01T07:00")) == (
        Gap(Layer.BACKUP, utc("2026-06-01T06:00"), utc("2026-06-01T07:00")),
    )


def test_shifts_that_follow_each_other_are_one_to_their_person_and_two_on_the_calendar():
    spans = rota.timeline(
        [pattern(1, "00:00", "00:00")],
        [],
        Layer.PRIMARY,
        ZoneInfo("UTC"),
        utc("2026-06-01T00:00"),
        utc("2026-06-03T00:00"),
    )

    assert len(spans) == 2
    (whole,) = rota.merged(spans)
    assert (whole.starts_at, whole.ends_at) == (utc("2026-06-01T00:00"), utc("2026-06-03T00:00"))


@pytest.mark.parametrize(
    ("verified", "tested", "counts"),
    [
        (None, None, False),
        ("2026-05-01T00:00", None, False),
        (None, "2026-06-01T00:00", False),
        ("2026-05-01T00:00", "2026-06-01T00:00", True),
        ("2026-05-01T00:00", "2026-05-31T23:59", False),
    ],
)
def test_only_a_proven_and_lately_tested_number_counts(verified, tested, counts):
    moments = [utc(text) if text else None for text in (verified, tested)]

    assert rota.counts_as_coverage(*moments, utc("2026-06-15T00:00")) is counts


@pytest.mark.parametrize(
    ("sent", "deadline"), [("18:30", "18:50"), ("18:44", "18:50"), ("18:48", "18:53"), ("18:58", "18:59")]
)
def test_lead_is_told_before_the_shift_begins_however_late_it_was_made(sent, deadline):
    found = rota.reply_deadline(utc(f"2026-06-01T{sent}"), utc("2026-06-01T19:00"))

    assert found == utc(f"2026-06-01T{deadline}")
