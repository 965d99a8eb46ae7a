"""Everything that is computed of a person's risk on a day, from one set of facts."""

from __future__ import annotations

from dataclasses import dataclass

from clinic.rules.risk.facts import Facts, require_possible
from clinic.rules.risk.flags import FlagSuggestions, suggest_flags
from clinic.rules.risk.labs import LabRecord
from clinic.rules.risk.reminders import reminders
from clinic.rules.risk.scores.summary import Scores, Validity, scores, validity
from clinic.rules.risk.shape import RiskDocument
from clinic.rules.risk.suggestion import Suggestion, suggest


@dataclass(frozen=True)
class RiskAssessment:
    """For staff only. `rule_version` is the document's, so that a stored one can be explained."""

    rule_version: int
    day: int
    scores: Scores
    validity: tuple[Validity, ...]
    suggestion: Suggestion
    flags: FlagSuggestions
    reminders: tuple[str, ...]


def assess_risk(document: RiskDocument, facts: Facts) -> RiskAssessment:
    """What the facts come to on their day; FactRefused where one of them cannot be meant."""
    require_possible(document, facts)
    record = LabRecord.of(document.labs, facts.labs, facts.day)
    found = scores(document, facts, record)
    return RiskAssessment(
        rule_version=document.version,
        day=facts.day,
        scores=found,
        validity=validity(document, facts.person.disease),
        suggestion=suggest(document, facts, record, found),
        flags=suggest_flags(document, facts, record, found),
        reminders=reminders(document.reminders, record),
    )
