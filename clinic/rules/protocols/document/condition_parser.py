"""Reads the text of a condition; says in plain words what is wrong with it."""

from __future__ import annotations

import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from clinic.rules.protocols.document.conditions import (
    All,
    AnyOf,
    AtLeast,
    Compare,
    Condition,
    Flag,
    Is,
    Missing,
    Not,
    Term,
)

_TOKEN = re.compile(r"\d+(?:\.\d+)?|[A-Za-z][\w.]*(?:-\w+)*|>=|<=|[<>=(),-]|\S")
_COMPARING = frozenset({">=", "<=", ">", "<", "="})
_WORD = re.compile(r"[A-Za-z]")
_RESERVED = frozenset({"and", "or", "not", "is", "of", "at", "least", "missing"})


class ConditionError(Exception):
    """The text of a condition cannot be read; the message says why."""


@dataclass(frozen=True)
class Fact:
    """One name that a condition may use, and the values it can take."""

    kind: str  # "number", "flag" or "text"
    minimum: float = 0
    maximum: float = 0
    step: float = 1
    may_be_missing: bool = False


Vocabulary = Mapping[str, Fact]


def parse(text: str, vocabulary: Vocabulary, definitions: Mapping[str, Condition]) -> Condition:
    """The condition that the text states; raises ConditionError."""
    return _Parser(_TOKEN.findall(text), vocabulary, definitions).whole()


def with_numbers(text: str, numbers: Mapping[int, float]) -> str:
    """The text with other numbers in these places; they are counted from 0, from left to right."""
    counted = itertools.count()

    def put(token: re.Match[str]) -> str:
        if not token[0][0].isdecimal():
            return token[0]
        new = numbers.get(next(counted))
        if new is None or new == float(token[0]):
            return token[0]
        # A place with decimals keeps them.
        return f"{new:.1f}" if "." in token[0] and round(new, 1) == new else f"{new:g}"

    return _TOKEN.sub(put, text)


@dataclass
class _Parser:
    tokens: list[str]
    vocabulary: Vocabulary
    definitions: Mapping[str, Condition]
    position: int = field(default=0)

    def whole(self) -> Condition:
        if not self.tokens:
            raise ConditionError("the condition is empty")
        condition = self._either()
        if self._peek():
            raise ConditionError(f"“{self._peek()}” is not expected here")
        return condition

    def _peek(self, ahead: int = 0) -> str:
        index = self.position + ahead
        return self.tokens[index] if index < len(self.tokens) else ""

    def _take(self) -> str:
        token = self._peek()
        self.position += 1
        return token

    def _expect(self, *expected: str) -> None:
        for word in expected:
            if (found := self._take()) != word:
                raise ConditionError(f"“{word}” is expected, not “{found or 'the end'}”")

    def _either(self) -> Condition:
        parts = [self._both()]
        while self._peek() == "or":
            self._take()
            parts.append(self._both())
        return parts[0] if len(parts) == 1 else AnyOf(tuple(parts))

    def _both(self) -> Condition:
        parts = [self._single()]
        while self._peek() == "and":
            self._take()
            parts.append(self._single())
        return parts[0] if len(parts) == 1 else All(tuple(parts))

    def _single(self) -> Condition:
        match self._peek():
            case "not":
                self._take()
                return Not(self._single())
            case "at":
                return self._at_least()
            case "(":
                self._take()
                inside = self._either()
                self._expect(")")
                return inside
        if self._peek(1) == "is":
            return self._is()
        if self._peek() in self.definitions:
            return self.definitions[self._take()]
        return self._flag_or_comparison()

    def _at_least(self) -> Condition:
        self._expect("at", "least")
        count = self._take()
        if not count.isdecimal():
            raise ConditionError(f"a whole number is expected after “at least”, not “{count}”")
        self._expect("of", "(")
        parts = [self._either()]
        while self._peek() == ",":
            self._take()
            parts.append(self._either())
        self._expect(")")
        if not 1 <= int(count) <= len(parts):
            raise ConditionError(f"“at least {count}” of {len(parts)} can never be decided")
        return AtLeast(tuple(parts), int(count))

    def _is(self) -> Condition:
        name = self._take()
        fact = self._fact(name)
        self._expect("is")
        word = self._take()
        if word == "missing":
            if not fact.may_be_missing:
                raise ConditionError(f"“{name}” is never missing")
            return Missing(name)
        if fact.kind != "text" or not _WORD.match(word) or word in _RESERVED:
            raise ConditionError(f"“{name} is {word}” has no meaning")
        return Is(name, word)

    def _flag_or_comparison(self) -> Condition:
        name = self._peek()
        if self._peek(1) not in _COMPARING | {"-"} and _WORD.match(name):
            if self._fact(self._take()).kind != "flag":
                raise ConditionError(f"“{name}” is not a yes/no fact; compare it with something")
            return Flag(name)
        left = self._term()
        operator = self._take()
        if operator not in _COMPARING:
            raise ConditionError(f"a comparison is expected, not “{operator or 'the end'}”")
        right = self._term()
        if not left.names() | right.names():
            raise ConditionError("two numbers are compared with each other")
        return Compare(left, operator, right)

    def _term(self) -> Term:
        token = self._take()
        if token == "-":  # noqa: S105  a minus sign
            return Term(number=-self._number(self._take()))
        if token[:1].isdecimal():
            return Term(number=self._number(token))
        self._numeric(token)
        if self._peek() != "-":
            return Term(name=token)
        self._take()
        return Term(name=token, less=self._numeric(self._take()))

    def _number(self, token: str) -> float:
        if not token[:1].isdecimal():
            raise ConditionError(f"a number is expected, not “{token or 'the end'}”")
        return float(token)

    def _numeric(self, name: str) -> str:
        if self._fact(name).kind != "number":
            raise ConditionError(f"“{name}” is not a number")
        return name

    def _fact(self, name: str) -> Fact:
        if not name:
            raise ConditionError("the condition ends too early")
        if name not in self.vocabulary:
            raise ConditionError(f"“{name}” is not a question, a patient fact or a definition")
        return self.vocabulary[name]
