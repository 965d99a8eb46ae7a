"""Reads one place of a protocol document at a time, and remembers what is wrong and where."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from string import Formatter
from typing import Any, TypeVar

from clinic.rules.core.enums import Level
from clinic.rules.protocols.document.condition_parser import ConditionError, Vocabulary, parse
from clinic.rules.protocols.document.conditions import Condition
from clinic.rules.protocols.document.questions import FALLBACK_LANGUAGE, Text

Code = TypeVar("Code", bound=StrEnum)


@dataclass
class ParseContext:
    """What the whole document has in common while it is read."""

    problems: list[str] = field(default_factory=list)
    languages: tuple[str, ...] = (FALLBACK_LANGUAGE,)
    vocabulary: Vocabulary = field(default_factory=dict)
    definitions: Mapping[str, Condition] = field(default_factory=dict)


@dataclass(frozen=True)
class Node:
    """A value in the document and the place where it stands."""

    value: Any
    place: str
    context: ParseContext

    def problem(self, reason: str) -> None:
        self.context.problems.append(f"{self.place or 'protocol'}: {reason}")

    @property
    def given(self) -> bool:
        return self.value is not None

    def fields(self, required: str, optional: str = "") -> Node:
        """This node as a map with exactly these fields."""
        if not isinstance(self.value, Mapping):
            self.problem("a map of fields is expected")
            return Node({}, self.place, self.context)
        for key in required.split():
            if key not in self.value:
                self.problem(f"“{key}” is missing")
        for key in self.value:
            if key not in required.split() and key not in optional.split():
                self.problem(f"“{key}” is not a known field")
        return self

    def __getitem__(self, key: str) -> Node:
        value = self.value.get(key) if isinstance(self.value, Mapping) else None
        return Node(value, f"{self.place}.{key}" if self.place else key, self.context)

    def entries(self) -> Iterator[tuple[str, Node]]:
        """The keys of a free map, each with its node."""
        if self.given and not isinstance(self.value, Mapping):
            self.problem("a map is expected")
        for key in self.value if isinstance(self.value, Mapping) else ():
            yield str(key), Node(self.value[key], f"{self.place}.{key}", self.context)

    def rows(self, name_by: str = "") -> list[Node]:
        """The nodes of a list, placed by the field that names them, else by number."""
        if self.given and not isinstance(self.value, list):
            self.problem("a list is expected")
        values = self.value if isinstance(self.value, list) else []
        return [
            Node(value, f"{self.place}[{self._name(value, name_by, number)}]", self.context)
            for number, value in enumerate(values, start=1)
        ]

    @staticmethod
    def _name(value: object, name_by: str, number: int) -> object:
        return value.get(name_by, number) if isinstance(value, Mapping) and name_by else number

    def word(self, default: str = "") -> str:
        """A code or key."""
        if not self.given:
            return default
        if not isinstance(self.value, str) or not self.value:
            self.problem("a word is expected")
            return default
        return self.value

    def words(self) -> tuple[str, ...]:
        return tuple(row.word() for row in self.rows())

    def number(self, default: float = 0) -> float:
        if not self.given:
            return default
        if isinstance(self.value, bool) or not isinstance(self.value, int | float):
            self.problem("a number is expected")
            return default
        return self.value

    def maybe_number(self) -> float | None:
        return self.number() if self.given else None

    def whole(self, default: int = 0) -> int:
        number = self.number(default)
        if number != int(number):
            self.problem("a whole number is expected")
        return int(number)

    def yes(self) -> bool:
        if self.given and not isinstance(self.value, bool):
            self.problem("true or false is expected")
        return self.value is True

    def code(self, codes: type[Code], default: Code) -> Code:
        """One of a fixed set of codes, such as a level."""
        try:
            return codes(self.value)
        except ValueError:
            known = ", ".join(codes)
            self.problem(f"“{self.value}” is not one of {known}")
            return default

    def level(self) -> Level:
        return self.code(Level, Level.NONE)

    def level_or_none(self) -> Level:
        """The level written here; none where there is none."""
        return self.level() if self.given else Level.NONE

    def maybe_level(self) -> Level | None:
        return self.level() if self.given else None

    def text(self, placeholders: str = "") -> Text:
        """Words for people, in every language of the protocol; only these placeholders may occur."""
        if not self.given:
            return {}
        texts = {language: node.word() for language, node in self.entries()}
        for language in self.context.languages:
            if not texts.get(language, "").strip():
                self.problem(f"the text in “{language}” is missing")
        for language, words in texts.items():
            self._check_placeholders(language, words, placeholders.split())
        return texts

    def _check_placeholders(self, language: str, words: str, allowed: list[str]) -> None:
        if language not in self.context.languages:
            self.problem(f"“{language}” is not a language of this protocol")
        try:
            used = [name for _, name, _, _ in Formatter().parse(words) if name is not None]
        except ValueError as error:
            self.problem(f"{language}: {error}")
            return
        for name in used:
            if name not in allowed:
                self.problem(f"{language}: “{{{name}}}” is not a placeholder here")

    def condition(self, vocabulary: Vocabulary | None = None) -> Condition | None:
        """The condition written here, or None where there is none."""
        if not self.given:
            return None
        if not isinstance(self.value, str):
            self.problem("a condition is expected")
            return None
        scope = self.context.vocabulary if vocabulary is None else vocabulary
        try:
            return parse(self.value, scope, self.context.definitions if vocabulary is None else {})
        except ConditionError as error:
            self.problem(str(error))
            return None
