"""Which tier is suggested, why, and what staff may do about the one in force. Nothing falls by itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from clinic.rules.risk.facts import Facts, Tier
from clinic.rules.risk.labs import LabRecord
from clinic.rules.risk.majors import major_reasons
from clinic.rules.risk.minors import minor_reasons
from clinic.rules.risk.reasons import Reason
from clinic.rules.risk.scores.hematotox import Group
from clinic.rules.risk.scores.summary import Scores
from clinic.rules.risk.shape import AnswerRules, RiskDocument


class Action(StrEnum):
    """What the suggestion asks of staff."""

    KEEP = "keep"
    RAISE = "raise"
    OFFER_LOWER = "offer_lower"
    KEEP_UNTIL_REVIEW = "keep_until_review"


@dataclass(frozen=True)
class Suggestion:
    """`missing`: required facts, each of which alone suggests the high tier; `not_known`: the other facts."""

    tier: Tier
    major: tuple[Reason, ...]
    minor: tuple[Reason, ...]
    missing: tuple[str, ...]
    not_known: tuple[str, ...]
    action: Action
    next_review_day: int | None

    @property
    def points(self) -> int:
        """Minor points altogether."""
        return sum(reason.points for reason in self.minor)


def suggest(document: RiskDocument, facts: Facts, record: LabRecord, scores: Scores) -> Suggestion:
    """The tier by the document's table; a required fact that nobody recorded is never taken for normal."""
    major = major_reasons(document, facts, record, scores)
    minor = minor_reasons(document, facts, record, scores)
    missing = tuple(_missing(facts, scores))
    points = sum(reason.points for reason in minor)
    is_high = bool(major or missing or document.tier.minor_points.holds(points))
    tier = Tier.HIGH if is_high else Tier.STANDARD
    return Suggestion(
        tier=tier,
        major=major,
        minor=minor,
        missing=missing,
        not_known=tuple(_not_known(facts, record, scores)),
        action=_action(document.answers, tier, facts),
        next_review_day=min((day for day in document.answers.lowered_on if day > facts.day), default=None),
    )


def _action(rules: AnswerRules, suggested: Tier, facts: Facts) -> Action:
    if suggested is Tier.HIGH:
        return Action.KEEP if facts.tier is Tier.HIGH else Action.RAISE
    if facts.tier is Tier.STANDARD:
        return Action.KEEP
    return Action.OFFER_LOWER if facts.day in rules.lowered_on else Action.KEEP_UNTIL_REVIEW


def _missing(facts: Facts, scores: Scores) -> Iterator[str]:
    """Required before monitoring starts. Which marker is missing matters only while the group is unknown."""
    person = facts.person
    if person.age is None:
        yield "age"
    if not person.product.strip():
        yield "product"
    if person.ecog is None:
        yield "ecog"
    if scores.hematotox.group is Group.UNKNOWN:
        yield "hematotox"
    if scores.hct_ci is None and scores.cirs is None:
        yield "comorbidity"


def _not_known(facts: Facts, record: LabRecord, scores: Scores) -> Iterator[str]:
    """Wanted, and named beside the suggestion: without it a reason may have been overlooked."""
    person, background, course, around = facts.person, facts.background, facts.course, facts.surroundings
    wanted = {
        "disease": person.disease.strip() or None,
        "sex": person.sex or None,
        "frailty": person.frailty,
        "easix": scores.easix.easix,
        "diabetes": background.comorbidities,
        "ldh": record.last("ldh"),
        "ldh_upper_limit": background.ldh_upper_limit,
        "creatinine": record.last("creatinine"),
        "igg": record.last("igg"),
        "cd4": record.last("cd4"),
        "lvef": record.last("lvef"),
        "bridging": background.bridging,
        "prior_hct": background.prior_transplant,
        "crs": course.crs_max if facts.day >= 0 else 0,
        "icans": course.icans_max if facts.day >= 0 else 0,
        "steroid_days": course.steroid_days if facts.day >= 0 else 0,
        "minutes_to_centre": around.minutes_to_centre,
        "lives_alone": around.lives_alone,
        "adults": around.adults,
    }
    return (name for name, value in wanted.items() if value is None)
