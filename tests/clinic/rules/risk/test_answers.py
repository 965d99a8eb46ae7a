from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from clinic.rules.risk.answers import (
    InForce,
    Override,
    Refused,
    Subject,
    Waiting,
    in_force,
    is_active,
    is_computed_on,
    refusals,
    waiting,
)
from clinic.rules.risk.assessment import assess_risk
from clinic.rules.risk.facts import Tier
from tests.clinic.rules.risk.made_up import DAY_ZERO, DOCUMENT, facts, lab, labs

RULES = DOCUMENT.answers
SINCE = datetime(2026, 3, 10, 9, 0, tzinfo=UTC)
BY_HAND = InForce(tier=Tier.STANDARD, flags=frozenset({Subject.PLATELETS_LOW}), masked_until=None)
RAISED = Waiting(
    tier=Tier.HIGH, flags=frozenset({Subject.NEUTROPENIA}), masked_until=date(2026, 3, 20), since=SINCE
)
LOWER = Override(
    subject=Subject.TIER,
    is_lower=True,
    by="Ada",
    is_clinician=True,
    reason="clinical_judgement",
    text="",
    begins_on=date(2026, 3, 10),
    ends_on=date(2026, 4, 9),
    second="Ben",
    second_is_clinician=True,
)


def counting(hours: float, *overrides: Override, by_hand: InForce = BY_HAND) -> InForce:
    return in_force(RULES, by_hand, RAISED, overrides, SINCE + timedelta(hours=hours))


@pytest.mark.parametrize("hours", [0, 23.99])
def test_suggestion_waits_for_a_person_for_a_day(hours: float) -> None:
    assert counting(hours) == BY_HAND


@pytest.mark.parametrize("hours", [24, 24.01, 2000])
def test_what_nobody_has_answered_counts_after_a_day(hours: float) -> None:
    assert counting(hours) == InForce(
        tier=Tier.HIGH,
        flags=frozenset({Subject.PLATELETS_LOW, Subject.NEUTROPENIA}),
        masked_until=date(2026, 3, 20),
    )


def test_nothing_suggested_changes_nothing() -> None:
    assert in_force(RULES, BY_HAND, None, (), SINCE) == BY_HAND


def test_suggestion_of_standard_leaves_a_high_tier_alone() -> None:
    high = replace(BY_HAND, tier=Tier.HIGH, masked_until=date(2026, 5, 1))
    standard = Waiting(Tier.STANDARD, frozenset(), date(2026, 3, 12), SINCE)

    assert in_force(RULES, high, standard, (LOWER,), SINCE + timedelta(days=3)) == high


def test_override_holds_back_its_own_subject_only() -> None:
    assert counting(48, LOWER) == replace(counting(48), tier=Tier.STANDARD)
    assert counting(48, replace(LOWER, subject=Subject.NEUTROPENIA)) == replace(
        counting(48), flags=BY_HAND.flags
    )
    assert counting(48, replace(LOWER, subject=Subject.MASKED)) == replace(counting(48), masked_until=None)


def test_override_takes_away_nothing_that_staff_have_set() -> None:
    override = replace(LOWER, subject=Subject.PLATELETS_LOW)
    by_hand = replace(BY_HAND, tier=Tier.HIGH)

    assert counting(48, override, LOWER, by_hand=by_hand).tier is Tier.HIGH
    assert Subject.PLATELETS_LOW in counting(48, override, by_hand=by_hand).flags


def test_suggestion_counts_again_on_the_day_the_override_ends() -> None:
    days = {day: is_active(RULES, LOWER, date(2026, 4, day)) for day in (7, 8, 9, 10)}

    assert days == {7: True, 8: True, 9: False, 10: False}
    assert is_active(RULES, LOWER, date(2026, 3, 9)) is False


def test_override_without_a_second_person_never_counts() -> None:
    assert counting(48, replace(LOWER, second=None)).tier is Tier.HIGH


@pytest.mark.parametrize(
    ("changed", "expected"),
    [
        ({}, ()),
        ({"is_clinician": False}, (Refused.NO_CLINICIAN,)),
        ({"reason": ""}, (Refused.NO_REASON,)),
        ({"reason": "busy"}, (Refused.NO_REASON,)),
        ({"reason": "other", "text": "ten letter"}, ()),
        ({"reason": "other", "text": " nine lett "}, (Refused.TEXT_TOO_SHORT,)),
        ({"ends_on": None}, (Refused.NO_END,)),
        ({"ends_on": date(2026, 3, 10)}, (Refused.END_NOT_AHEAD,)),
        ({"ends_on": date(2026, 3, 11)}, ()),
        ({"ends_on": date(2026, 4, 10)}, (Refused.END_TOO_LATE,)),
        ({"second": None}, (Refused.NO_SECOND_PERSON,)),
        ({"second_is_clinician": False}, (Refused.NO_SECOND_PERSON,)),
        ({"second": "Ada"}, (Refused.SECOND_PERSON_IS_THE_SAME,)),
    ],
)
def test_going_below_takes_a_clinician_a_reason_an_end_and_a_second_person(
    changed: dict[str, Any], expected: tuple[Refused, ...]
) -> None:
    assert refusals(RULES, replace(LOWER, **changed)) == expected


@pytest.mark.parametrize("reason", ["known_baseline", "wrong_data", "clinical_judgement", "palliative_plan"])
def test_named_reasons_need_no_text(reason: str) -> None:
    assert refusals(RULES, replace(LOWER, reason=reason)) == ()


def test_going_above_needs_neither_an_end_nor_a_second_person() -> None:
    higher = replace(LOWER, is_lower=False, ends_on=None, second=None)

    assert refusals(RULES, higher) == ()
    assert is_active(RULES, higher, date(2036, 1, 1)) is True
    assert refusals(RULES, replace(higher, is_clinician=False)) == (Refused.NO_CLINICIAN,)


def test_assessment_waits_with_its_tier_flags_and_day() -> None:
    found = assess_risk(
        DOCUMENT,
        facts(
            day=6,
            person={"ecog": 2},
            course={"tocilizumab_last_day": 5},
            values=labs(lab("anc", 0.1, 5)),
        ),
    )

    assert waiting(found, DAY_ZERO, SINCE) == Waiting(
        tier=Tier.HIGH,
        flags=frozenset({Subject.NEUTROPENIA}),
        masked_until=DAY_ZERO + timedelta(days=19),
        since=SINCE,
    )


def test_days_on_which_it_is_computed_anew() -> None:
    days = [day for day in range(-10, 1200) if is_computed_on(RULES, day)]

    assert days == [-5, 0, 7, 14, 30, 60, 90, 100, 180, 270, 365, 730, 1095]
