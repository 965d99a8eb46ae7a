"""The small language in which a protocol says when something applies.

    temp >= 38.0 and (confusion >= 1 or not early)
    at least 2 of (handwriting >= 1, movement >= 1, speech >= 1)
    baseline.sbp - sbp >= 30        temp is missing        target is BCMA

A value that was not measured makes every comparison with it false.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from operator import eq, ge, gt, le, lt

Value = float | bool | str | None
Facts = Mapping[str, Value]

_OPERATORS = {">=": ge, "<=": le, ">": gt, "<": lt, "=": eq}
# Differences of decimals (37.4 - 36.3) must meet their threshold exactly.
_DECIMALS = 6


class Condition:
    """A node of a parsed condition; True, False, or None while facts are still open."""

    def verdict(self, facts: Facts) -> bool | None:
        raise NotImplementedError  # pragma: no cover

    def names(self) -> frozenset[str]:
        raise NotImplementedError  # pragma: no cover

    def leaves(self) -> Iterator[Condition]:
        """The single statements that the condition is made of."""
        yield self

    def as_json(self) -> object:
        """The same condition as plain lists and maps, for the phone."""
        raise NotImplementedError  # pragma: no cover

    def holds(self, facts: Facts) -> bool:
        """Whether the condition is met."""
        return self.verdict(facts) is True


@dataclass(frozen=True)
class _Group(Condition):
    parts: tuple[Condition, ...]

    def names(self) -> frozenset[str]:
        return frozenset().union(*(part.names() for part in self.parts))

    def leaves(self) -> Iterator[Condition]:
        for part in self.parts:
            yield from part.leaves()

    def as_json(self) -> object:
        return {self._word(): [part.as_json() for part in self.parts]}

    def _word(self) -> str:
        return {"All": "all", "AnyOf": "any"}[type(self).__name__]


class All(_Group):
    """Every part holds."""

    def verdict(self, facts: Facts) -> bool | None:
        verdicts = [part.verdict(facts) for part in self.parts]
        if False in verdicts:
            return False
        return None if None in verdicts else True


class AnyOf(_Group):
    """One part or more holds."""

    def verdict(self, facts: Facts) -> bool | None:
        verdicts = [part.verdict(facts) for part in self.parts]
        if True in verdicts:
            return True
        return None if None in verdicts else False


@dataclass(frozen=True)
class AtLeast(_Group):
    """So many of the parts hold."""

    count: int

    def verdict(self, facts: Facts) -> bool | None:
        verdicts = [part.verdict(facts) for part in self.parts]
        if verdicts.count(True) >= self.count:
            return True
        return None if verdicts.count(True) + verdicts.count(None) >= self.count else False

    def as_json(self) -> object:
        return {"at_least": self.count, "of": [part.as_json() for part in self.parts]}


@dataclass(frozen=True)
class Not(Condition):
    """The part does not hold."""

    part: Condition

    def verdict(self, facts: Facts) -> bool | None:
        inner = self.part.verdict(facts)
        return None if inner is None else not inner

    def names(self) -> frozenset[str]:
        return self.part.names()

    def leaves(self) -> Iterator[Condition]:
        yield from self.part.leaves()

    def as_json(self) -> object:
        return {"not": self.part.as_json()}


@dataclass(frozen=True)
class _About(Condition):
    name: str

    def names(self) -> frozenset[str]:
        return frozenset({self.name})


class Flag(_About):
    """A yes/no fact is yes."""

    def verdict(self, facts: Facts) -> bool | None:
        return bool(facts[self.name]) if self.name in facts else None

    def as_json(self) -> object:
        return {"flag": self.name}


class Missing(_About):
    """A number was not measured or not stored."""

    def verdict(self, facts: Facts) -> bool | None:
        return facts[self.name] is None if self.name in facts else None

    def as_json(self) -> object:
        return {"missing": self.name}


@dataclass(frozen=True)
class Is(_About):
    """A word such as the target antigen, whatever its case."""

    word: str

    def verdict(self, facts: Facts) -> bool | None:
        if self.name not in facts:
            return None
        return str(facts[self.name]).casefold() == self.word.casefold()

    def as_json(self) -> object:
        return {"is": [self.name, self.word]}


@dataclass(frozen=True)
class Term:
    """One side of a comparison: a number, a name, or one name less another."""

    number: float = 0
    name: str = ""
    less: str = ""

    def names(self) -> frozenset[str]:
        return frozenset({self.name, self.less} - {""})

    def value(self, facts: Facts) -> float | None:
        if not self.name:
            return self.number
        value = facts[self.name]
        less = facts[self.less] if self.less else 0
        if value is None or less is None:
            return None
        return float(value) - float(less)

    def as_json(self) -> object:
        if not self.name:
            return self.number
        return {"value": self.name, "less": self.less} if self.less else {"value": self.name}


@dataclass(frozen=True)
class Compare(Condition):
    """One term against another; false when either was not measured."""

    left: Term
    operator: str
    right: Term

    def verdict(self, facts: Facts) -> bool | None:
        if not self.names() <= facts.keys():
            return None
        left, right = self.left.value(facts), self.right.value(facts)
        if left is None or right is None:
            return False
        return bool(_OPERATORS[self.operator](round(left - right, _DECIMALS), 0))

    def names(self) -> frozenset[str]:
        return self.left.names() | self.right.names()

    def as_json(self) -> object:
        return {"compare": [self.left.as_json(), self.operator, self.right.as_json()]}
