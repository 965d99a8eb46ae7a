from __future__ import annotations

import pytest

from clinic.rules.outcomes.time_points import TIME_POINTS, State, TimePoint, states


def point(day: int) -> TimePoint:
    return next(one for one in TIME_POINTS if one.day == day)


def test_days_are_those_of_the_registry() -> None:
    assert [one.day for one in TIME_POINTS] == [30, 100, 180, *range(365, 15 * 365 + 1, 365)]


@pytest.mark.parametrize(
    ("day", "opens", "closes"),
    [(30, 23, 37), (100, 86, 114), (180, 150, 210), (365, 366, 425), (730, 731, 790)],
)
def test_contact_counts_within_its_window_both_ends_included(day: int, opens: int, closes: int) -> None:
    found = [point(day).holds(at) for at in (opens - 1, opens, closes, closes + 1)]

    assert found == [False, True, True, False]


@pytest.mark.parametrize(
    ("today", "state"),
    [
        (29, State.NOT_DUE),
        (30, State.DUE),
        (37, State.DUE),
        (38, State.LATE),
        (97, State.LATE),
        (98, State.MISSING),
        (3000, State.MISSING),
    ],
)
def test_form_is_due_then_late_then_missing(today: int, state: State) -> None:
    assert point(30).state(today, ()) is state


@pytest.mark.parametrize(
    ("contact", "state"), [(22, State.LATE), (23, State.RECORDED), (37, State.RECORDED), (38, State.LATE)]
)
def test_only_a_contact_of_its_window_answers_it(contact: int, state: State) -> None:
    assert point(30).state(60, (contact,)) is state


def test_contact_before_the_day_answers_it_and_one_to_come_does_not() -> None:
    assert point(30).state(25, (24,)) is State.RECORDED
    assert point(30).state(31, (35,)) is State.DUE


def test_what_is_not_due_yet_is_not_listed() -> None:
    found = [(one.day, state) for one, state in states(120, (101,), None)]

    assert found == [(30, State.MISSING), (100, State.RECORDED)]


def test_after_a_death_nothing_falls_due() -> None:
    assert [one.day for one, _ in states(400, (), 120)] == [30, 100]
