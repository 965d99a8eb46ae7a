"""Finds out whether a condition can ever hold, so that a dead rule is refused and not shipped."""

from __future__ import annotations

from collections.abc import Mapping

from clinic.rules.protocols.document.condition_parser import Fact, Vocabulary
from clinic.rules.protocols.document.conditions import Compare, Condition, Is, Value

OTHER_WORD = "?"


def can_hold(condition: Condition, vocabulary: Vocabulary) -> bool:
    """Whether any person and any answers could meet the condition."""
    candidates = _candidates(condition, vocabulary)
    # Facts with few values first: they settle most conditions before numbers are tried.
    names = sorted(candidates, key=lambda name: (len(candidates[name]), name))

    def search(depth: int, facts: dict[str, Value]) -> bool:
        verdict = condition.verdict(facts)
        if verdict is not None:
            return verdict
        name = names[depth]
        return any(search(depth + 1, {**facts, name: value}) for value in candidates[name])

    return search(0, {})


def _candidates(condition: Condition, vocabulary: Vocabulary) -> Mapping[str, list[Value]]:
    """For each name, values enough to meet every border that the condition draws."""
    leaves = list(condition.leaves())
    names = condition.names()
    words = {leaf.word for leaf in leaves if isinstance(leaf, Is)}
    compared = [leaf for leaf in leaves if isinstance(leaf, Compare)]
    borders = _borders(names, compared, vocabulary)
    values: dict[str, list[Value]] = {}
    for name in names:
        fact = vocabulary[name]
        if fact.kind == "number":
            values[name] = _numbers(fact, borders[name])
        else:
            values[name] = [False, True] if fact.kind == "flag" else [OTHER_WORD, *sorted(words)]
    return values


def _borders(
    names: frozenset[str], compared: list[Compare], vocabulary: Vocabulary
) -> Mapping[str, set[float]]:
    """The constants each name meets; those of a name it is set against count too, shifted by the gap."""
    own = {name: {vocabulary[name].minimum, vocabulary[name].maximum} for name in names}
    for leaf in compared:
        if len(leaf.names()) == 1:
            own[min(leaf.names())].add(leaf.left.number + leaf.right.number)
    met = {name: set(borders) for name, borders in own.items()}
    for leaf in compared:
        gap = leaf.left.number + leaf.right.number
        for name in leaf.names():
            for other in leaf.names() - {name}:
                met[name] |= {border + sign * gap for border in own[other] for sign in (-1, 1)}
    return met


def _numbers(fact: Fact, borders: set[float]) -> list[Value]:
    """Each border and its neighbours on both sides, inside the range; and missing, where that can be."""
    near = {round(border + side * fact.step, 6) for border in borders for side in (-1, 0, 1)}
    inside: list[Value] = [value for value in sorted(near) if fact.minimum <= value <= fact.maximum]
    return [*inside, None] if fact.may_be_missing else inside
