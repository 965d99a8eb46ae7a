"""Of what people are lost first: the illness coming back, or death without it.

Aalen-Johansen: whoever has had the one can no longer have the other, so the two shares and the share without
either always add up to one. One minus Kaplan-Meier would count the lost as still able to have it, and is
never shown.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

# No cell of 1 to 10 people may be shown or worked out (rule of the US Medicare agency, resdac.org/node/1506).
SMALLEST_SHOWN = 11
# The one cause of death that is the illness itself.
DISEASE = "disease"


class First(StrEnum):
    """What came first."""

    NONE = "none"
    DEATH = "death"
    RELAPSE = "relapse"


@dataclass(frozen=True)
class FirstEvent:
    """One person's first event and its day after the infusion; NONE at the last contact."""

    day: int
    kind: First


@dataclass(frozen=True)
class Incidence:
    """The shares from this day on. `at_risk`: how many had had neither, and were still seen, before it."""

    day: int
    without_relapse: Fraction
    relapse: Fraction
    event_free: Fraction
    at_risk: int

    @property
    def may_be_shown(self) -> bool:
        return self.at_risk >= SMALLEST_SHOWN


def first_event(
    *, last_contact_day: int, relapse_day: int | None, death_day: int | None, death_cause: str
) -> FirstEvent:
    """Death after a relapse, and death of the disease, count as relapse, whatever cause is written."""
    if relapse_day is not None and (death_day is None or relapse_day <= death_day):
        return FirstEvent(relapse_day, First.RELAPSE)
    if death_day is not None:
        return FirstEvent(death_day, First.RELAPSE if death_cause == DISEASE else First.DEATH)
    return FirstEvent(last_contact_day, First.NONE)


def incidence(events: Iterable[FirstEvent]) -> tuple[Incidence, ...]:
    """One step for each day on which somebody had an event. Who was last seen on a day is at risk on it."""
    people = tuple(events)
    event_free, deaths, relapses = Fraction(1), Fraction(0), Fraction(0)
    steps = []
    for day in sorted({one.day for one in people if one.kind is not First.NONE}):
        at_risk = _at_risk(people, day)
        died, relapsed = (_count(people, day, kind) for kind in (First.DEATH, First.RELAPSE))
        deaths += event_free * Fraction(died, at_risk)
        relapses += event_free * Fraction(relapsed, at_risk)
        event_free *= 1 - Fraction(died + relapsed, at_risk)
        steps.append(Incidence(day, deaths, relapses, event_free, at_risk))
    return tuple(steps)


def incidence_on(events: Iterable[FirstEvent], day: int) -> Incidence:
    """The shares on a day, and how many were still at risk on it."""
    people = tuple(events)
    last = next((step for step in reversed(incidence(people)) if step.day <= day), None)
    at_risk = _at_risk(people, day)
    if last is None:
        return Incidence(day, Fraction(0), Fraction(0), Fraction(1), at_risk)
    return Incidence(day, last.without_relapse, last.relapse, last.event_free, at_risk)


def one_minus_kaplan_meier(events: Iterable[FirstEvent], kind: First, day: int) -> Fraction:
    """What is often drawn and is too high: whoever is lost otherwise counts as censored. To compare only."""
    people = tuple(events)
    without = Fraction(1)
    for at in sorted({one.day for one in people if one.kind is kind and one.day <= day}):
        without *= 1 - Fraction(_count(people, at, kind), _at_risk(people, at))
    return 1 - without


def _at_risk(people: Sequence[FirstEvent], day: int) -> int:
    return sum(one.day >= day for one in people)


def _count(people: Sequence[FirstEvent], day: int, kind: First) -> int:
    return sum(one.day == day and one.kind is kind for one in people)
