"""Which flags are suggested, and why. A flag that staff have set stays until a person takes it away."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from clinic.rules.risk.facts import Facts
from clinic.rules.risk.labs import LabRecord
from clinic.rules.risk.majors import known_by
from clinic.rules.risk.minors import low_and_valid
from clinic.rules.risk.reasons import Evidence, Reason, fact, of_lab
from clinic.rules.risk.scores.hematotox import Group
from clinic.rules.risk.scores.summary import Scores
from clinic.rules.risk.shape import RiskDocument


@dataclass(frozen=True)
class FlagSuggestions:
    """Why each flag is suggested, empty where it is not. `masked_until_day` counts, and may have passed."""

    neutropenia: tuple[Evidence, ...]
    platelets_low: tuple[Evidence, ...]
    immune_risk: tuple[Evidence, ...]
    masked: tuple[Evidence, ...]
    masked_until_day: int | None

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """One for each flag that is suggested."""
        found = {
            "neutropenia": self.neutropenia,
            "platelets_low": self.platelets_low,
            "immune_risk": self.immune_risk,
            "masked": self.masked,
        }
        return tuple(Reason(key, f"flags.{key}", 0, evidence) for key, evidence in found.items() if evidence)


def suggest_flags(document: RiskDocument, facts: Facts, record: LabRecord, scores: Scores) -> FlagSuggestions:
    """The four flags on this day, by the document's table."""
    return FlagSuggestions(
        neutropenia=tuple(_neutropenia(document, record, scores)),
        platelets_low=tuple(_platelets_low(document, record)),
        immune_risk=tuple(_immune_risk(document, facts, record, scores)),
        masked=tuple(_masked(document, facts)),
        masked_until_day=masked_until(document, facts),
    )


def masked_until(document: RiskDocument, facts: Facts) -> int | None:
    """The last day on which a medicine may hide fever: the later of both medicines' days.

    A last day that is still to come counts too: the medicine is being given.
    """
    rules, course = document.flags.masked, facts.course
    ends = [
        day + after
        for day, after in (
            (course.tocilizumab_last_day, rules.after_tocilizumab_days),
            (course.steroid_last_day, rules.after_steroid_days),
        )
        if day is not None
    ]
    return max(ends, default=None)


def _neutropenia(document: RiskDocument, record: LabRecord, scores: Scores) -> Iterator[Evidence]:
    rules, unit = document.flags.neutropenia, document.labs["anc"].unit
    since_infusion = record.between("anc", 0, record.day)
    low = [value for value in since_infusion if rules.low.holds(value.value)]
    newest = since_infusion[-rules.recovered_after_values :]
    has_recovered = len(newest) == rules.recovered_after_values and not set(newest) & set(low)
    if low and not has_recovered:
        yield of_lab(low[-1], unit)
    is_uncounted = record.valid("anc", rules.without_count.valid_days) is None
    is_early = 0 <= record.day <= rules.without_count.last_day
    if is_early and is_uncounted and scores.hematotox.group is not Group.LOW:
        yield fact("hematotox", scores.hematotox.group)


def _platelets_low(document: RiskDocument, record: LabRecord) -> Iterator[Evidence]:
    rules = document.flags.platelets_low
    values = record.named("platelets")
    low = [value for value in values if rules.low.holds(value.value)]
    newest = values[-rules.recovered_after_values :]
    has_recovered = len(newest) == rules.recovered_after_values and not set(newest) & set(low)
    if low and not has_recovered:
        yield of_lab(low[-1], document.labs["platelets"].unit)


def _immune_risk(
    document: RiskDocument, facts: Facts, record: LabRecord, scores: Scores
) -> Iterator[Evidence]:
    rules, course, day = document.flags.immune_risk, facts.course, facts.day
    for name, rule in (("igg", rules.igg), ("cd4", rules.cd4), ("cd19", rules.cd19)):
        value = low_and_valid(record, name, rule)
        if value is not None:
            yield of_lab(value, document.labs[name].unit)
    if course.ivig_last_day is not None and day - course.ivig_last_day <= rules.ivig_days:
        yield fact("ivig", True, course.ivig_last_day)
    for one in known_by(course.infections, day):
        if rules.infection.grade.holds(one.grade) and day - one.day <= rules.infection.for_days:
            yield fact("infection", one.grade, one.day)
    if facts.background.prior_transplant in rules.transplants:
        yield fact("prior_hct", facts.background.prior_transplant or "")
    if scores.icaht_late is not None and rules.icaht_late.holds(scores.icaht_late):
        yield fact("icaht_late", scores.icaht_late)


def _masked(document: RiskDocument, facts: Facts) -> Iterator[Evidence]:
    until = masked_until(document, facts)
    if until is not None and facts.day <= until:
        yield fact("masked_until", until, until)
