from __future__ import annotations

import pytest

from clinic.rules.outcomes import alarm_load
from clinic.rules.outcomes.alarm_load import Load, RuleWorth
from tests.clinic.rules.outcomes.made_up import at_home, followed, opened, reports, stay


@pytest.mark.parametrize(
    ("acted", "event", "expected"),
    [
        (True, None, (1, 0, 0)),
        (False, None, (0, 1, 0)),
        (None, None, (0, 0, 1)),
        (False, 100, (1, 0, 0)),
        (False, 172, (1, 0, 0)),
        (False, 172.1, (0, 1, 0)),
        (False, 99.9, (0, 1, 0)),
        (None, 172, (1, 0, 0)),
    ],
)
def test_escalation_is_right_if_something_was_done_or_came_of_it(
    acted: bool | None, event: float | None, expected: tuple[int, int, int]
) -> None:
    person = followed(escalations=(opened(100, acted=acted),), stays=() if event is None else (stay(event),))

    [found] = alarm_load.worth_of_rules([person])

    assert (found.right, found.wrong, found.unknown) == expected


def test_escalation_counts_once_under_each_of_its_rules() -> None:
    people = [
        followed(escalations=(opened(5, "temp", "sbp", "temp", acted=True), opened(90, "temp", acted=False))),
        followed(escalations=(opened(5, "temp"),)),
    ]

    assert alarm_load.worth_of_rules(people) == (RuleWorth("sbp", 1, 0, 0), RuleWorth("temp", 1, 1, 1))


def test_what_is_unknown_is_in_no_predictive_value() -> None:
    assert RuleWorth("temp", 1, 2, 7).predictive_value == pytest.approx(1 / 3)
    assert RuleWorth("temp", 0, 0, 7).predictive_value is None


def test_load_is_told_by_phase() -> None:
    # Day 14 ends at hour 360, day 30 at 744.
    person = followed(
        at_home=at_home((192, 528), (744, 912)),
        escalations=(opened(359.9), opened(360), opened(744)),
    )

    assert alarm_load.loads([person]) == (Load("a", 1, 1.0), Load("b", 1, 1.0), Load("c", 1, 1.0))
    assert [load.per_week for load in alarm_load.loads([person])] == [1, 1, 1]


def test_hours_of_all_people_count_and_empty_phases_are_left_out() -> None:
    people = [followed(at_home=at_home((0, 168))), followed(at_home=at_home((0, 100), (50, 168)))]

    assert alarm_load.loads(people) == (Load("a", 0, 2.0),)


def test_escalation_without_a_monitored_hour_has_no_rate() -> None:
    [load] = alarm_load.loads([followed(escalations=(opened(9000),))])

    assert (load.phase, load.per_week) == ("e", None)


@pytest.mark.parametrize(
    ("came_in", "hours"),
    [
        ([(100, "urgent")], 2),
        ([(80, "same_day"), (100, "urgent")], 22),
        ([(76, "same_day"), (100, "urgent")], 26),
        ([(75.9, "same_day"), (100, "urgent")], 2),
        ([(60, "same_day"), (80, "urgent"), (100, "urgent")], 42),
        ([(60, "same_day"), (70, "watch"), (80, "urgent"), (100, "urgent")], 22),
        ([(100, "urgent"), (101, "urgent")], 2),
        ([(90, "same_day")], 12),  # then silence opened it
        ([], 2),
    ],
)
def test_contact_counts_from_the_start_of_the_run(came_in: list[tuple[float, str]], hours: float) -> None:
    person = followed(escalations=(opened(100, contact=102),), reports=reports(*came_in))

    assert alarm_load.contact([person]).hours.values == (hours,)


def test_whoever_was_never_reached_is_counted() -> None:
    person = followed(escalations=(opened(100, contact=102), opened(300)))

    found = alarm_load.contact([person])

    assert (found.hours.values, found.without_contact) == ((2,), 1)
