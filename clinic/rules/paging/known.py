"""A known finding: something mild that a person expects for a while, so that it does not page again.

What may be named is an answer on a scale. What is measured, a danger sign and an answer that could not be
read are never expected. A reason that pages staff is covered only if the same rule was there when the
finding was named and everything that it rests on is known and no worse; one that is not covered pages, and
with it the whole report.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from clinic.rules.core.enums import Kind, Level
from clinic.rules.paging.ladder import pages_staff
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring.answers import check_answers

LONGEST = timedelta(hours=72)
# The first step of a scale.
MILDEST = 1


@dataclass(frozen=True)
class Fired:
    """One rule of a stored assessment: its level, and the question that it is about."""

    rule: str
    level: Level
    item: str | None


@dataclass(frozen=True)
class Finding:
    """An answer that is expected, up to this; `rules` are those that had fired when it was named."""

    item: str
    answer: int
    rules: frozenset[str]


def nameable(protocol: Protocol, answers: Mapping[str, object], reasons: Iterable[Fired]) -> dict[str, int]:
    """The mild findings of a report, and how each was answered.

    Mild: on a scale, and below urgent by itself, or the first step of the scale and not an emergency.
    """
    levels: dict[str, Level] = {}
    for reason in reasons:
        if reason.item is not None:
            levels[reason.item] = max(reason.level, levels.get(reason.item, Level.NONE))
    given = _scale_answers(protocol, answers)
    return {item: given[item] for item in levels if item in given and _is_mild(levels[item], given[item])}


def level_left(
    protocol: Protocol,
    answers: Mapping[str, object],
    reasons: Iterable[Fired],
    known: Iterable[Finding],
) -> Level:
    """The level of a report without what is expected of it; its whole level if anything new would page."""
    every = tuple(reasons)
    level = max((reason.level for reason in every), default=Level.NONE)
    findings = {one.item: one for one in known}
    report = _Report(protocol, answers, every, findings)
    left = [reason.level for reason in every if not report.covers(reason)]
    highest = max(left, default=Level.NONE)
    return level if pages_staff(highest) else highest


def _is_mild(level: Level, answer: int) -> bool:
    return answer >= MILDEST and (level < Level.URGENT or (level is Level.URGENT and answer == MILDEST))


def _scale_answers(protocol: Protocol, answers: Mapping[str, object]) -> dict[str, int]:
    values = check_answers(protocol, answers).values
    given = ((item, values.get(item)) for item in protocol.scale_items)
    return {item: answer for item, answer in given if isinstance(answer, int)}


class _Report:
    """One report beside what is known of the patient."""

    def __init__(
        self,
        protocol: Protocol,
        answers: Mapping[str, object],
        reasons: tuple[Fired, ...],
        findings: Mapping[str, Finding],
    ) -> None:
        self._protocol = protocol
        self._reasons = reasons
        self._findings = findings
        self._values = check_answers(protocol, answers).values
        self._given = _scale_answers(protocol, answers)
        self._rules = {rule.id: rule for rule in protocol.rules}
        self._sums = {rule.id: rule for rule in protocol.accumulations}

    def covers(self, reason: Fired) -> bool:
        """Whether all that this reason rests on is expected, and no worse."""
        if reason.level is Level.EMERGENCY or (
            pages_staff(reason.level) and not self._was_there(reason.rule)
        ):
            return False
        if reason.rule in self._rules:
            return self._covers_combination(reason.rule)
        if reason.rule in self._sums:
            return self._covers_sum(reason.rule)
        return reason.item is not None and self._is_known(reason.item)

    def _was_there(self, rule: str) -> bool:
        return any(rule in finding.rules for finding in self._findings.values())

    def _is_known(self, item: str) -> bool:
        finding = self._findings.get(item)
        return finding is not None and self._given.get(item, 0) <= finding.answer

    def _covers_combination(self, rule_id: str) -> bool:
        """Every answer that the rule asks for and that was given must be known; nothing else may be in it."""
        conditions = [case.when for case in self._rules[rule_id].cases if case.when is not None]
        names = {name for condition in conditions for name in condition.names()}
        asked = [question for question in self._protocol.questions if question.key in names]
        present = [question for question in asked if self._values.get(question.key)]
        return bool(present) and all(
            question.kind is Kind.CHOICE and self._is_known(question.key) for question in present
        )

    def _covers_sum(self, rule_id: str) -> bool:
        """Everything at the level that adds up must be known."""
        at = self._sums[rule_id].at
        parts = [one for one in self._reasons if one.item is not None and one.level >= at]
        return bool(parts) and all(self._is_known(one.item or "") for one in parts)
