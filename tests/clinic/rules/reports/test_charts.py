"""Where points, bands, bars and ticks stand."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from clinic.rules.core.enums import Level
from clinic.rules.protocols.scoring.bands import LevelBand
from clinic.rules.reports.charts import Frame, Reading, TimeSpan, bar_strip, line_chart, with_room

END = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
SPAN = TimeSpan(END - timedelta(days=2), END)
FRAME = Frame(width=100, height=100, left=0, right=0, top=0, bottom=0)


def chart(*readings: tuple[float, float], **more: object):
    made = [Reading(END - timedelta(hours=ago), value) for ago, value in readings]
    return line_chart(made, span=SPAN, scale=(35, 40), values=(36, 38), frame=FRAME, **more)


def test_points_are_in_order_of_time_on_the_scale() -> None:
    made = chart((0, 40), (48, 35), (24, 37.5))

    assert [(one.x, one.y) for one in made.points] == [(0, 100), (50, 50), (100, 0)]
    assert made.lines == ("0.0,100.0 50.0,50.0 100.0,0.0",)


def test_no_reading_stands_where_the_words_of_the_stripes_are() -> None:
    frame = Frame(width=100, height=100, left=0, right=0, top=0, bottom=0, words=40)
    made = line_chart(
        [Reading(SPAN.start, 37), Reading(END, 37)], span=SPAN, scale=(35, 40), values=(), frame=frame
    )

    assert [one.x for one in made.points] == [40, 100]


def test_reading_outside_the_span_is_left_out_and_beyond_the_scale_sits_on_its_edge() -> None:
    made = chart((49, 37), (0, 42), (1, 30))

    assert [one.y for one in made.points] == [100, 0]


def test_long_gap_breaks_the_line() -> None:
    made = chart((47, 37), (46, 37), (6, 37), (0, 37))

    assert len(made.lines) == 2
    assert chart((40, 37)).lines == ()


def test_bands_fill_the_scale_and_none_lies_outside_it() -> None:
    bands = [
        LevelBand(None, 30, Level.URGENT),
        LevelBand(30, 36, Level.SAME_DAY),
        LevelBand(36, 38, Level.NONE),
        LevelBand(38, None, Level.URGENT),
    ]

    made = chart((0, 37), bands=bands)

    assert [(one.level, one.y, one.height) for one in made.bands] == [
        (Level.SAME_DAY, 80, 20),
        (Level.NONE, 40, 40),
        (Level.URGENT, 0, 40),
    ]
    assert made.bands[1].middle == 60


def test_words_of_stripes_never_touch_and_a_thin_one_keeps_its_own_where_there_is_room() -> None:
    """As of a blood pressure: the thin stripes at its foot have no room for a word each."""
    bands = [
        LevelBand(None, 35.8, Level.EMERGENCY),
        LevelBand(35.8, 36.2, Level.URGENT),
        LevelBand(36.2, 36.6, Level.SAME_DAY),
        LevelBand(36.6, 38.4, Level.NONE),
        LevelBand(38.4, 38.8, Level.WATCH),
        LevelBand(38.8, None, Level.URGENT),
    ]

    made = chart((0, 37), bands=bands).bands

    assert [(one.level, one.height, one.has_word) for one in made] == [
        (Level.EMERGENCY, 16, True),
        (Level.URGENT, 8, False),
        (Level.SAME_DAY, 8, True),
        (Level.NONE, 36, True),
        (Level.WATCH, 8, True),
        (Level.URGENT, 24, True),
    ]
    middles = [one.middle for one in made if one.has_word]
    assert all(lower - upper >= 13 for lower, upper in pairwise(middles))


def test_ticks() -> None:
    made = chart((0, 37))

    assert [(one.place, one.value) for one in made.y_ticks] == [(80, 36), (40, 38)]
    assert [one.at for one in made.x_ticks] == [datetime(2026, 11, day, tzinfo=UTC) for day in (21, 22)]


@pytest.mark.parametrize("days", [1, 2, 3, 7, 14, 30, 400])
def test_names_of_days_never_touch(days: int) -> None:
    frame = Frame(width=328, left=38, right=6, words=92)

    made = line_chart(
        [], span=TimeSpan(END - timedelta(days=days), END), scale=(35, 40), values=(), frame=frame
    )

    places = [one.place for one in made.x_ticks]
    assert len(places) >= min(days, 3)
    assert all(later - earlier >= frame.day_name for earlier, later in pairwise(places))


def test_words_have_room_where_none_is_closer_than_that_to_the_one_before() -> None:
    assert with_room([0, 5, 10, 12, 19, 20], room=10) == {0, 10, 20}
    assert with_room([], room=10) == set()


def test_bars_grow_with_the_answer_and_none_is_a_line() -> None:
    answers = [(END, 3), (END - timedelta(hours=48), 0), (END - timedelta(hours=24), 1)]

    made = bar_strip(
        [*answers, (END - timedelta(days=9), 2)], span=SPAN, highest=3, width=106, height=32, bar=6
    )

    assert [(one.x, one.y, one.height, one.value) for one in made.bars] == [
        (0, 31, 1, 0),
        (50, 22, 10, 1),
        (100, 2, 30, 3),
    ]


@pytest.mark.parametrize("days", [3, 14, 28])
def test_no_name_of_a_day_touches_another_or_the_edge_whatever_the_hour(days: int) -> None:
    frame = Frame(width=328, left=38, right=6, words=92)
    for quarter in range(24 * 4):
        end = END + timedelta(minutes=15 * quarter)
        span = TimeSpan(end - timedelta(days=days), end)
        made = line_chart((), span=span, scale=(35, 40), values=(), frame=frame)
        names = [one.name_place for one in made.x_ticks]
        assert names
        assert all(later - earlier >= frame.day_name - 1 for earlier, later in pairwise(names)), end
        assert names[-1] + frame.day_name / 2 <= frame.width
