from __future__ import annotations

from fractions import Fraction

import pytest

from clinic.rules.core.enums import Level
from clinic.rules.outcomes.alarm_load import PHASES
from clinic.rules.outcomes.completeness import (
    Answered,
    Known,
    TierRate,
    levels_by_phase,
    not_recorded,
    tier_rates,
)
from tests.clinic.rules.outcomes.made_up import at_home, followed, reports, stay


@pytest.mark.parametrize(("known", "incomplete"), [(79, True), (80, False), (100, False)])
def test_figure_that_knows_less_than_four_fifths_says_so(known: int, incomplete: bool) -> None:
    assert Known(known, 100).is_incomplete is incomplete


def test_missing_may_be_all_hits_or_none() -> None:
    assert Known(6, 10).range_of(3, 6) == (0.3, 0.7)
    assert Known(10, 10).range_of(3, 10) == (0.3, 0.3)
    assert Known(8, 10).range_of(0, 0) == (0.0, 1.0)
    assert Known(0, 0).range_of(0, 0) is None
    assert Known(0, 0).is_incomplete is False


def test_share_of_check_ins_that_were_answered() -> None:
    assert Answered(8, 6).share == 0.75
    assert Answered(0, 0).share is None


def test_what_nobody_recorded_is_counted_and_zero_is_recorded() -> None:
    assert not_recorded([None, "", "not recorded", 0, False, "en"]) == 3


def test_levels_are_shares_of_their_own_phase() -> None:
    people = [
        followed(reports=reports((0, "none"), (359, "urgent"))),
        followed(reports=reports((1, "none"), (2, "watch"), (360, "urgent"))),
    ]

    found = levels_by_phase(people, PHASES)

    assert found == {
        "a": {
            Level.NONE: Fraction(1, 2),
            Level.WATCH: Fraction(1, 4),
            Level.SAME_DAY: 0,
            Level.URGENT: Fraction(1, 4),
            Level.EMERGENCY: 0,
        },
        "b": {**dict.fromkeys(Level, 0), Level.URGENT: 1},
    }


def test_rate_of_serious_events_by_tier() -> None:
    ill = followed(at_home=at_home((0, 336)), stays=(stay(100),))
    well = followed(at_home=at_home((0, 168)))

    found = tier_rates([("high", ill), ("standard", well), ("high", well)])

    assert found == (TierRate("high", 1, 3.0), TierRate("standard", 0, 1.0))
    assert [rate.per_week for rate in found] == [pytest.approx(1 / 3), 0]
    assert TierRate("high", 0, 0.0).per_week is None
