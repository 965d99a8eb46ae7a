"""CAR-HEMATOTOX: how likely blood counts stay low for long."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from clinic.rules.risk.lines import points_of
from clinic.rules.risk.shape import HematotoxRules


class Group(StrEnum):
    LOW = "low"
    HIGH = "high"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Hematotox:
    """The sum lies between both ends; they are the same where every marker is known."""

    lowest: int
    highest: int
    group: Group


def hematotox(rules: HematotoxRules, markers: Mapping[str, Fraction | None]) -> Hematotox:
    """The sum of five markers before lymphodepletion, platelets and ferritin with up to two points.

    Source: Rejeski, Blood 2021;138:2499; the cut-offs are remembered, equality counts by our choice.
    Population: large B-cell lymphoma after axi-cel or tisa-cel (258), BCMA myeloma (113). Validity:
    sensitivity 89 %, specificity 68 % for fourteen days of neutropenia; in a Dutch population 70 % were high
    and it told less. So "high" alone is no reason for the high tier. A missing marker may have any of its
    points: only a group that they cannot change is said.
    """
    lowest = highest = 0
    for name, lines in rules.markers.items():
        value = markers.get(name)
        if value is None:
            highest += max(line.points for line in lines)
            continue
        points = points_of(lines, value)
        lowest, highest = lowest + points, highest + points
    return Hematotox(lowest, highest, _group(rules, lowest, highest))


def _group(rules: HematotoxRules, lowest: int, highest: int) -> Group:
    if rules.high.holds(lowest):
        return Group.HIGH
    return Group.LOW if rules.low.holds(highest) else Group.UNKNOWN
