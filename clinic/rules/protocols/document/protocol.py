"""A protocol: the whole of what is asked, how answers become a level, and what is then said."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache

from clinic.rules.core.enums import Kind, Level
from clinic.rules.protocols.document.additions import Addition
from clinic.rules.protocols.document.conditions import Condition
from clinic.rules.protocols.document.parser import ProtocolError, parse_document
from clinic.rules.protocols.document.parts import (
    Accumulation,
    AdviceVariant,
    Case,
    Phase,
    Recheck,
    Rule,
    Scale,
    Table,
    Trend,
)
from clinic.rules.protocols.document.questions import Option, Question, QuestionStep, Text, in_language

__all__ = ["Option", "Phase", "Protocol", "ProtocolError", "Question", "QuestionStep"]


@dataclass(frozen=True)
class Protocol:
    """One validated protocol document. Build it with `from_document`."""

    code: str
    titles: Text
    languages: tuple[str, ...]
    minimum_age: int
    questions: tuple[Question, ...]
    steps: tuple[QuestionStep, ...]
    domains: Mapping[str, Text]
    baselines: Mapping[str, float | None]
    columns: Mapping[str, Condition]
    phases: tuple[Phase, ...]
    additions: tuple[Addition, ...]
    scales: tuple[Scale, ...]
    tables: tuple[Table, ...]
    rules: tuple[Rule, ...]
    trends: tuple[Trend, ...]
    accumulations: tuple[Accumulation, ...]
    rejected: Case
    recheck: Recheck | None
    missed_whys: Text
    phrases: Mapping[str, Text]
    input_texts: Mapping[str, Text]
    advice: Mapping[Level, tuple[AdviceVariant, ...]]
    document: Mapping[str, object]

    @classmethod
    def from_document(cls, document: Mapping[str, object]) -> Protocol:
        """The protocol that the document states; raises ProtocolError with every place and reason."""
        try:
            canonical = _canonical(document)
        except (TypeError, ValueError) as error:
            reason = "protocol: only text, numbers, lists and maps with text keys are expected"
            raise ProtocolError((reason,)) from error
        return _built(canonical)

    def title(self, language: str) -> str:
        return in_language(self.titles, language)

    @cached_property
    def content_hash(self) -> str:
        """Names this exact content: equal documents have equal hashes, however they are laid out."""
        return hashlib.sha256(_canonical(self.document).encode()).hexdigest()

    @cached_property
    def _by_key(self) -> Mapping[str, Question]:
        return {question.key: question for question in self.questions}

    def question(self, key: str) -> Question:
        """The question with this key; raises KeyError."""
        return self._by_key[key]

    @cached_property
    def answer_keys(self) -> frozenset[str]:
        """Every key under which a report may carry an answer."""
        return frozenset(key for question in self.questions for key in question.answer_keys)

    @cached_property
    def ordered_questions(self) -> tuple[Question, ...]:
        """Those whose value has to be below another one's."""
        return tuple(question for question in self.questions if question.below)

    @cached_property
    def domain_order(self) -> tuple[str, ...]:
        """Domains in the order in which the questions first name them; a stored map has no order."""
        return tuple(dict.fromkeys(question.domain for question in self.questions if question.domain))

    @cached_property
    def scale_items(self) -> tuple[str, ...]:
        """Questions answered on a scale from 0 up, in the order they are asked."""
        return tuple(question.key for question in self.questions if question.kind is Kind.CHOICE)


def _canonical(document: Mapping[str, object]) -> str:
    """The one spelling of a document that does not depend on how it was laid out."""
    return json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


# Validation tries out thousands of cases; a server meets the same few documents all day.
@lru_cache(maxsize=64)
def _built(canonical: str) -> Protocol:
    document = json.loads(canonical)
    return Protocol(**parse_document(document), document=document)
