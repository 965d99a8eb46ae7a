"""The names that conditions may use: what staff know, what was answered, and the hour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from clinic.rules.core.enums import Kind
from clinic.rules.protocols.document.condition_parser import Fact, Vocabulary
from clinic.rules.protocols.document.questions import Question

_ANY_DAY = Fact("number", -36500, 36500)

# How far somebody lives, and whether they can come tonight: advice and additions may ask, no level does.
TRAVEL_FACTS: Vocabulary = {
    "minutes_to_centre": Fact("number", 0, 1440, may_be_missing=True),
    "no_transport": Fact("flag"),
}
ADVICE_FACTS: Vocabulary = {
    **TRAVEL_FACTS,
    "after_hours": Fact("flag"),
    "night": Fact("flag"),
    "opens_soon": Fact("flag"),
    "day": _ANY_DAY,
}
PATIENT_FACTS: Vocabulary = {
    "day": _ANY_DAY,
    "tier": Fact("text"),
    "target": Fact("text"),
    "product": Fact("text"),
    "age": Fact("number", 0, 130, may_be_missing=True),
    "immune_risk": Fact("flag"),
    "neutropenia": Fact("flag"),
    "platelets_low": Fact("flag"),
    "masked": Fact("flag"),
}


# What an assessment may change (tier, flags) is left out: no condition can then take an addition away from
# whoever is at higher risk.
ADDITION_FACTS: Vocabulary = {
    **TRAVEL_FACTS,
    **{name: PATIENT_FACTS[name] for name in ("target", "product", "age")},
}


def answer_facts(questions: Iterable[Question], baselines: Mapping[str, float | None]) -> dict[str, Fact]:
    """The names that answers and stored baselines give to conditions."""
    facts = {question.key: _fact(question) for question in questions}
    for key, default in baselines.items():
        if key in facts:
            of = facts[key]
            missing = default is None
            facts[f"baseline.{key}"] = Fact("number", of.minimum, of.maximum, of.step, missing)
    return facts


def _fact(question: Question) -> Fact:
    match question.kind:
        case Kind.YES_NO:
            return Fact("flag")
        case Kind.TICKS:
            return Fact("number", 0, len(question.options))
        case Kind.CHOICE:
            return Fact("number", 0, question.highest)
    return Fact("number", question.minimum or 0, question.maximum or 0, question.step, may_be_missing=True)
