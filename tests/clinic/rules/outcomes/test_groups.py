from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.rules.outcomes import groups
from clinic.rules.outcomes.groups import Interval
from tests.examples import examples


@pytest.mark.parametrize(
    ("hits", "n", "low", "high"),
    [
        (85, 100, 0.767, 0.907),
        (33, 40, 0.681, 0.913),
        (0, 20, 0.0, 0.161),
        (20, 20, 0.839, 1.0),
        (1, 1, 0.207, 1.0),
    ],
)
def test_interval_by_wilson(hits: int, n: int, low: float, high: float) -> None:
    found = groups.wilson(hits, n)

    assert (found.low, found.high) == (pytest.approx(low, abs=5e-4), pytest.approx(high, abs=5e-4))


@pytest.mark.parametrize(("hits", "n"), [(0, 0), (3, 2), (-1, 2)])
def test_share_of_nothing_has_no_interval(hits: int, n: int) -> None:
    with pytest.raises(ValueError, match=f"{hits} of {n}"):
        groups.wilson(hits, n)


@settings(max_examples=examples(100), deadline=None)
@given(st.integers(1, 500).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_interval_holds_the_share_and_stays_within_0_and_1(counted: tuple[int, int]) -> None:
    hits, n = counted
    found = groups.wilson(hits, n)

    assert -1e-9 <= found.low <= hits / n + 1e-9
    assert hits / n - 1e-9 <= found.high <= 1 + 1e-9


@pytest.mark.parametrize(
    ("counted", "hidden"),
    [
        ({"en": (85, 100), "es": (30, 40)}, set()),
        ({"en": (85, 100), "es": (10, 11)}, set()),
        ({"en": (85, 100), "es": (9, 10)}, {"en", "es"}),
        ({"en": (85, 100), "es": (33, 40), "vi": (5, 6), "not recorded": (11, 14)}, {"vi", "not recorded"}),
        ({"en": (85, 100), "es": (33, 40), "vi": (5, 6), "ar": (1, 1)}, {"vi", "ar"}),
        ({"en": (85, 100), "vi": (0, 0)}, set()),
        ({"en": (85, 100), "es": (33, 40), "vi": (0, 0), "ar": (1, 1)}, {"ar", "es"}),
        ({"vi": (5, 6)}, {"vi"}),
    ],
)
def test_small_group_is_hidden_and_never_alone(counted: dict[str, tuple[int, int]], hidden: set[str]) -> None:
    found = groups.shares(counted)

    assert {one.name for one in found if one.is_hidden} == hidden
    assert all(one.share is None and one.interval is None for one in found if one.is_hidden or not one.n)
    assert all(one.interval is not None for one in found if one.n and not one.is_hidden)


@settings(max_examples=examples(200), deadline=None)
@given(st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 60), min_size=2))
def test_no_small_group_can_be_worked_out_from_the_total(sizes: dict[str, int]) -> None:
    found = groups.shares({name: (0, n) for name, n in sizes.items()})

    hidden = [one for one in found if one.is_hidden]
    has_other = any(one.n and not one.is_hidden for one in found)
    assert len(hidden) != 1 or not has_other


def test_gap_is_where_intervals_part() -> None:
    found = groups.shares({"en": (95, 100), "es": (50, 100), "vi": (90, 100), "ar": (2, 3), "zh": (1, 3)})

    assert groups.gaps(found) == (("en", "es"), ("es", "vi"))
    assert Interval(0.1, 0.2).overlaps(Interval(0.2, 0.3)) is True
    assert Interval(0.1, 0.2).overlaps(Interval(0.21, 0.3)) is False


def test_bands_on_both_sides_of_their_lines() -> None:
    ages = [groups.age_band(age) for age in (None, 0, 64, 65, 74, 75)]
    distances = [groups.distance_band(minutes) for minutes in (None, 60, 61)]
    scores = [groups.hct_ci_band(points) for points in (None, 0, 1, 2, 3)]

    assert ages == ["not recorded", "under 65", "under 65", "65 to 74", "65 to 74", "75 or over"]
    assert distances == ["not recorded", "60 minutes or less", "over 60 minutes"]
    assert scores == ["not recorded", "0", "1 to 2", "1 to 2", "3 or more"]
