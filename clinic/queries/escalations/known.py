"""What may be named as expected when an escalation is closed, and what is expected of its patient."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from clinic.models import Assessment, Escalation, KnownFinding
from clinic.queries.protocols.versions import rules_of
from clinic.rules.core.enums import Level
from clinic.rules.paging import known
from clinic.rules.protocols.document.protocol import Protocol


@dataclass(frozen=True)
class Nameable:
    """A mild finding in words: the question and the answer."""

    item: str
    words: str


@dataclass(frozen=True)
class Expected:
    """What is expected, up to which answer, until when, by whom and why; `is_over` once it holds no more."""

    words: str
    until: datetime
    by: str
    reason: str
    is_over: bool


def nameable(escalation: Escalation) -> dict[str, int]:
    """Mild findings of the newest report of an escalation, with how each was answered."""
    newest = (
        _assessments(escalation).order_by("-report__observed_at", "-report__received_at", "-report").first()
    )
    if newest is None:
        return {}
    rules = rules_of(newest.report.protocol_version)
    return known.nameable(rules, newest.report.answers, fired(newest.reasons))


def nameable_in_words(escalation: Escalation, language: str) -> tuple[Nameable, ...]:
    """The same for people, in the order in which the questions are asked."""
    found = nameable(escalation)
    newest = (
        _assessments(escalation).order_by("-report__observed_at", "-report__received_at", "-report").first()
    )
    if newest is None:
        return ()
    rules = rules_of(newest.report.protocol_version)
    return tuple(
        Nameable(item, _words(rules, item, found[item], language))
        for item in rules.scale_items
        if item in found
    )


def rules_of_escalation(escalation: Escalation) -> frozenset[str]:
    """Every rule that fired in any report of it."""
    stored = _assessments(escalation).values_list("reasons", flat=True)
    return frozenset(reason["rule"] for reasons in stored for reason in reasons)


def expected(escalation: Escalation, language: str, now: datetime) -> tuple[Expected, ...]:
    """What was named as expected when it was closed."""
    rows = KnownFinding.objects.filter(escalation=escalation).select_related("named_by").order_by("pk")
    if not rows or escalation.protocol_version is None:
        return ()
    rules = rules_of(escalation.protocol_version)
    return tuple(
        Expected(
            words=_words(rules, one.item, one.answer, language),
            until=one.expected_until,
            by=one.named_by.name,
            reason=one.reason,
            is_over=one.ended_at is not None or one.expected_until <= now,
        )
        for one in rows
    )


def fired(stored: Iterable[Mapping[str, Any]]) -> tuple[known.Fired, ...]:
    """Stored reasons as the rules read them."""
    return tuple(known.Fired(reason["rule"], Level(reason["level"]), reason.get("item")) for reason in stored)


def _assessments(escalation: Escalation) -> Any:
    rows = Assessment.objects.filter(
        report__escalation_events__escalation=escalation, report__mistake__isnull=True
    )
    rows = rows.select_related("report__protocol_version__protocol")
    return rows.defer("report__protocol_version__document")


def _words(rules: Protocol, item: str, answer: int, language: str) -> str:
    question = rules.question(item)
    return f"{question.label(language)}: {question.option_text(answer, language)}"
