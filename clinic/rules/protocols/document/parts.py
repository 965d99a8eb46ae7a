"""The pieces of a protocol that turn answers into a level, and a level into words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta

from clinic.rules.core.enums import Level
from clinic.rules.protocols.document.conditions import Condition
from clinic.rules.protocols.document.questions import Text, in_language


@dataclass(frozen=True)
class MissedTimer:
    """After so many hours without a report, this level."""

    hours: float
    level: Level


@dataclass(frozen=True)
class Phase:
    """A stretch of days with one schedule. Check-ins repeat every `every_days`, on `days_in_cycle`."""

    code: str
    titles: Text
    first_day: int
    last_day: int | None
    times: tuple[str, ...] = ()
    every_days: int = 1
    days_in_cycle: tuple[int, ...] = (0,)
    reminder_offsets_minutes: tuple[int, ...] = ()
    backup_contact_after_minutes: int | None = None
    missed: Mapping[str, tuple[MissedTimer, ...]] = field(default_factory=dict)

    def title(self, language: str) -> str:
        return in_language(self.titles, language)

    def missed_timers(self, tier: str) -> tuple[MissedTimer, ...]:
        """The timers of this tier; the standard ones where it has none of its own."""
        return self.missed.get(tier, self.missed.get("standard", ()))


@dataclass(frozen=True)
class RecheckTimer:
    """So many minutes after a second reading was due and did not come, this level."""

    minutes: int
    level: Level


@dataclass(frozen=True)
class Recheck:
    """When a report is followed by one more check-in, how long after it, and what follows if none comes."""

    when: Condition | None
    after: timedelta
    missed: tuple[RecheckTimer, ...]
    # Why staff are alarmed, with {minutes} since it was due and the {limit} that was reached.
    missed_whys: Text


@dataclass(frozen=True)
class Case:
    """A level and when it applies; without a condition it always does."""

    level: Level
    when: Condition | None
    whys: Text


@dataclass(frozen=True)
class Override:
    """Replaces (`level`) or caps (`at_most`) what a scale's column says about one answer, or all."""

    answer: int | None
    when: Condition | None
    level: Level | None
    at_most: Level | None
    whys: Text


@dataclass(frozen=True)
class Scale:
    """The level of each answer 1, 2, 3 of one question, per column (early, late)."""

    item: str
    columns: Mapping[str, tuple[Level, ...]]
    overrides: tuple[Override, ...]


@dataclass(frozen=True)
class TableRow:
    """A band of a number table, both ends included; None is open."""

    low: float | None
    high: float | None
    cases: tuple[Case, ...]


@dataclass(frozen=True)
class Table:
    """Bands of one measured number, and what a missing one means."""

    item: str
    when: Condition | None
    rows: tuple[TableRow, ...]
    missing: Case | None


@dataclass(frozen=True)
class Rule:
    """Something that several answers say together. The first case that applies gives the level."""

    id: str
    item: str | None
    cases: tuple[Case, ...]
    whys: Text
    staff_hints: Text


@dataclass(frozen=True)
class Trend:
    """A change since earlier reports: `steps_up`, `rise` or `persisting`.

    With `above_usual`, an answer at this person's stored usual value, or below it, does not persist.
    """

    id: str
    kind: str
    items: tuple[str, ...]
    amount: float
    within_hours: float | None
    when: Condition | None
    reports: int
    above_usual: bool
    level: Level
    raised_level: Level | None
    raised_when: Condition | None
    raised_domains: frozenset[str]
    whys: Text


@dataclass(frozen=True)
class Accumulation:
    """So many domains at a level or higher together mean another level."""

    id: str
    domains: int
    at: Level
    level: Level
    whys: Text


@dataclass(frozen=True)
class AdviceVariant:
    """What the caregiver is told in one situation."""

    when: Condition | None
    titles: Text
    steps: tuple[Text, ...]
    call: tuple[str, ...]
    notes: Text
