from __future__ import annotations

from typing import Any

import pytest

from clinic.rules.risk.facts import Facts, Infection
from clinic.rules.risk.flags import FlagSuggestions, suggest_flags
from clinic.rules.risk.labs import LabValue
from tests.clinic.rules.risk.made_up import DOCUMENT, facts, lab, labs, record_of, scores_of


def flags(found: Facts) -> FlagSuggestions:
    return suggest_flags(DOCUMENT, found, record_of(found), scores_of(found))


def series(name: str, *pairs: tuple[int, float]) -> tuple[LabValue, ...]:
    return tuple(lab(name, value, day) for day, value in pairs)


@pytest.mark.parametrize(
    ("pairs", "on"),
    [
        ([(1, 0.51)], False),
        ([(1, 0.5)], True),
        ([(0, 0.5)], True),
        ([(-1, 0.5)], False),
        ([(1, 0.2), (2, 0.6), (3, 0.6)], True),
        ([(1, 0.2), (2, 0.6), (3, 0.6), (4, 0.6)], False),
        ([(1, 0.2), (2, 0.6), (3, 0.6), (3, 0.7)], True),  # two days
        ([(1, 0.2), (2, 0.6), (3, 0.6), (4, 0.5)], True),
        ([(1, 0.2), (2, 0.6), (3, 0.6), (4, 0.6), (5, 0.4)], True),
        ([(1, 0.6), (2, 0.6)], False),
    ],
)
def test_neutropenia_is_on_until_three_days_say_no(pairs: list[tuple[int, float]], on: bool) -> None:
    found = flags(facts(day=6, values=labs(*series("anc", *pairs))))

    assert bool(found.neutropenia) is on


@pytest.mark.parametrize(
    ("changed", "day", "on"),
    [
        ({"ferritin": 180}, 7, False),
        ({"ferritin": 2500}, 7, True),
        ({"ferritin": None}, 7, True),
        ({"ferritin": 2500}, 1, False),  # the count of day -6 is seven days old
        ({"ferritin": 2500}, 2, True),
        ({"ferritin": 2500}, 30, True),
        ({"ferritin": 2500}, 31, False),
        ({"ferritin": 2500}, -1, False),
    ],
)
def test_without_a_count_only_a_low_score_keeps_the_flag_off(
    changed: dict[str, Any], day: int, on: bool
) -> None:
    assert bool(flags(facts(day=day, values=labs(**changed))).neutropenia) is on


def test_old_recovery_does_not_answer_for_counts_that_are_missing() -> None:
    counted = series("anc", (1, 0.2), (2, 0.8), (3, 0.8), (4, 0.8))

    assert not flags(facts(day=11, values=labs(*counted, ferritin=2500))).neutropenia
    assert flags(facts(day=12, values=labs(*counted, ferritin=2500))).neutropenia


@pytest.mark.parametrize(
    ("pairs", "on"),
    [
        ([(1, 50)], False),
        ([(1, 49.9)], True),
        ([(1, 20), (3, 50)], True),
        ([(1, 20), (3, 50), (4, 50)], False),
        ([(1, 20), (3, 50), (4, 49)], True),
        ([(1, 20), (3, 60), (3, 70)], True),  # one day
    ],
)
def test_platelets_are_low_until_two_values_say_no(pairs: list[tuple[int, float]], on: bool) -> None:
    found = flags(facts(day=6, values=labs(*series("platelets", *pairs))))

    assert bool(found.platelets_low) is on


@pytest.mark.parametrize(
    ("known", "on"),
    [
        ({}, False),
        ({"values": labs(lab("igg", 400, 10)), "day": 100}, True),
        ({"values": labs(lab("igg", 401, 10)), "day": 100}, False),
        ({"values": labs(lab("igg", 400, 10)), "day": 101}, False),
        ({"values": labs(lab("cd4", 199, 10)), "day": 190}, True),
        ({"values": labs(lab("cd4", 200, 10)), "day": 190}, False),
        ({"values": labs(lab("cd4", 199, 10)), "day": 191}, False),
        ({"values": labs(lab("cd19", 20, 10)), "day": 190}, True),
        ({"values": labs(lab("cd19", 21, 10)), "day": 190}, False),
        ({"values": labs(lab("cd19", 20, 10)), "day": 191}, False),
        ({"course": {"ivig_last_day": 10}, "day": 100}, True),
        ({"course": {"ivig_last_day": 10}, "day": 101}, False),
        ({"course": {"infections": (Infection(10, 3, True),)}, "day": 190}, True),
        ({"course": {"infections": (Infection(10, 3, True),)}, "day": 191}, False),
        ({"course": {"infections": (Infection(10, 2, True),)}, "day": 20}, False),
        ({"background": {"prior_transplant": "allo"}}, True),
        ({"background": {"prior_transplant": "auto"}}, False),
        ({"values": labs(lab("anc", 0.5, 40)), "day": 900}, True),
        ({"values": labs(lab("anc", 0.51, 40)), "day": 900}, False),
    ],
)
def test_weak_immune_system_on_both_sides_of_each_line(known: dict[str, Any], on: bool) -> None:
    assert bool(flags(facts(**known)).immune_risk) is on


@pytest.mark.parametrize(
    ("course", "until"),
    [
        ({}, None),
        ({"tocilizumab_last_day": 5}, 19),
        ({"steroid_last_day": 9}, 11),
        ({"tocilizumab_last_day": 5, "steroid_last_day": 9}, 19),
        ({"tocilizumab_last_day": 5, "steroid_last_day": 18}, 20),
    ],
)
def test_fever_is_masked_to_the_later_day_that_day_included(
    course: dict[str, Any], until: int | None
) -> None:
    assert flags(facts(day=3, course=course)).masked_until_day == until
    if until is not None:
        assert flags(facts(day=until, course=course)).masked
        assert not flags(facts(day=until + 1, course=course)).masked


def test_every_flag_has_its_reason() -> None:
    found = flags(
        facts(
            day=6,
            course={"tocilizumab_last_day": 5, "ivig_last_day": 1},
            values=labs(lab("anc", 0.1, 5), lab("platelets", 9, 5)),
        )
    )

    assert [(reason.key, reason.evidence[0].name) for reason in found.reasons] == [
        ("neutropenia", "anc"),
        ("platelets_low", "platelets"),
        ("immune_risk", "ivig"),
        ("masked", "masked_until"),
    ]
