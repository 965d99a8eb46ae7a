"""Monitoring that fits a person: what a clinic adds for whom, on top of the phase that everybody is in.

An addition only adds: check-ins beside those of the phase, timers of which the sooner counts, questions that
are asked besides. Nothing here takes anything away, so whoever is known to be at risk is never watched less.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Protocol as Shape

from clinic.rules.core.enums import Level
from clinic.rules.protocols.document.conditions import Condition, Value
from clinic.rules.protocols.document.parts import MissedTimer, Phase

# The reasons of a risk assessment (rules/risk/majors.py, minors.py) for which a clinic may add something, and
# the tier as it is set. A test holds that the assessment knows every one of them.
HIGH_TIER = "high_tier"
# From the facts alone (rules/risk/fact_sheet.py), never a reason for a tier: how a family can be reached, and
# an illness of the heart, which scores count only as one of many.
FROM_FACTS = frozenset({"heart_illness", "interpreter", "reading_help", "no_smartphone"})
FINDINGS = FROM_FACTS | frozenset(
    {
        *("comorbidity", "disease", "ecog", "hematotox", "iec_hs", "icaht", "infection", "lvef", "steroids"),
        *("toxicity", "age", "bridging", "caregiver", "diabetes", "distance", "easix", "egfr", "frailty"),
        *("immunity", "ldh", "prior_hct", "prior_infection", "product", HIGH_TIER),
    }
)

# From which day the days of an addition count: day 0, or the day on which the patient last came home.
INFUSION, HOME = "infusion", "home"
ORIGINS = frozenset({INFUSION, HOME})

# What may be asked for of laboratories: groups of protocols/risk.yaml, and labs. A test holds them together.
LAB_GROUPS = frozenset({"cbc", "ferritin_crp", "igg", "cd4", "creatinine", "fibrinogen"})

# What may be asked of staff; their words are in queries/risk/words.py.
CARE_TASKS = frozenset(
    {
        *("ask_falls", "glucose_plan", "heart_tests", "marrow_review", "night_cover", "nurse_call"),
        *(
            "overnight_stay",
            "phone_way",
            "prophylaxis_end",
            "prophylaxis_plan",
            "second_contact",
            "teach_back",
        ),
    }
)
# What a care task may need besides: reasons of the assessment, or a fact that no score uses.
STEROIDS_GIVEN = "steroids_given"
# What may be asked for before monitoring starts, beside a usual value of the document's `baselines`.
SECOND_CONTACT = "second_contact"
NEEDS = FINDINGS | {STEROIDS_GIVEN}


@dataclass(frozen=True)
class Ask:
    """A question that is asked whatever the phase says, and the level where it stays unanswered."""

    item: str
    unanswered: Level


@dataclass(frozen=True)
class LabsAsked:
    """A lab, or a group of labs, that is due where the newest sample is older than so many days.

    `last_day` None is for ever. Its days are its own, whichever days the addition's check-ins are on.
    """

    group: str
    first_day: int
    last_day: int | None
    within_days: int


@dataclass(frozen=True)
class TaskAsked:
    """A care task: what is asked of staff once, or on each of some days; it never reaches a phone.

    `counted_from` home is the day on which they last came home, or day 0 for whoever was not away, and only
    while they are at home. After `last_day` nobody is asked any more. With `needs` it is for those alone who
    have all of them as well.
    """

    task: str
    counted_from: str
    days: tuple[int, ...]
    last_day: int | None
    needs: frozenset[str]


@dataclass(frozen=True)
class StaffCall:
    """Staff call the family when so many reminders are out, counted from 1: this level on the worklist."""

    reminder: int
    level: Level

    def timer(self, phase: Phase) -> MissedTimer | None:
        """When that is in a phase; None where it sends no such reminder."""
        offsets = phase.reminder_offsets_minutes
        if not 1 <= self.reminder <= len(offsets):
            return None
        return MissedTimer(hours=offsets[self.reminder - 1] / 60, level=self.level)


@dataclass(frozen=True)
class Addition:
    """What a clinic adds for whom: those with one of the `findings`, or for whom `when` holds.

    `last_day` None is for ever. Its check-ins repeat as those of a phase do, counted from `first_day`.
    `counted_from` says from where its days count. `timers_of_tier` names a tier whose timers of the phase
    count as well. `before_start` is what the go-home check asks for: a second contact, or usual values.
    """

    code: str
    active: bool
    findings: frozenset[str]
    when: Condition | None
    counted_from: str
    first_day: int
    last_day: int | None
    times: tuple[str, ...]
    every_days: int
    days_in_cycle: tuple[int, ...]
    backup_contact_after_minutes: int | None
    missed: tuple[MissedTimer, ...]
    timers_of_tier: str
    staff_call: StaffCall | None
    asks: tuple[Ask, ...]
    labs: tuple[LabsAsked, ...]
    tasks: tuple[TaskAsked, ...]
    before_start: tuple[str, ...]

    def is_on(self, day: int) -> bool:
        return self.first_day <= day and (self.last_day is None or day <= self.last_day)

    def in_days_of_course(self, home_day: int | None) -> Addition | None:
        """The same with its days counted from day 0; None where they count from a day that never was."""
        if self.counted_from == INFUSION:
            return self
        if home_day is None:
            return None
        last = None if self.last_day is None else self.last_day + home_day
        return replace(self, counted_from=INFUSION, first_day=self.first_day + home_day, last_day=last)


class Someone(Shape):
    """What additions ask of a person. Nothing that an assessment says stands in their conditions."""

    @property
    def tier(self) -> str: ...
    @property
    def target(self) -> str: ...
    @property
    def product(self) -> str: ...
    @property
    def age(self) -> int | None: ...
    @property
    def minutes_to_centre(self) -> int | None: ...
    @property
    def no_transport(self) -> bool: ...
    @property
    def findings(self) -> Sequence[str]: ...
    @property
    def home_day(self) -> int | None: ...


def facts_of_person(someone: Someone) -> dict[str, Value]:
    """The names that conditions of additions may use."""
    return {
        "target": someone.target,
        "product": someone.product,
        "age": someone.age,
        "minutes_to_centre": someone.minutes_to_centre,
        "no_transport": someone.no_transport,
    }


def additions_for(additions: Sequence[Addition], someone: Someone) -> tuple[Addition, ...]:
    """What is switched on and meant for this person, on whatever day; days count from day 0."""
    if not additions:
        return ()
    meant = _meant_for(additions, someone)
    return tuple(fixed for one in meant if (fixed := one.in_days_of_course(someone.home_day)) is not None)


def asked_before_start(additions: Sequence[Addition], someone: Someone) -> Mapping[str, tuple[str, ...]]:
    """What has to be there before this person is monitored, and the codes of the additions that ask for it.

    Whichever day it is: nobody has come home yet, so days from there are still to come.
    """
    found: dict[str, tuple[str, ...]] = {}
    for one in _meant_for(additions, someone):
        for asked in one.before_start:
            found[asked] = (*found.get(asked, ()), one.code)
    return found


def _meant_for(additions: Sequence[Addition], someone: Someone) -> Iterator[Addition]:
    held = {*someone.findings, *([HIGH_TIER] if someone.tier == "high" else [])}
    facts = facts_of_person(someone)
    for one in additions:
        if one.active and (one.findings & held or (one.when is not None and one.when.holds(facts))):
            yield one


@dataclass(frozen=True)
class DayPlan:
    """One day of one person: its phase, and what is added to it.

    `gap` is the time from one check-in to the next, on average: the shortest of the phase's and of what is
    added.
    """

    phase: Phase
    times: tuple[str, ...]
    gap: timedelta
    backup_contact_after_minutes: int | None
    added: tuple[Addition, ...]

    def missed_timers(self, tier: str) -> tuple[MissedTimer, ...]:
        """The phase's timers of this tier, and those added; whichever is reached counts."""
        return (*self.phase.missed_timers(tier), *self._added_timers())

    def _added_timers(self) -> Sequence[MissedTimer]:
        named = [timer for one in self.added for timer in self.phase.missed.get(one.timers_of_tier, ())]
        calls = [one.staff_call.timer(self.phase) for one in self.added if one.staff_call]
        return [
            *named,
            *(timer for one in self.added for timer in one.missed),
            *(timer for timer in calls if timer is not None),
        ]

    @property
    def asks(self) -> Mapping[str, Level]:
        """Questions that are asked besides, each with the highest level of its staying unanswered."""
        found: dict[str, Level] = {}
        for one in self.added:
            for ask in one.asks:
                found[ask.item] = max(ask.unanswered, found.get(ask.item, Level.NONE))
        return found


def day_plan(phase: Phase, day: int, additions: Sequence[Addition]) -> DayPlan:
    """The day in this phase of somebody for whom these additions are meant."""
    added = tuple(one for one in additions if one.is_on(day))
    times = {*_times_on(phase, day), *(clock for one in added for clock in _times_on(one, day))}
    backups: list[Phase | Addition] = [phase, *added]
    asked = [
        one.backup_contact_after_minutes for one in backups if one.backup_contact_after_minutes is not None
    ]
    return DayPlan(
        phase=phase,
        times=tuple(sorted(times)),
        gap=min([usual_gap(phase), *(usual_gap(one) for one in added if one.times), *_gap_of(added, times)]),
        backup_contact_after_minutes=min(asked, default=None),
        added=added,
    )


def usual_gap(plan: Phase | Addition) -> timedelta:
    """The time from one check-in to the next, on average."""
    return timedelta(days=plan.every_days) / max(1, len(plan.times) * len(plan.days_in_cycle))


def _times_on(plan: Phase | Addition, day: int) -> tuple[str, ...]:
    """Where the patient is on this day."""
    return plan.times if (day - plan.first_day) % plan.every_days in plan.days_in_cycle else ()


def _gap_of(added: Sequence[Addition], times: set[str]) -> list[timedelta]:
    """Of a day on which the times of several plans meet."""
    return [timedelta(days=1) / len(times)] if added and times else []
