"""What an invented family reports, and when."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from clinic.rules.protocols.document.parts import Phase
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring.assessment import PatientContext, facts_of, plan_of
from clinic.rules.protocols.simulation.cohort import Cohort, Sign
from clinic.rules.protocols.simulation.dice import Dice
from clinic.rules.protocols.simulation.people import HOURS, Event, Person

MINUTES = 60
_MEDICINES = ("antipyretic_6h", "steroid_48h", "alone_next_24h")


@dataclass(frozen=True)
class Moment:
    """A planned check-in (answered or left out), or a report that nobody asked for."""

    hour: float
    phase: str
    planned: bool
    answered: bool

    @property
    def day(self) -> int:
        return int(self.hour // HOURS)


def moments(protocol: Protocol, cohort: Cohort, person: Person, days: int) -> list[Moment]:
    """Every planned check-in while the person is at home, and what is reported between them, in order."""
    planned = [_planned(cohort, person, hour, phase) for hour, phase in _slots(protocol, person, days)]
    between = [_unasked(protocol, cohort, person, event) for event in person.events]
    found = [one for one in (*planned, *between) if one is not None and person.is_home(one.hour)]
    return sorted(found, key=lambda one: one.hour)


def _slots(protocol: Protocol, person: Person, days: int) -> Iterator[tuple[float, Phase]]:
    """The protocol's check-in times for somebody like them, in hours since the midnight of the infusion."""
    for day in range(days + 1):
        plan = plan_of(protocol, person.context(day))
        for clock in plan.times:
            hour, minute = clock.split(":")
            yield day * HOURS + int(hour) + int(minute) / MINUTES, plan.phase


def _planned(cohort: Cohort, person: Person, slot: float, phase: Phase) -> Moment:
    dice = Dice(person.seed, person.number, "check-in", slot)
    share = min(1.0, cohort.missed_share(slot / HOURS) * person.misses)
    if dice.happens(share):
        return Moment(slot, phase.code, planned=True, answered=False)
    late = dice.between(0, cohort.given["families.late_minutes"]["to"]) / MINUTES
    return Moment(slot + late, phase.code, planned=True, answered=True)


def _unasked(protocol: Protocol, cohort: Cohort, person: Person, event: Event) -> Moment | None:
    """Some families report by themselves once a sign is clear."""
    dice = Dice(person.seed, person.number, "onset", event.kind, event.first_sign)
    hour = dice.between(event.clear_from(), event.admitted)
    if not dice.happens(cohort.share("families.reports_at_onset")):
        return None
    started = [phase for phase in protocol.phases if phase.first_day <= hour // HOURS]
    return Moment(hour, (started or protocol.phases[:1])[-1].code, planned=False, answered=True)


def answers(protocol: Protocol, cohort: Cohort, person: Person, moment: Moment) -> dict[str, Any]:
    """The report of that moment: what is usual, what bothers, what an event shows, as far as it is seen."""
    dice = Dice(person.seed, person.number, "report", moment.hour)
    shown = _shown(person, moment.hour, dice)
    given = {
        **_scales(protocol, cohort, person, moment, shown, dice),
        **_readings(cohort, person, shown, dice),
        **{key: dice.happens(cohort.share(f"medicines.{key}")) for key in _MEDICINES},
    }
    return _asked(protocol, person.context(moment.day), given)


def _shown(person: Person, hour: float, dice: Dice) -> dict[str, float]:
    """What running events make of answers and readings; the worse where two show the same."""
    shown: dict[str, float] = {}
    for event in person.events:
        if event.first_sign <= hour < event.admitted:
            clear = hour >= event.clear_from()
            shown |= {sign.item: _size(sign, dice, clear=clear) for sign in event.signs}
    return shown


def _size(sign: Sign, dice: Dice, *, clear: bool) -> float:
    size = sign.clear if clear else sign.first
    return dice.between(*size) if isinstance(size, tuple) else size


def _scales(
    protocol: Protocol, cohort: Cohort, person: Person, moment: Moment, shown: dict[str, float], dice: Dice
) -> dict[str, int]:
    bothers: dict[str, int] = {}
    for episode in person.episodes:
        if episode.first_day <= moment.day < episode.end_day:
            bothers[episode.item] = episode.answer
            if episode.item == "diarrhea":
                bothers["diarrhea_days"] = moment.day - episode.first_day
    given: dict[str, int] = {}
    for item in protocol.scale_items:
        answer = max(bothers.get(item, 0), int(shown.get(item, 0)))
        seen = dice.happens(cohort.share("families.noticed"))
        usual = int(person.usual.get(item, 0))
        given[item] = min(max(usual, answer if seen else 0), protocol.question(item).highest)
    if given.get("diarrhea"):
        given["diarrhea_days"] = bothers.get("diarrhea_days", 0)
    return given


def _readings(cohort: Cohort, person: Person, shown: dict[str, float], dice: Dice) -> dict[str, Any]:
    """What was measured. A sign takes the place of the usual reading."""
    measured: dict[str, Any] = {}
    for item, answer_key in (("temp", "temp_value"), ("pulse", "pulse"), ("sbp", "sbp"), ("spo2", "spo2")):
        row = cohort.given[f"measured.{item}"]
        taken = dice.happens(row["share"])
        usual = dice.around(person.usual.get(item, row.get("mean", 0)), row["spread"])
        if taken:
            value = shown.get(item, usual)
            measured[answer_key] = round(value, 1) if item == "temp" else round(value)
    if "spo2" in measured:
        measured["spo2"] = min(100, measured["spo2"])
    check = cohort.given["measured.home_check"]
    done, slipped = dice.happens(check["share"]), dice.happens(check["slips"])
    if done:
        measured["home_check"] = round(shown.get("home_check", person.usual["home_check"] - slipped))
    return measured


def _asked(protocol: Protocol, context: PatientContext, given: dict[str, Any]) -> dict[str, Any]:
    """Only what the protocol asks this person on this day."""
    facts = facts_of(protocol, given, context)
    kept: dict[str, Any] = {}
    for question in protocol.questions:
        if question.ask_when is None or question.ask_when.holds(facts):
            kept |= {key: given[key] for key in question.answer_keys if key in given}
    return kept
