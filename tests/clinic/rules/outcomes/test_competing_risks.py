from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.rules.outcomes.competing_risks import (
    First,
    FirstEvent,
    Incidence,
    first_event,
    incidence,
    incidence_on,
    one_minus_kaplan_meier,
)
from tests.examples import examples

NONE, DEATH, RELAPSE = First.NONE, First.DEATH, First.RELAPSE
cohorts = st.lists(st.builds(FirstEvent, st.integers(0, 40), st.sampled_from(First)), max_size=25)


@pytest.mark.parametrize(
    ("relapse", "death", "cause", "expected"),
    [
        (None, None, "", FirstEvent(300, NONE)),
        (95, None, "", FirstEvent(95, RELAPSE)),
        (None, 41, "infection", FirstEvent(41, DEATH)),
        (None, 41, "unknown", FirstEvent(41, DEATH)),
        (None, 41, "disease", FirstEvent(41, RELAPSE)),
        (62, 140, "infection", FirstEvent(62, RELAPSE)),
        (140, 140, "infection", FirstEvent(140, RELAPSE)),
    ],
)
def test_death_after_relapse_or_of_the_disease_is_relapse(
    relapse: int | None, death: int | None, cause: str, expected: FirstEvent
) -> None:
    found = first_event(last_contact_day=300, relapse_day=relapse, death_day=death, death_cause=cause)

    assert found == expected


def test_shares_by_hand() -> None:
    people = [FirstEvent(10, DEATH), FirstEvent(20, NONE), FirstEvent(30, RELAPSE), FirstEvent(40, NONE)]

    assert incidence(people) == (
        Incidence(10, Fraction(1, 4), Fraction(0), Fraction(3, 4), 4),
        Incidence(30, Fraction(1, 4), Fraction(3, 8), Fraction(3, 8), 2),
    )


def test_whoever_was_last_seen_on_a_day_is_at_risk_on_it() -> None:
    people = [FirstEvent(10, NONE), FirstEvent(10, DEATH)]

    assert incidence(people) == (Incidence(10, Fraction(1, 2), Fraction(0), Fraction(1, 2), 2),)


def test_both_on_one_day() -> None:
    people = [FirstEvent(10, RELAPSE), FirstEvent(10, DEATH), FirstEvent(20, NONE)]

    assert incidence(people) == (Incidence(10, Fraction(1, 3), Fraction(1, 3), Fraction(1, 3), 3),)


@pytest.mark.parametrize(
    ("day", "deaths", "at_risk"), [(9, 0, 2), (10, 1, 2), (11, 1, 1), (20, 1, 1), (21, 1, 0)]
)
def test_step_counts_from_its_own_day(day: int, deaths: int, at_risk: int) -> None:
    found = incidence_on([FirstEvent(10, DEATH), FirstEvent(20, NONE)], day)

    assert (found.without_relapse, found.at_risk) == (Fraction(deaths, 2), at_risk)


def test_figure_is_shown_from_eleven_people_on() -> None:
    people = [FirstEvent(50, NONE)] * 10

    assert incidence_on(people, 50).may_be_shown is False
    assert incidence_on([*people, FirstEvent(50, NONE)], 50).may_be_shown is True


def test_one_minus_kaplan_meier_is_too_high() -> None:
    people = [FirstEvent(10, RELAPSE), FirstEvent(20, DEATH), FirstEvent(30, NONE)]

    assert one_minus_kaplan_meier(people, DEATH, 19) == 0
    assert one_minus_kaplan_meier(people, DEATH, 20) == Fraction(1, 2)
    assert incidence_on(people, 20).without_relapse == Fraction(1, 3)


@settings(max_examples=examples(300), deadline=None)
@given(cohorts, st.integers(0, 45))
def test_shares_always_add_up_to_one_and_never_fall(people: list[FirstEvent], day: int) -> None:
    found, later = incidence_on(people, day), incidence_on(people, day + 5)

    assert found.without_relapse + found.relapse + found.event_free == 1
    assert later.without_relapse >= found.without_relapse
    assert later.relapse >= found.relapse
    assert one_minus_kaplan_meier(people, DEATH, day) >= found.without_relapse


@settings(max_examples=examples(100), deadline=None)
@given(cohorts, st.integers(0, 45))
def test_without_a_second_event_both_are_the_same(people: list[FirstEvent], day: int) -> None:
    alone = [one for one in people if one.kind is not RELAPSE]

    assert incidence_on(alone, day).without_relapse == one_minus_kaplan_meier(alone, DEATH, day)
