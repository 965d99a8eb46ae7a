"""Shares of groups: with an interval, without cells so small that they tell of persons."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations

from clinic.rules.outcomes.competing_risks import SMALLEST_SHOWN

# The normal quantile of a 95 % interval.
_Z = 1.959964
NOT_RECORDED = "not recorded"
_AGE_BANDS = ((75, "75 or over"), (65, "65 to 74"), (0, "under 65"))
_FAR_MINUTES = 60


@dataclass(frozen=True)
class Interval:
    """Both ends of a share, 0 to 1."""

    low: float
    high: float

    def overlaps(self, other: Interval) -> bool:
        return self.low <= other.high and other.low <= self.high


@dataclass(frozen=True)
class GroupShare:
    """One group. A hidden one has neither share nor interval, one without any event neither as well."""

    name: str
    n: int
    is_hidden: bool
    share: float | None
    interval: Interval | None


def wilson(hits: int, n: int) -> Interval:
    """The 95 % interval of a share by Wilson's formula; ValueError without a single one."""
    if n <= 0 or not 0 <= hits <= n:
        raise ValueError(f"{hits} of {n}")
    share, square = hits / n, _Z * _Z
    shrunk = 1 + square / n
    centre = (share + square / (2 * n)) / shrunk
    half = _Z * math.sqrt(share * (1 - share) / n + square / (4 * n * n)) / shrunk
    return Interval(centre - half, centre + half)


def hidden(sizes: Mapping[str, int], *, beside_total: bool = False) -> frozenset[str]:
    """Which groups may not be shown: those of 1 to 10, and what would give one of them away.

    A single hidden one takes the smallest of the others along, because the total less the others would be its
    size. `beside_total`: the total itself stands where the groups do, so that a group can also follow from it
    where all others are empty, or where those hidden can only be of 1 each, or of 10.
    """
    found = {name for name, n in sizes.items() if 0 < n < SMALLEST_SHOWN}
    others = sorted((name for name in sizes if name not in found and sizes[name]), key=sizes.__getitem__)
    if len(found) == 1 and others:
        found.add(others.pop(0))
    if beside_total:
        others += [name for name in sizes if not sizes[name]]
        while others and _follow_from_total([sizes[name] for name in found]):
            found.add(others.pop(0))
    return frozenset(found)


def _follow_from_total(sizes: Sequence[int]) -> bool:
    """Whether their sum says how large each is, to whoever knows that small ones are of 1 to 10."""
    extremes = (len(sizes), len(sizes) * (SMALLEST_SHOWN - 1))
    return len(sizes) == 1 or (len(sizes) > 1 and all(sizes) and sum(sizes) in extremes)


def shares(groups: Mapping[str, tuple[int, int]], *, beside_total: bool = False) -> tuple[GroupShare, ...]:
    """Hits of events by group, without those that `hidden` says."""
    left_out = hidden({name: n for name, (_, n) in groups.items()}, beside_total=beside_total)
    return tuple(_share(name, hits, n, name in left_out) for name, (hits, n) in groups.items())


def gaps(found: tuple[GroupShare, ...]) -> tuple[tuple[str, str], ...]:
    """Pairs of groups to be looked at: their intervals do not overlap. That says nothing about fairness."""
    return tuple(
        (one.name, other.name)
        for one, other in combinations(found, 2)
        if one.interval and other.interval and not one.interval.overlaps(other.interval)
    )


def age_band(age: int | None) -> str:
    """In which age group somebody counts."""
    if age is None:
        return NOT_RECORDED
    return next(name for least, name in _AGE_BANDS if age >= least)


def distance_band(minutes: int | None) -> str:
    """Near up to an hour, that hour included."""
    if minutes is None:
        return NOT_RECORDED
    return "over 60 minutes" if minutes > _FAR_MINUTES else "60 minutes or less"


def hct_ci_band(points: int | None) -> str:
    """The three groups of the score."""
    if points is None:
        return NOT_RECORDED
    return "0" if points == 0 else "1 to 2" if points < 3 else "3 or more"


def _share(name: str, hits: int, n: int, is_hidden: bool) -> GroupShare:
    if is_hidden or n == 0:
        return GroupShare(name, n, is_hidden, None, None)
    return GroupShare(name, n, False, hits / n, wilson(hits, n))
