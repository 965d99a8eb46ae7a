from __future__ import annotations

import pytest

from clinic.rules.core.enums import Level
from clinic.rules.outcomes import detection
from clinic.rules.outcomes.detection import Hours
from tests.clinic.rules.outcomes.made_up import at_home, followed, reports, stay

HOME = at_home((0, 400))


@pytest.mark.parametrize(
    ("hour", "seen"),
    [
        (128, (0, 0, 1)),
        (127.9, (0, 0, 0)),
        (152, (0, 1, 1)),
        (151.9, (0, 0, 1)),
        (176, (1, 1, 1)),
        (200, (1, 1, 1)),
    ],
)
def test_event_is_seen_within_each_window(hour: float, seen: tuple[int, ...]) -> None:
    person = followed(at_home=HOME, stays=(stay(200),), reports=reports((hour, "urgent")))

    assert tuple(detection.detected([person], Level.URGENT, window) for window in detection.WINDOWS) == seen


def test_only_a_level_as_high_as_asked_for_counts() -> None:
    person = followed(at_home=HOME, stays=(stay(200),), reports=reports((190, "same_day")))

    assert [detection.detected([person], level, 24) for level in Level] == [1, 1, 1, 0, 0]


def test_report_after_the_event_has_not_seen_it_coming() -> None:
    person = followed(at_home=HOME, stays=(stay(200),), reports=reports((200.1, "emergency")))

    assert detection.detected([person], Level.NONE, 72) == 0


def test_event_that_nobody_watched_is_counted_apart() -> None:
    person = followed(
        at_home=at_home((190, 400)),
        stays=(stay(200, 210), stay(300)),
        reports=reports((195, "urgent"), (290, "urgent")),
    )

    found = detection.eligible([person]), detection.not_monitored([person])
    assert found == (1, 1)
    assert detection.detected([person], Level.URGENT, 24) == 1


def test_lead_counts_from_the_first_urgent_report_of_three_days() -> None:
    person = followed(
        at_home=HOME,
        stays=(stay(200),),
        reports=reports((190, "emergency"), (127, "urgent"), (130, "same_day"), (140, "urgent")),
    )
    unseen = followed(at_home=HOME, stays=(stay(200),), reports=reports((199, "same_day")))

    assert detection.lead_hours([person, unseen]).values == (60,)


def test_silence_counts_from_the_last_report_of_any_level() -> None:
    told = followed(
        at_home=HOME, stays=(stay(200),), reports=reports((170, "none"), (20, "urgent"), (201, "none"))
    )
    never = followed(at_home=HOME, stays=(stay(300),))

    assert detection.silence_hours([told, never]).values == (30,)
    assert detection.never_reported([told, never]) == 1


def test_middle_longest_and_what_may_be_shown() -> None:
    few, many = Hours((10, 10, 18, 42)), Hours(tuple(range(11)))

    assert (few.median, few.over(18), few.shown) == (14, 1, ())
    assert many.shown == many.values
    assert Hours(()).median is None


@pytest.mark.parametrize(
    ("day", "silent", "found"),
    [
        (30, 24, [(0, 1), (0, 0)]),
        (30, 24.1, [(1, 1), (0, 0)]),
        (31, 96, [(0, 0), (0, 1)]),
        (31, 96.1, [(0, 0), (1, 1)]),
        (100, 97, [(0, 0), (1, 1)]),
        (101, 400, [(0, 0), (0, 0)]),
    ],
)
def test_silence_is_long_by_what_is_usual_on_its_day(
    day: int, silent: float, found: list[tuple[int, int]]
) -> None:
    hour = day * 24 + 12
    home = at_home((0, 5000))
    person = followed(at_home=home, stays=(stay(hour),), reports=reports((hour - silent, "none")))
    never = followed(at_home=home, stays=(stay(hour),))

    assert [(one.over, one.of) for one in detection.long_silences([person, never])] == found


@pytest.mark.parametrize(("hour", "told"), [(128, 1), (127.9, 0), (200, 1), (200.1, 0)])
def test_alarm_because_nothing_came_in_is_counted_apart(hour: float, told: int) -> None:
    person = followed(at_home=HOME, stays=(stay(200),), silences=(hour,))

    assert detection.told_by_silence([person], 72) == told
    assert detection.detected([person], Level.NONE, 72) == 0
