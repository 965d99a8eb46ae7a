from __future__ import annotations

from itertools import product

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


@pytest.mark.parametrize(
    ("sizes", "hidden"),
    [
        # The total is the small one's size: it must not be known whose it is.
        ({"vi": 6, "en": 0}, {"vi", "en"}),
        ({"vi": 10, "en": 0, "es": 0}, {"vi", "en"}),
        ({"vi": 11, "en": 0}, set()),
        # Of 1 each, or of 10 each: the total of both says so, and the next one to them does not.
        ({"vi": 1, "ar": 1, "en": 40, "es": 30}, {"vi", "ar", "es"}),
        ({"vi": 10, "ar": 10, "en": 40}, {"vi", "ar", "en"}),
        ({"vi": 1, "ar": 1, "en": 0}, {"vi", "ar", "en"}),
        ({"vi": 1, "ar": 2, "en": 40}, {"vi", "ar"}),
        ({"vi": 10, "ar": 9, "en": 40}, {"vi", "ar"}),
        # As without a total.
        ({"vi": 6, "en": 40, "es": 30}, {"vi", "es"}),
        ({"vi": 6, "en": 40, "es": 0}, {"vi", "en"}),
        # Everybody is in the one group, so that it is the total.
        ({"vi": 6}, {"vi"}),
        ({"vi": 0, "en": 0}, set()),
        ({}, set()),
    ],
)
def test_nothing_follows_from_a_total_that_stands_beside(sizes: dict[str, int], hidden: set[str]) -> None:
    assert groups.hidden(sizes, beside_total=True) == hidden


@settings(max_examples=examples(300), deadline=None)
@given(st.dictionaries(st.sampled_from("abcde"), st.integers(0, 14), min_size=2, max_size=4))
def test_total_says_the_size_of_no_small_group(sizes: dict[str, int]) -> None:
    """To whoever knows that one of those hidden is small: what is left of it fills them in several ways."""
    hidden = groups.hidden(sizes, beside_total=True)
    small = [name for name in hidden if 0 < sizes[name] < 11]
    if len(hidden) < 2:
        # Nothing is small, or nothing else could be hidden.
        assert not small or len(sizes) == 1
        return

    names, left = sorted(hidden), sum(sizes[name] for name in hidden)
    possible = [
        dict(zip(names, filled, strict=True))
        for filled in product(range(15), repeat=len(names))
        if sum(filled) == left and any(0 < n < 11 for n in filled)
    ]
    for name in small:
        assert len({one[name] for one in possible}) > 1


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
