"""Invented people: who they are, when they are at home, what they complain of, what happens to them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from clinic.rules.protocols.scoring.assessment import PatientContext
from clinic.rules.protocols.simulation.cohort import Cohort, Complaint, EventKind, Sign
from clinic.rules.protocols.simulation.dice import Dice

HOURS = 24
_FLAGS = ("immune_risk", "neutropenia", "platelets_low")
# On either side of what protocols ask: 75 years, an hour's way.
_YOUNGER, _OLDER = 60, 78
_NEAR, _FAR = 30, 120
_USUAL_ANSWERS = ("pain", "activity", "movement")


@dataclass(frozen=True)
class Episode:
    """A complaint that is there from one day to before another."""

    item: str
    first_day: int
    end_day: int
    answer: int


@dataclass(frozen=True)
class Event:
    """A serious event: from its first sign to the hospital, in hours since the infusion's midnight."""

    kind: str
    first_sign: float
    admitted: float
    back_home: float
    signs: tuple[Sign, ...]

    def clear_from(self) -> float:
        """From then on its signs cannot be mistaken."""
        return (self.first_sign + self.admitted) / 2


@dataclass(frozen=True)
class Person:
    """One invented patient and family. `events` began at home; `away` holds every stay in hospital."""

    number: int
    seed: int
    target: str
    tier: str
    age: int
    minutes_to_centre: int
    flag_days: Mapping[str, tuple[int, int]]
    usual: Mapping[str, float]
    stored: Mapping[str, float]
    misses: float
    away: tuple[tuple[float, float], ...]
    episodes: tuple[Episode, ...]
    events: tuple[Event, ...]

    def is_home(self, hour: float) -> bool:
        """Whether this family reports at that hour at all."""
        return not any(start <= hour < end for start, end in self.away)

    def context(self, day: int) -> PatientContext:
        """What staff know about the person on that day."""
        flags = {flag: first <= day <= last for flag, (first, last) in self.flag_days.items()}
        return PatientContext(
            day=day,
            tier=self.tier,
            target=self.target,
            product="",
            age=self.age,
            masked=False,
            immune_risk=flags.get("immune_risk", False),
            neutropenia=flags.get("neutropenia", False),
            platelets_low=flags.get("platelets_low", False),
            baseline=self.stored,
            minutes_to_centre=self.minutes_to_centre,
            no_transport=False,
            findings=(),
            home_day=None,
        )


def person(cohort: Cohort, seed: int, number: int, days: int) -> Person:
    """The person with this number. The protocol has no say in who they are or what happens to them."""
    dice = Dice(seed, number, "person")
    home = Dice(seed, number, "home")
    target = "BCMA" if dice.happens(cohort.share("people.bcma")) else "CD19"
    tier = "high" if dice.happens(cohort.share("people.high_tier")) else "standard"
    flag_days = {flag: days_of for flag in _FLAGS if (days_of := _flag(cohort, flag, dice)) is not None}
    usual = _usual(cohort, dice)
    stored = usual if dice.happens(cohort.share("people.usual_stored")) else {}
    misses = dice.one_of(cohort.given["families.missed_by_family"]["factors"])
    outpatient = dice.happens(cohort.share("people.infused_as_outpatient"))
    home_day = dice.within(cohort.comes_home)
    first_stay = () if outpatient else ((0.0, home_day * HOURS),)
    events, away = _events(cohort, Dice(seed, number, "events"), target, first_stay, days)
    return Person(
        number=number,
        seed=seed,
        target=target,
        tier=tier,
        age=_OLDER if home.happens(cohort.share("people.from_75")) else _YOUNGER,
        minutes_to_centre=_FAR if home.happens(cohort.share("people.far")) else _NEAR,
        flag_days=flag_days,
        usual=usual,
        stored=stored,
        misses=misses,
        away=away,
        episodes=tuple(
            episode
            for item, complaint in cohort.background.items()
            for episode in _episodes(cohort, Dice(seed, number, item), item, complaint, days)
        ),
        events=events,
    )


def _flag(cohort: Cohort, flag: str, dice: Dice) -> tuple[int, int] | None:
    row = cohort.given[f"people.{flag}"]
    return (int(row["from_day"]), int(row["to_day"])) if dice.happens(row["share"]) else None


def _usual(cohort: Cohort, dice: Dice) -> dict[str, float]:
    sbp, spo2 = (cohort.given[f"usual.{key}"] for key in ("sbp", "spo2"))
    usual: dict[str, float] = {
        "sbp": round(dice.around(sbp["mean"], sbp["spread"])),
        "spo2": min(100, round(dice.around(spo2["mean"], spo2["spread"]))),
        "home_check": 9 if dice.happens(cohort.given["usual.home_check"]["one_less"]) else 10,
    }
    return usual | {item: int(dice.happens(cohort.share(f"usual.{item}"))) for item in _USUAL_ANSWERS}


def _episodes(cohort: Cohort, dice: Dice, item: str, complaint: Complaint, days: int) -> Iterator[Episode]:
    """Comes and goes from day to day so that its share of days and its mean length are those assumed."""
    began: int | None = None
    answer = 1
    for day in range(days + 1):
        share = complaint.early if day <= cohort.early_until else complaint.late
        starts = share if day == 0 else min(1.0, share / ((1 - share) * complaint.days))
        if began is None and dice.happens(starts):
            began, answer = day, 2 if dice.happens(complaint.second) else 1
        elif began is not None and dice.happens(1 / complaint.days):
            yield Episode(item, began, day, answer)
            began = None
    if began is not None:
        yield Episode(item, began, days + 1, answer)


def _events(
    cohort: Cohort, dice: Dice, target: str, away: tuple[tuple[float, float], ...], days: int
) -> tuple[tuple[Event, ...], tuple[tuple[float, float], ...]]:
    """Those that begin at home, in the order of time; each stay keeps the later ones from beginning."""
    drawn = sorted(
        (event for kind in cohort.events if (event := _drawn(kind, dice, target)) is not None),
        key=lambda event: event.first_sign,
    )
    happened: list[Event] = []
    for event in drawn:
        at_home = not any(event.first_sign < end and start < event.admitted for start, end in away)
        if at_home and event.admitted < (days + 1) * HOURS:
            happened.append(event)
            away = (*away, (event.admitted, event.back_home))
    return tuple(happened), away


def _drawn(kind: EventKind, dice: Dice, target: str) -> Event | None:
    """Draws the same number of chances whether it happens or not: a scaled cohort keeps the others."""
    happens = dice.happens(kind.share)
    first_sign = dice.within(kind.day) * HOURS
    admitted = first_sign + dice.within(kind.hours)
    signs = tuple(sign for sign in kind.signs if dice.happens(sign.share))
    if not happens or kind.target not in ("", target):
        return None
    return Event(kind.kind, first_sign, admitted, admitted + kind.stay_days * HOURS, signs)
