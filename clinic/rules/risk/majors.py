"""Reasons of which one alone suggests the high tier. Thresholds and sources: `tier.major` of the document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from clinic.rules.risk.facts import Facts, Infection
from clinic.rules.risk.labs import LabRecord
from clinic.rules.risk.reasons import Evidence, Reason, fact, of_lab
from clinic.rules.risk.scores.summary import Scores, lymphodepletion_day
from clinic.rules.risk.shape import AtLineUntil, MajorRules, RiskDocument


def major_reasons(
    document: RiskDocument, facts: Facts, record: LabRecord, scores: Scores
) -> tuple[Reason, ...]:
    """Every major reason that holds on this day, each key once."""
    rules = document.tier.major
    found = {
        "disease": _disease(rules, facts),
        "ecog": _ecog(rules, facts),
        "comorbidity": _comorbidity(rules, scores),
        "hematotox": _hematotox(rules, scores),
        "lvef": _lvef(document, record),
        "toxicity": _toxicity(rules, facts),
        "iec_hs": _iec_hs(facts),
        "icaht": _icaht(rules, scores, facts.day),
        "infection": _infection(document, facts),
        "steroids": _steroids(rules, facts),
    }
    held = {key: tuple(evidence) for key, evidence in found.items()}
    return tuple(Reason(key, f"tier.major.{key}", 0, evidence) for key, evidence in held.items() if evidence)


def names(*words: str) -> frozenset[str]:
    """Words as they are compared: without regard to capitals and spaces around them."""
    return frozenset(word.strip().casefold() for word in words)


def _disease(rules: MajorRules, facts: Facts) -> Iterator[Evidence]:
    if names(facts.person.product) & names(*rules.disease.products):
        yield fact("product", facts.person.product)
    if names(facts.person.disease) & names(*rules.disease.diseases):
        yield fact("disease", facts.person.disease)


def _ecog(rules: MajorRules, facts: Facts) -> Iterator[Evidence]:
    ecog = facts.person.ecog
    if ecog is not None and rules.ecog.line.holds(ecog):
        yield fact("ecog", ecog)


def _comorbidity(rules: MajorRules, scores: Scores) -> Iterator[Evidence]:
    if scores.hct_ci is not None and rules.hct_ci.line.holds(scores.hct_ci):
        yield fact("hct_ci", scores.hct_ci)
    if scores.cirs is not None and scores.cirs.severe4:
        yield fact("severe4", True)


def _hematotox(rules: MajorRules, scores: Scores) -> Iterator[Evidence]:
    if rules.hematotox.line.holds(scores.hematotox.lowest):
        yield fact("hematotox", scores.hematotox.lowest)


def _lvef(document: RiskDocument, record: LabRecord) -> Iterator[Evidence]:
    last = record.last("lvef")
    if last is not None and document.tier.major.lvef.line.holds(last.value):
        yield of_lab(last, document.labs["lvef"].unit)


def _toxicity(rules: MajorRules, facts: Facts) -> Iterator[Evidence]:
    for name, grade in (("crs", facts.course.crs_max), ("icans", facts.course.icans_max)):
        if _holds_until(rules.toxicity, grade, facts.day):
            yield fact(name, grade or 0)


def _iec_hs(facts: Facts) -> Iterator[Evidence]:
    """A clinician's diagnosis, which nothing here makes; it counts for good."""
    if facts.course.had_iec_hs:
        yield fact("iec_hs", True)


def _icaht(rules: MajorRules, scores: Scores, day: int) -> Iterator[Evidence]:
    if _holds_until(rules.icaht_early, scores.icaht_early, day):
        yield fact("icaht_early", scores.icaht_early or 0)
    if scores.icaht_late is not None and rules.icaht_late.line.holds(scores.icaht_late):
        yield fact("icaht_late", scores.icaht_late)


def _infection(document: RiskDocument, facts: Facts) -> Iterator[Evidence]:
    rules = document.tier.major.infection
    since = lymphodepletion_day(document, facts) - rules.days_before_lymphodepletion
    for one in known_by(facts.course.infections, facts.day):
        if rules.grade.holds(one.grade) and one.day >= since and facts.day - one.day <= rules.for_days:
            yield fact("infection", one.grade, one.day)


def _steroids(rules: MajorRules, facts: Facts) -> Iterator[Evidence]:
    if _holds_until(rules.steroids, facts.course.steroid_days, facts.day):
        yield fact("steroid_days", facts.course.steroid_days or 0)


def known_by(infections: Iterable[Infection], day: int) -> tuple[Infection, ...]:
    """What had begun on this day."""
    return tuple(one for one in infections if one.day <= day)


def _holds_until(rule: AtLineUntil, value: int | None, day: int) -> bool:
    return value is not None and rule.line.holds(value) and day <= rule.last_day
