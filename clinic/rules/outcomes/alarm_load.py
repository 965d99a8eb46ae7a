"""What escalations cost and were worth: how many, whether rightly, how soon somebody was in touch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from clinic.rules.core.enums import Level
from clinic.rules.outcomes.detection import Hours
from clinic.rules.outcomes.followed import DAY, Followed, Opened, Received, joined

# An escalation is right if a serious event follows within so many hours.
RIGHT_WITHIN = 72.0
WEEK = 7 * DAY
# Two reports at same day or above that lie further apart are two runs.
LONGEST_PAUSE = 24.0


@dataclass(frozen=True)
class Phase:
    """Whole days after the infusion, both included; `to_day` None has no end."""

    name: str
    from_day: int
    to_day: int | None

    @property
    def start(self) -> float:
        return self.from_day * DAY

    @property
    def end(self) -> float:
        """The first hour that is no longer of it."""
        return float("inf") if self.to_day is None else (self.to_day + 1) * DAY


# The phases in which figures are told, so that clinics compare whatever phases their protocols have.
PHASES = (
    Phase("a", 0, 14),
    Phase("b", 15, 30),
    Phase("c", 31, 100),
    Phase("d", 101, 365),
    Phase("e", 366, None),
)


@dataclass(frozen=True)
class RuleWorth:
    """Of the escalations that held one rule: rightly, wrongly, and those of which nobody knows."""

    rule: str
    right: int
    wrong: int
    unknown: int

    @property
    def predictive_value(self) -> float | None:
        """Right ones of those that are known; None where none is."""
        known = self.right + self.wrong
        return self.right / known if known else None


@dataclass(frozen=True)
class Load:
    """Escalations at urgent or above in one phase, and the weeks at home and monitored."""

    phase: str
    escalations: int
    weeks: float

    @property
    def per_week(self) -> float | None:
        return self.escalations / self.weeks if self.weeks else None


@dataclass(frozen=True)
class Contact:
    """From the first sign of something to a call that reached somebody; who was never reached is counted."""

    hours: Hours
    without_contact: int


def worth_of_rules(people: Iterable[Followed]) -> tuple[RuleWorth, ...]:
    """By rule; an escalation with three rules counts once under each.

    Right: something was done, or a serious event followed, monitored or not. Wrong: nothing was done and
    none did.
    """
    found: dict[str, list[bool | None]] = {}
    for one, verdict in _verdicts(people):
        for rule in dict.fromkeys(one.rules):
            found.setdefault(rule, []).append(verdict)
    return tuple(_worth(rule, verdicts) for rule, verdicts in sorted(found.items()))


def worth_of_all(people: Iterable[Followed]) -> RuleWorth:
    """The same of all escalations together, each once."""
    return _worth("", [verdict for _, verdict in _verdicts(people)])


def loads(people: Iterable[Followed], phases: Sequence[Phase] = PHASES) -> tuple[Load, ...]:
    """Each phase in which somebody was monitored or an escalation opened."""
    everybody = tuple(people)
    found = (_load(everybody, phase) for phase in phases)
    return tuple(load for load in found if load.escalations or load.weeks)


def contact(people: Iterable[Followed]) -> Contact:
    """For each escalation, from the start of the run of reports that ends in it to the first contact."""
    hours, without = [], 0
    for person in people:
        for one in person.escalations:
            if one.contact_hour is None:
                without += 1
            else:
                hours.append(one.contact_hour - _run_begins(one.hour, person.reports))
    return Contact(Hours(tuple(sorted(hours))), without)


def _verdicts(people: Iterable[Followed]) -> Iterator[tuple[Opened, bool | None]]:
    return ((one, _was_right(one, person.serious_hours)) for person in people for one in person.escalations)


def _worth(rule: str, verdicts: Sequence[bool | None]) -> RuleWorth:
    return RuleWorth(rule, verdicts.count(True), verdicts.count(False), verdicts.count(None))


def _was_right(one: Opened, serious_hours: Iterable[float]) -> bool | None:
    if one.acted or any(one.hour <= hour <= one.hour + RIGHT_WITHIN for hour in serious_hours):
        return True
    return one.acted


def _load(people: Sequence[Followed], phase: Phase) -> Load:
    hours = sum(_hours_within(person, phase) for person in people)
    opened = sum(phase.start <= one.hour < phase.end for person in people for one in person.escalations)
    return Load(phase.name, opened, hours / WEEK)


def _hours_within(person: Followed, phase: Phase) -> float:
    return sum(
        max(0.0, min(span.end, phase.end) - max(span.start, phase.start)) for span in joined(person.at_home)
    )


def _run_begins(opened: float, reports: Iterable[Received]) -> float:
    """Back from the escalation while one report follows another, each at same day or above."""
    begins = opened
    for report in _back_from(opened, reports):
        if report.level < Level.SAME_DAY or begins - report.hour > LONGEST_PAUSE:
            break
        begins = report.hour
    return begins


def _back_from(hour: float, reports: Iterable[Received]) -> Iterator[Received]:
    return iter(sorted((one for one in reports if one.hour <= hour), key=lambda one: one.hour, reverse=True))
