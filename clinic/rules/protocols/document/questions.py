"""What a protocol asks, page by page, and the words it asks in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from clinic.rules.core.enums import Kind
from clinic.rules.protocols.document.conditions import Condition

FALLBACK_LANGUAGE = "en"
Text = Mapping[str, str]


def in_language(text: Text, language: str) -> str:
    """The text in this language (es-MX reads es), else in English; never raises."""
    for code in (language, language.split("-")[0], FALLBACK_LANGUAGE):
        if code in text:
            return text[code]
    return ""


@dataclass(frozen=True)
class Option:
    """One answer that can be tapped. A scale counts up from 0, ticks carry a key."""

    value: int | str
    texts: Text

    def text(self, language: str) -> str:
        return in_language(self.texts, language)


@dataclass(frozen=True)
class UnitRange:
    """The values that a thermometer of this unit can show."""

    minimum: float
    maximum: float


@dataclass(frozen=True)
class Question:
    """One thing we ask the caregiver."""

    key: str
    kind: Kind
    texts: Text
    labels: Text
    hints: Text = field(default_factory=dict)
    options: tuple[Option, ...] = ()
    unit: str = ""
    minimum: float | None = None
    maximum: float | None = None
    step: float = 1
    confirm_below: float | None = None
    confirm_above: float | None = None
    below: str = ""
    units: Mapping[str, UnitRange] = field(default_factory=dict)
    default_unit: str = ""
    highest_accepted: int | None = None
    domain: str = ""
    phases: tuple[str, ...] = ()
    ask_when: Condition | None = None
    audience: str = "anyone"
    optional: bool = False

    def text(self, language: str) -> str:
        return in_language(self.texts, language)

    def label(self, language: str) -> str:
        """A short name, for staff and lists."""
        return in_language(self.labels, language)

    def hint(self, language: str) -> str:
        return in_language(self.hints, language)

    def shown_in(self, phase_code: str) -> bool:
        """Whether the question is asked in this phase; no list means in every phase."""
        return not self.phases or phase_code in self.phases

    @cached_property
    def answer_keys(self) -> tuple[str, ...]:
        """The keys under which a report carries the answer."""
        if self.kind is Kind.TEMPERATURE:
            return (f"{self.key}_value", f"{self.key}_unit")
        return (self.key,)

    @property
    def highest(self) -> int:
        """The worst answer of a scale."""
        return len(self.options) - 1

    def option_text(self, value: object, language: str) -> str:
        """The words of one option; empty for a value that is not offered."""
        return next((option.text(language) for option in self.options if option.value == value), "")


@dataclass(frozen=True)
class QuestionStep:
    """Questions asked together on one screen, in order."""

    key: str
    titles: Text
    questions: tuple[Question, ...]

    def title(self, language: str) -> str:
        return in_language(self.titles, language)
