"""How much of what was due is known, what a figure may still turn out to be, and who reported how."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from clinic.rules.core.enums import Level
from clinic.rules.outcomes.alarm_load import WEEK, Phase
from clinic.rules.outcomes.followed import Followed, joined

# A figure that knows less than this of what was due says so.
_ENOUGH = Fraction(80, 100)


@dataclass(frozen=True)
class Known:
    """Known for so many of those due."""

    known: int
    due: int

    @property
    def is_incomplete(self) -> bool:
        return self.known < _ENOUGH * self.due

    def range_of(self, hits: int, of: int) -> tuple[float, float] | None:
        """The share of hits if each form that is missing hid an event and none, or all, were hits.

        None where nothing happened and nothing is missing.
        """
        most = of + self.due - self.known
        return (hits / most, (hits + most - of) / most) if most else None


@dataclass(frozen=True)
class Answered:
    """Planned check-ins, those in a pause left out, and how many a report answered."""

    planned: int
    answered: int

    @property
    def share(self) -> float | None:
        return self.answered / self.planned if self.planned else None


@dataclass(frozen=True)
class TierRate:
    """Serious events at home of the patients of one tier, and their weeks at home and monitored."""

    tier: str
    events: int
    weeks: float

    @property
    def per_week(self) -> float | None:
        return self.events / self.weeks if self.weeks else None


def tier_rates(people: Iterable[tuple[str, Followed]]) -> tuple[TierRate, ...]:
    """Whether the high tier has more events: once by the suggested tier, once by the one in force."""
    found: dict[str, list[Followed]] = {}
    for tier, person in people:
        found.setdefault(tier, []).append(person)
    return tuple(
        TierRate(
            tier,
            events=sum(len(person.eligible_hours) for person in those),
            weeks=sum(span.end - span.start for person in those for span in joined(person.at_home)) / WEEK,
        )
        for tier, those in sorted(found.items())
    )


def not_recorded(values: Iterable[object]) -> int:
    """How many are None, empty or "not recorded"."""
    return sum(value in (None, "", "not recorded") for value in values)


def levels_by_phase(
    people: Iterable[Followed], phases: Sequence[Phase]
) -> Mapping[str, Mapping[Level, Fraction]]:
    """The share of each level among the reports of a phase; phases without a report are left out."""
    found: dict[str, Counter[Level]] = {}
    for person in people:
        for report in person.reports:
            for phase in phases:
                if phase.start <= report.hour < phase.end:
                    found.setdefault(phase.name, Counter())[report.level] += 1
    return {
        name: {level: Fraction(counted[level], counted.total()) for level in Level}
        for name, counted in found.items()
    }
