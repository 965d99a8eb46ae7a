"""What changed since earlier reports: a jump, a rise in temperature, something that stays."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile

from clinic.rules.core.enums import Kind, Level
from clinic.rules.protocols.document.conditions import Facts, Value
from clinic.rules.protocols.document.parts import Trend
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring.answers import check_answers
from clinic.rules.protocols.scoring.reasons import Reason, hours_in_words, number_in_words


@dataclass(frozen=True)
class PastReport:
    """An earlier report of the same patient."""

    hours_ago: float
    answers: Mapping[str, object]


@dataclass(frozen=True)
class History:
    """Earlier reports. `streaks` replaces what would be counted from them."""

    reports: tuple[PastReport, ...] = ()
    streaks: Mapping[str, int] | None = None


# For answers that are judged by themselves.
NO_HISTORY = History()


@dataclass
class _CheckedReport:
    """An earlier report; its answers are checked when a trend looks at them, which most never do."""

    protocol: Protocol
    past: PastReport

    @cached_property
    def values(self) -> Mapping[str, object]:
        return check_answers(self.protocol, self.past.answers).values


@dataclass(frozen=True)
class _CheckedHistory:
    """History, the newest first, with its answers checked once at most."""

    reports: tuple[_CheckedReport, ...]
    streaks: Mapping[str, int] | None


def check_history(protocol: Protocol, history: History) -> _CheckedHistory:
    newest_first = sorted(history.reports, key=lambda report: report.hours_ago)
    return _CheckedHistory(tuple(_CheckedReport(protocol, past) for past in newest_first), history.streaks)


def trend_reasons(protocol: Protocol, facts: Facts, past: _CheckedHistory) -> list[Reason]:
    """Every trend that fired, in the order of the document."""
    kinds = {"steps_up": _change_reason, "rise": _change_reason, "persisting": _persistence_reason}
    return [
        reason
        for trend in protocol.trends
        if trend.when is None or trend.when.holds(facts)
        for item in trend.items
        if (reason := kinds[trend.kind](protocol, trend, item, facts, past)) is not None
    ]


def _change_reason(
    protocol: Protocol, trend: Trend, item: str, facts: Facts, past: _CheckedHistory
) -> Reason | None:
    """Up by so much since any report that is recent enough, named by the steepest."""
    now = facts[item]
    if not isinstance(now, int | float) or _cannot_rise(protocol, trend, item, now):
        return None
    # A scale not answered earlier counts as 0; a number not measured earlier cannot be compared.
    counted_as = 0 if trend.kind == "steps_up" else None
    recent = (
        one for one in past.reports if trend.within_hours is None or one.past.hours_ago <= trend.within_hours
    )
    changes = [
        (round(float(now) - float(before), 6), one.past.hours_ago)
        for one in recent
        for before in [one.values.get(item, counted_as)]
        if isinstance(before, int | float)
    ]
    if not changes or max(changes)[0] < trend.amount:
        return None
    change, hours = max(changes)
    return _reason(protocol, trend, item, facts, change=number_in_words(change), hours=hours_in_words(hours))


def _cannot_rise(protocol: Protocol, trend: Trend, item: str, now: float) -> bool:
    """On a scale nothing is below 0, so that a low answer is no rise whatever was answered before."""
    return now < trend.amount and protocol.question(item).kind is Kind.CHOICE


def _persistence_reason(
    protocol: Protocol, trend: Trend, item: str, facts: Facts, past: _CheckedHistory
) -> Reason | None:
    """Present now and in so many reports running."""
    usual = facts.get(f"baseline.{item}") if trend.above_usual else None
    if not _is_present(trend, facts[item], usual):
        return None
    count = _streak(trend, item, usual, past)
    if count < trend.reports:
        return None
    return _reason(protocol, trend, item, facts, count=count)


def _is_present(trend: Trend, answer: object, usual: Value) -> bool:
    """Whether the answer is bad enough to persist, and worse than usual where a usual value is stored."""
    if not isinstance(answer, int | float) or answer < trend.amount:
        return False
    return not isinstance(usual, int | float) or answer > usual


def _streak(trend: Trend, item: str, usual: Value, past: _CheckedHistory) -> int:
    if past.streaks is not None:
        return past.streaks.get(item, 1)
    earlier = (one.values.get(item, 0) for one in past.reports)
    return 1 + sum(1 for _ in takewhile(lambda answer: _is_present(trend, answer, usual), earlier))


def _reason(protocol: Protocol, trend: Trend, item: str, facts: Facts, **values: object) -> Reason:
    question = protocol.question(item)
    on_scale = trend.kind != "rise"
    texts = {
        language: words.format(label=question.label(language), **values)
        for language, words in trend.whys.items()
    }
    return Reason(
        rule=f"{trend.id}:{item}" if on_scale else trend.id,
        level=_level(trend, question.domain, facts),
        item=item,
        texts=texts,
        domain=question.domain if on_scale else "",
    )


def _level(trend: Trend, domain: str, facts: Facts) -> Level:
    raised = trend.raised_level is not None and domain in trend.raised_domains
    if raised and (trend.raised_when is None or trend.raised_when.holds(facts)):
        return trend.raised_level or trend.level
    return trend.level
