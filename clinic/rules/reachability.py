"""Finds out whether a condition can ever hold, so that a dead rule is refused and not shipped."""

from __future__ import annotations

from clinic.rules.condition_text import Fact, Vocabulary
from clinic.rules.conditions import Condition, Is, Not, Value

OTHER_WORD = "?"


def can_hold(condition: Condition, vocabulary: Vocabulary) -> bool:
    """Whether any person and any answers could meet the condition."""
    names = sorted(condition.names(), key=lambda name: (vocabulary[name].kind == "number", name))
    candidates = {name: _candidates(vocabulary[name], condition) for name in names}

    def search(depth: int, facts: dict[str, Value]) -> bool:
        verdict = condition.verdict(facts)
        if verdict is not None:
            return verdict
        name = names[depth]
        return any(search(depth + 1, {**facts, name: value}) for value in candidates[name])

    return search(0, {})


def _candidates(fact: Fact, condition: Condition) -> list[Value]:
    """Values enough to meet every border that the condition draws through this fact."""
    if fact.kind == "flag":
        return [False, True]
    if fact.kind == "text":
        return [OTHER_WORD, *sorted(_words(condition))]
    numbers = condition.numbers()
    near = {fact.minimum, fact.maximum} | numbers
    # A difference draws its border one threshold away from the borders of its two sides.
    near |= {border + sign * number for border in near for number in numbers for sign in (-1, 1)}
    near |= {border + sign * fact.step for border in near for sign in (-1, 1)}
    inside: list[Value] = [value for value in sorted(near) if fact.minimum <= value <= fact.maximum]
    return [*inside, None] if fact.may_be_missing else inside


def _words(condition: Condition) -> set[str]:
    if isinstance(condition, Is):
        return {condition.word}
    if isinstance(condition, Not):
        return _words(condition.part)
    parts: tuple[Condition, ...] = getattr(condition, "parts", ())
    return set().union(*(_words(part) for part in parts))
