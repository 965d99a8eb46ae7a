"""Why a rule fired, in plain words for staff."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from clinic.rules.core.enums import Kind, Level
from clinic.rules.protocols.document.parts import Accumulation, Case, TableRow
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.document.questions import Question, Text, in_language

# Hours from which whole ones are said; a minute short of one is that hour.
_WHOLE_FROM = 2
_MINUTE = 1 / 60


@dataclass(frozen=True)
class Reason:
    """One rule that fired. `domain` is set only where the rule counts towards accumulation."""

    rule: str
    level: Level
    item: str | None
    texts: Text = field(default_factory=dict)
    domain: str = ""
    hints: Text = field(default_factory=dict)

    def why(self, language: str) -> str:
        """What fired and with which values."""
        return in_language(self.texts, language)

    def hint(self, language: str) -> str:
        """A pointer for clinic staff only; never for the caregiver. Usually empty."""
        return in_language(self.hints, language)

    @property
    def key(self) -> tuple[str, str | None]:
        """Tells the same rule about the same item in two readings of one report."""
        return self.rule, self.item

    @property
    def staff_only(self) -> bool:
        """Whether the reason carries a hint that only staff may see."""
        return bool(self.hints)


def number_in_words(number: float, step: float = 1) -> str:
    """38.0 for a number in tenths, 86 for a whole one, 13.5 where it is not whole."""
    if step < 1:
        return f"{number:.1f}"
    return f"{round(number, 1):g}"


def hours_in_words(hours: float) -> str:
    """Whole hours that have passed; below two hours a tenth still says something."""
    return number_in_words(hours) if hours < _WHOLE_FROM else f"{math.floor(hours + _MINUTE)}"


def fill_placeholders(texts: Text, **values: object) -> Text:
    """The text in every language with its placeholders filled in."""
    return {language: words.format(**values) for language, words in texts.items()}


def of_number(protocol: Protocol, question: Question, value: float, row: TableRow, case: Case) -> Text:
    """Temperature 38.6 °C (38.0 to 39.9), after fever medicine."""
    shown = number_in_words(value, question.step)
    return {
        language: _joined(
            f"{question.label(language)} {shown} {question.unit}".rstrip()
            + f" ({_range(protocol, question, row, language)})",
            in_language(case.whys, language),
        )
        for language in protocol.languages
    }


def _range(protocol: Protocol, question: Question, row: TableRow, language: str) -> str:
    key = "up_to" if row.low is None else "from" if row.high is None else "between"
    low, high = (number_in_words(end, question.step) for end in (row.low or 0, row.high or 0))
    return in_language(protocol.phrases[key], language).format(low=low, high=high)


def of_choice(protocol: Protocol, question: Question, answer: int, extra: Text) -> Text:
    """Chills: hard shaking, with no temperature."""
    return {
        language: _joined(
            f"{question.label(language)}: {question.option_text(answer, language)}",
            in_language(extra, language),
        )
        for language in protocol.languages
    }


def of_domains(protocol: Protocol, rule: Accumulation, domains: Iterable[str]) -> Text:
    """Two areas at the same time: Infection, Bleeding."""
    named = list(domains)
    return {
        language: words.format(
            count=len(named),
            domains=", ".join(in_language(protocol.domains[domain], language) for domain in named),
        )
        for language, words in rule.whys.items()
    }


# A document names the question; that it stayed open is the same everywhere.
_UNANSWERED = {"en": "Not answered: {label}", "es": "Sin respuesta: {label}"}


def of_unanswered(protocol: Protocol, key: str) -> Text:
    """Not answered: Pulse."""
    question = protocol.question(key)
    return {
        language: _UNANSWERED.get(language, _UNANSWERED["en"]).format(label=question.label(language))
        for language in protocol.languages
    }


def of_rejected(protocol: Protocol, key: str) -> Text:
    """The answer about temperature could not be read."""
    labels = _labels(protocol).get(key)
    return {
        language: words.format(label=labels.label(language) if labels else key)
        for language, words in protocol.rejected.whys.items()
    }


def rejected_rule(protocol: Protocol, key: str) -> str:
    """A refused temperature is part of the temperature rule; any other answer has a rule of its own."""
    question = _labels(protocol).get(key)
    return key if question and question.kind is Kind.TEMPERATURE else f"rejected:{key}"


def _labels(protocol: Protocol) -> Mapping[str, Question]:
    return {question.key: question for question in protocol.questions}


def _joined(statement: str, extra: str) -> str:
    return f"{statement}, {extra}" if extra else statement
