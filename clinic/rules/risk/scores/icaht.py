"""ICAHT: how long and how deep neutrophils stay low after the infusion, early and late; and platelets.

Source: EHA/EBMT consensus, Rejeski, Blood 2023;142:865, by the public description of automated grading of
the Fred Hutch group; that three days above the low line end a spell is CIBMTR's. Population: lymphoma and
myeloma after CAR-T. Validity: a severe grade went with severe infection (49 v 13 %). Days without a count
beyond a week are unknown, not normal and not low.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from clinic.rules.risk.labs import LabRecord
from clinic.rules.risk.lines import Line, points_of
from clinic.rules.risk.shape import EarlyIcahtRules, LateIcahtRules, PlateletIcahtRules

# The kept unit is 10^9/L, the lines are in cells/uL.
_CELLS = 1000


@dataclass(frozen=True)
class Spell:
    """Days at or below a line, both ends included, with the short rises in between."""

    first_day: int
    last_day: int

    @property
    def days(self) -> int:
        return self.last_day - self.first_day + 1


def early(rules: EarlyIcahtRules, record: LabRecord) -> int | None:
    """The grade of the first month so far; None without any count in it."""
    counts = {value.day: value.value * _CELLS for value in record.between("anc", 0, rules.last_day)}
    if not counts:
        return None
    filled = _daily(counts, min(record.day, rules.last_day), rules.longest_gap_days)
    daily = {day: _rounded(count, rules.rounded_to) for day, count in filled.items()}
    low = _spells(daily, rules.low, rules.recovery_days)
    very_low = _spells(daily, rules.very_low, rules.recovery_days)
    return max(
        points_of(rules.low_days, _longest(low)),
        points_of(rules.very_low_days, _longest(very_low)),
        *(_never_recovered(rules, spell) for spell in low),
        0,
    )


def late(rules: LateIcahtRules, record: LabRecord, after_day: int) -> int | None:
    """The grade after the first month so far, by the two lowest counts; None without any count."""
    counts = sorted(value.value * _CELLS for value in record.between("anc", after_day + 1, record.day))
    if not counts:
        return None
    grade = points_of(rules.grades, counts[0])
    is_dip = len(counts) > 1 and rules.dip.holds(counts[1])
    return 0 if is_dip and not rules.counts_in_a_dip.holds(grade) else grade


def platelets(rules: PlateletIcahtRules, record: LabRecord) -> int | None:
    """T-ICAHT, the grade of low platelets in the first month so far; None without any count in it.

    It is kept and shown, and no rule reads it. Source: the days and lines in an ASH self-assessment text; how
    gaps are filled is as for neutrophils, and that one day above the line ends a spell is ours.
    """
    counts = {value.day: value.value for value in record.between("platelets", 0, rules.last_day)}
    if not counts:
        return None
    daily = _daily(counts, min(record.day, rules.last_day), rules.longest_gap_days)
    return max(
        points_of(rules.low_days, _longest(_spells(daily, rules.low, recovery_days=1))),
        points_of(rules.very_low_days, _longest(_spells(daily, rules.very_low, recovery_days=1))),
    )


def _daily(counts: Mapping[int, Fraction], end: int, longest_gap: int) -> dict[int, Fraction]:
    """A count for each day: straight lines over short gaps, level before the first and after the last."""
    known = sorted(counts)
    lines = [(known[0] - gap, counts[known[0]]) for gap in range(1, _gap(known[0], longest_gap) + 1)]
    lines += [
        (known[-1] + gap, counts[known[-1]]) for gap in range(1, _gap(end - known[-1], longest_gap) + 1)
    ]
    for before, after in itertools.pairwise(known):
        step = (counts[after] - counts[before]) / (after - before)
        lines += [
            (before + gap, counts[before] + step * gap)
            for gap in range(1, _gap(after - before - 1, longest_gap) + 1)
        ]
    return dict([*counts.items(), *lines])


def _gap(days: int, longest: int) -> int:
    """How many of so many missing days are filled: all or none."""
    return days if days <= longest else 0


def _rounded(count: Fraction, to: int) -> int:
    return round(count / to) * to


def _spells(
    daily: Mapping[int, int] | Mapping[int, Fraction], line: Line, recovery_days: int
) -> tuple[Spell, ...]:
    """Runs of days at which the line holds; fewer days in between than recovery takes end none."""
    found: list[Spell] = []
    for day in sorted(day for day, count in daily.items() if line.holds(count)):
        if found and day - found[-1].last_day <= recovery_days:
            found[-1] = Spell(found[-1].first_day, day)
        else:
            found.append(Spell(day, day))
    return tuple(found)


def _longest(spells: Iterable[Spell]) -> int:
    return max((spell.days for spell in spells), default=0)


def _never_recovered(rules: EarlyIcahtRules, spell: Spell) -> int:
    runs_still = spell.last_day == rules.last_day
    begins = rules.never_recovered.begins.holds(spell.first_day)
    return rules.never_recovered.points if runs_still and begins else 0
