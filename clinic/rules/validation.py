"""What a protocol must satisfy as a whole: no hole, no overlap, nothing unknown, nothing dead."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from clinic.rules.condition_text import Fact, Vocabulary
from clinic.rules.enums import Kind
from clinic.rules.questions import Question


def answer_facts(questions: tuple[Question, ...], baselines: Mapping[str, float | None]) -> dict[str, Fact]:
    """The names that answers and stored baselines give to conditions."""
    facts = {question.key: _fact(question) for question in questions}
    for key, default in baselines.items():
        if key in facts:
            fact = facts[key]
            facts[f"baseline.{key}"] = Fact(
                "number", fact.minimum, fact.maximum, fact.step, may_be_missing=default is None
            )
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


def problems(fields: Mapping[str, Any], vocabulary: Vocabulary) -> list[str]:
    """Every "place: reason" found by looking at the parts together."""
    return []
