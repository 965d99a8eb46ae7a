from __future__ import annotations

from itertools import pairwise

import pytest

from clinic.rules.core.enums import Level

ORDER = ["none", "watch", "same_day", "urgent", "emergency"]


@pytest.mark.parametrize(("lower", "higher"), list(pairwise(ORDER)))
def test_level_compares_by_seriousness(lower: str, higher: str) -> None:
    assert Level(lower) < Level(higher)
    assert Level(lower) <= Level(higher)
    assert Level(higher) > Level(lower)
    assert Level(higher) >= Level(lower)
    assert not Level(higher) < Level(lower)


def test_level_compares_with_its_stored_code() -> None:
    assert Level.URGENT > "same_day"
    assert Level.URGENT == "urgent"


def test_level_sorts_and_takes_the_worst() -> None:
    assert sorted(map(Level, reversed(ORDER))) == ORDER
    assert max(Level.WATCH, Level.EMERGENCY, Level.SAME_DAY) is Level.EMERGENCY


def test_level_rank_counts_from_none() -> None:
    assert [Level(code).rank for code in ORDER] == [0, 1, 2, 3, 4]


def test_family_calls_now_from_urgent_and_an_emergency_waits_for_no_further_question() -> None:
    assert [level for level in Level if level.is_pressing] == ["urgent", "emergency"]
    assert [level for level in Level if level.goes_out_at_once] == ["emergency"]


def test_level_that_does_not_exist_is_refused() -> None:
    with pytest.raises(ValueError, match="red"):
        Level("red")
