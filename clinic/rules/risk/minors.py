"""Reasons that give points; several suggest the high tier. Thresholds: `tier.minor` of the document."""

from __future__ import annotations

from collections.abc import Iterator

from clinic.rules.risk.facts import Facts
from clinic.rules.risk.labs import LabRecord, LabValue
from clinic.rules.risk.lines import points_of
from clinic.rules.risk.majors import known_by, names
from clinic.rules.risk.reasons import Evidence, Reason, fact, of_lab
from clinic.rules.risk.scores.comorbidity import has_comorbidity
from clinic.rules.risk.scores.hematotox import Group
from clinic.rules.risk.scores.summary import Scores, lymphodepletion_day
from clinic.rules.risk.shape import MinorRules, RiskDocument, ValidFor


def minor_reasons(
    document: RiskDocument, facts: Facts, record: LabRecord, scores: Scores
) -> tuple[Reason, ...]:
    """Every minor reason that holds on this day; age may have two points, everything else has one."""
    found = {
        "hematotox": _hematotox(document, scores),
        "easix": _easix(document, scores),
        "diabetes": _diabetes(document, facts),
        "ldh": _ldh(document, facts, record),
        "bridging": _bridging(facts),
        "prior_hct": _prior_transplant(document.tier.minor, facts),
        "egfr": _egfr(document.tier.minor, scores),
        "lvef": _lvef(document, record),
        "immunity": _immunity(document, record),
        "prior_infection": _infection(document, facts),
        "product": _product(document.tier.minor, facts),
        "frailty": _frailty(document.tier.minor, facts),
        "distance": _distance(document.tier.minor, facts),
        "caregiver": _adults(document.tier.minor, facts),
    }
    held = {key: tuple(evidence) for key, evidence in found.items()}
    others = (Reason(key, f"tier.minor.{key}", 1, evidence) for key, evidence in held.items() if evidence)
    return (*_age(document.tier.minor, facts), *others)


def _age(rules: MinorRules, facts: Facts) -> Iterator[Reason]:
    age = facts.person.age
    points = 0 if age is None else points_of(rules.age.points, age)
    if age is not None and points:
        yield Reason("age", "tier.minor.age", points, (fact("age", age),))


def _hematotox(document: RiskDocument, scores: Scores) -> Iterator[Evidence]:
    """Only below the major line: one score is one reason."""
    found, lowest = scores.hematotox, scores.hematotox.lowest
    is_major = document.tier.major.hematotox.line.holds(lowest)
    if found.group is Group.HIGH and document.tier.minor.hematotox.line.holds(lowest) and not is_major:
        yield fact("hematotox", lowest)


def _easix(document: RiskDocument, scores: Scores) -> Iterator[Evidence]:
    value = scores.easix.easix
    if value is not None and document.scores.easix.high.holds(value):
        yield fact("easix", value)


def _diabetes(document: RiskDocument, facts: Facts) -> Iterator[Evidence]:
    if has_comorbidity(document.scores.hct_ci, facts.background.comorbidities, "diabetes"):
        yield fact("diabetes", True)


def _ldh(document: RiskDocument, facts: Facts, record: LabRecord) -> Iterator[Evidence]:
    """Without the laboratory's own limit there is no point: it is named as not known."""
    last, limit = record.last("ldh"), facts.background.ldh_upper_limit
    if last is not None and limit and document.tier.minor.ldh.times_upper_limit.holds(last.value / limit):
        yield of_lab(last, document.labs["ldh"].unit)


def _bridging(facts: Facts) -> Iterator[Evidence]:
    if facts.background.bridging:
        yield fact("bridging", True)


def _prior_transplant(rules: MinorRules, facts: Facts) -> Iterator[Evidence]:
    kind = facts.background.prior_transplant
    if kind in rules.prior_transplant.kinds:
        yield fact("prior_hct", kind or "")


def _egfr(rules: MinorRules, scores: Scores) -> Iterator[Evidence]:
    if scores.egfr is not None and rules.egfr.line.holds(scores.egfr):
        yield fact("egfr", scores.egfr)


def _lvef(document: RiskDocument, record: LabRecord) -> Iterator[Evidence]:
    last, tier = record.last("lvef"), document.tier
    if (
        last is not None
        and tier.minor.lvef.line.holds(last.value)
        and not tier.major.lvef.line.holds(last.value)
    ):
        yield of_lab(last, document.labs["lvef"].unit)


def _immunity(document: RiskDocument, record: LabRecord) -> Iterator[Evidence]:
    for name, rule in (("igg", document.tier.minor.igg), ("cd4", document.tier.minor.cd4)):
        value = low_and_valid(record, name, rule)
        if value is not None:
            yield of_lab(value, document.labs[name].unit)


def low_and_valid(record: LabRecord, name: str, rule: ValidFor) -> LabValue | None:
    """The newest value if it is still valid and the line holds."""
    value = record.valid(name, rule.valid_days)
    return value if value is not None and rule.line.holds(value.value) else None


def _infection(document: RiskDocument, facts: Facts) -> Iterator[Evidence]:
    """Mild ones before lymphodepletion; those that count as major are not counted again."""
    rules, major = document.tier.minor.infection, document.tier.major.infection
    first_day = lymphodepletion_day(document, facts)
    for one in known_by(facts.course.infections, facts.day):
        is_mild = rules.grade.holds(one.grade) and not major.grade.holds(one.grade) and one.is_treated
        if is_mild and first_day - rules.days_before_lymphodepletion <= one.day <= first_day:
            yield fact("infection", one.grade, one.day)


def _product(rules: MinorRules, facts: Facts) -> Iterator[Evidence]:
    if names(facts.person.product) & names(*rules.product.products):
        yield fact("product", facts.person.product)


def _frailty(rules: MinorRules, facts: Facts) -> Iterator[Evidence]:
    frailty = facts.person.frailty
    if frailty is not None and rules.frailty.line.holds(frailty):
        yield fact("frailty", frailty)


def _distance(rules: MinorRules, facts: Facts) -> Iterator[Evidence]:
    minutes = facts.surroundings.minutes_to_centre
    if minutes is not None and rules.distance.line.holds(minutes):
        yield fact("minutes_to_centre", minutes)


def _adults(rules: MinorRules, facts: Facts) -> Iterator[Evidence]:
    adults = facts.surroundings.adults
    if facts.surroundings.lives_alone:
        yield fact("lives_alone", True)
    if adults is not None and rules.adults.line.holds(adults):
        yield fact("adults", adults)
