"""What is set because nobody answered: never less than before, and the same that the pure rule says."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clinic.rules.patients.risks import is_lower
from clinic.rules.risk import raising
from clinic.rules.risk.answers import InForce, Subject, Waiting, in_force
from clinic.rules.risk.facts import Tier
from tests.clinic.rules.risk.made_up import DAY_ZERO, DOCUMENT
from tests.clinic.rules.risk.test_only_adds import FLAGS, MANY, SINCE, hand_set, hours

masks = st.none() | st.dates(DAY_ZERO, DAY_ZERO + timedelta(days=60))
suggestions = st.builds(
    Waiting,
    tier=st.sampled_from(Tier),
    flags=st.frozensets(st.sampled_from(FLAGS)),
    masked_until=masks,
    since=st.just(SINCE),
)


def stored(told: Waiting) -> dict[str, object]:
    return {
        "tier": str(told.tier),
        "flags": sorted(str(flag) for flag in told.flags),
        "masked_until": told.masked_until.isoformat() if told.masked_until else None,
    }


def row(by_hand: InForce) -> dict[str, object]:
    """As the patient's columns hold it."""
    flags = {flag.value: flag in by_hand.flags for flag in FLAGS}
    return {"tier": str(by_hand.tier), "masked_until": by_hand.masked_until, **flags}


def after_waiting(by_hand: InForce, told: Waiting, waited: int) -> dict[str, object]:
    """The columns once the tick has been there."""
    now = SINCE + timedelta(hours=waited)
    columns = row(by_hand)
    before = raising.by_hand_of(columns)
    beyond = raising.beyond(stored(told), before, now.date())
    since = dict.fromkeys(beyond, SINCE.isoformat())
    due = raising.due(DOCUMENT.answers, since, now)
    changed = raising.changes(stored(told), before, due)
    return columns | {name: raising.as_kept(name, one["to"]) for name, one in changed.items()}


@MANY
@given(hand_set, suggestions, hours)
def test_nothing_is_ever_set_lower(by_hand: InForce, told: Waiting, waited: int) -> None:
    before, after = row(by_hand), after_waiting(by_hand, told, waited)

    today = (SINCE + timedelta(hours=waited)).date()
    assert not any(is_lower(name, before[name], after[name], today=today) for name in before)


@MANY
@given(hand_set, suggestions, hours)
def test_what_is_set_is_what_the_rule_says(by_hand: InForce, told: Waiting, waited: int) -> None:
    now = SINCE + timedelta(hours=waited)
    said, found = in_force(DOCUMENT.answers, by_hand, told, [], now), after_waiting(by_hand, told, waited)

    assert (found["tier"], {flag for flag in FLAGS if found[flag.value]}) == (str(said.tier), said.flags)
    # A day that has passed hides no fever, whichever of them stands there.
    counts = {one for one in (found["masked_until"], said.masked_until) if one and one >= now.date()}
    assert len(counts) <= 1


@pytest.mark.parametrize(
    ("by_hand", "is_beyond"),
    [(None, True), (date(2026, 4, 1), True), (date(2026, 4, 2), False), (date(2026, 4, 3), False)],
)
def test_a_mask_is_beyond_what_is_set_only_where_it_is_longer(by_hand: date | None, is_beyond: bool) -> None:
    told = {"tier": "standard", "flags": [], "masked_until": "2026-04-02"}
    found = raising.beyond(told, raising.ByHand("standard", frozenset(), by_hand), date(2026, 4, 1))

    assert (Subject.MASKED.value in found) is is_beyond


def test_a_mask_that_has_passed_asks_nobody() -> None:
    told = {"tier": "standard", "flags": [], "masked_until": "2026-04-02"}

    assert not raising.beyond(told, raising.ByHand("standard", frozenset(), None), date(2026, 4, 3))


@pytest.mark.parametrize("field", ["tier", "immune_risk", "masked_until"])
def test_a_column_and_its_subject_find_each_other(field: str) -> None:
    assert raising.field_of(raising.subject_of(field)) == field
