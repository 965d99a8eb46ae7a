"""The protocol as plain JSON, with every condition parsed, so that a phone can evaluate it alone.

Reasons and hints for staff stay out: the table goes to the family's phone.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from clinic.rules.core.enums import Level
from clinic.rules.protocols.document.additions import Addition
from clinic.rules.protocols.document.conditions import Condition
from clinic.rules.protocols.document.parts import (
    AdviceVariant,
    Case,
    MissedTimer,
    Override,
    Phase,
    Scale,
    Table,
    Trend,
)
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.document.questions import Question

Json = dict[str, Any]


def decision_table(protocol: Protocol) -> Json:
    """Everything a phone needs to reach the same level as the server."""
    return {
        "code": protocol.code,
        "content_hash": protocol.content_hash,
        "languages": list(protocol.languages),
        "levels": [str(level) for level in Level],
        "domains": list(protocol.domain_order),
        "baselines": dict(protocol.baselines),
        "questions": [_question(question) for question in protocol.questions],
        "columns": [{"name": name, "when": when.as_json()} for name, when in protocol.columns.items()],
        "rules": [
            {"id": rule.id, "item": rule.item, "cases": [_case(case) for case in rule.cases]}
            for rule in protocol.rules
        ],
        "tables": [_table(table) for table in protocol.tables],
        "scales": [_scale(scale) for scale in protocol.scales],
        "trends": [_trend(trend) for trend in protocol.trends],
        "accumulation": [
            {"id": rule.id, "domains": rule.domains, "at": str(rule.at), "level": str(rule.level)}
            for rule in protocol.accumulations
        ],
        "rejected": _case(protocol.rejected),
        "phases": [_phase(phase) for phase in protocol.phases],
        **(
            {"additions": added}
            if (added := [_addition(one, protocol.phases) for one in protocol.additions if one.active])
            else {}
        ),
        "input_texts": {code: dict(texts) for code, texts in protocol.input_texts.items()},
        "advice": {
            str(level): [_variant(variant) for variant in variants]
            for level, variants in protocol.advice.items()
        },
    }


def _when(condition: Condition | None) -> object:
    """A parsed condition; null always applies."""
    return None if condition is None else condition.as_json()


def _question(question: Question) -> Json:
    return {
        "key": question.key,
        "kind": str(question.kind),
        "answer_keys": list(question.answer_keys),
        "options": [option.value for option in question.options],
        "highest_accepted": question.highest_accepted,
        "minimum": question.minimum,
        "maximum": question.maximum,
        "step": question.step,
        "unit": question.unit,
        "units": {
            unit: {"minimum": span.minimum, "maximum": span.maximum} for unit, span in question.units.items()
        },
        "default_unit": question.default_unit,
        "confirm_below": question.confirm_below,
        "confirm_above": question.confirm_above,
        "below": question.below,
        "domain": question.domain,
        "labels": dict(question.labels),
        "ask_when": _when(question.ask_when),
        "phases": list(question.phases),
    }


def _case(case: Case) -> Json:
    return {"level": str(case.level), "when": _when(case.when)}


def _table(table: Table) -> Json:
    return {
        "item": table.item,
        "when": _when(table.when),
        "missing": _case(table.missing) if table.missing else None,
        "rows": [
            {"low": row.low, "high": row.high, "cases": [_case(case) for case in row.cases]}
            for row in table.rows
        ],
    }


def _scale(scale: Scale) -> Json:
    return {
        "item": scale.item,
        "columns": {name: [str(level) for level in levels] for name, levels in scale.columns.items()},
        "overrides": [_override(override) for override in scale.overrides],
    }


def _override(override: Override) -> Json:
    return {
        "answer": override.answer,
        "when": _when(override.when),
        "level": override.level and str(override.level),
        "at_most": override.at_most and str(override.at_most),
    }


def _trend(trend: Trend) -> Json:
    return {
        "id": trend.id,
        "kind": trend.kind,
        "items": list(trend.items),
        "amount": trend.amount,
        "within_hours": trend.within_hours,
        "when": _when(trend.when),
        "reports": trend.reports,
        "above_usual": trend.above_usual,
        "level": str(trend.level),
        "raised_level": trend.raised_level and str(trend.raised_level),
        "raised_when": _when(trend.raised_when),
        "raised_domains": sorted(trend.raised_domains),
    }


def _phase(phase: Phase) -> Json:
    return {
        "code": phase.code,
        "first_day": phase.first_day,
        "last_day": phase.last_day,
        "missed": {tier: [_timer(timer) for timer in timers] for tier, timers in phase.missed.items()},
    }


def _addition(addition: Addition, phases: Iterable[Phase]) -> Json:
    """Only what is switched on goes to a phone; when check-ins fall is the server's to know."""
    return {
        "for": sorted(addition.findings),
        "when": None if addition.when is None else addition.when.as_json(),
        "counted_from": addition.counted_from,
        "first_day": addition.first_day,
        "last_day": addition.last_day,
        "missed": [_timer(timer) for timer in addition.missed],
        "staff_calls": _staff_calls(addition, phases),
        "timers_of_tier": addition.timers_of_tier,
        "ask": [{"item": ask.item, "unanswered": str(ask.unanswered)} for ask in addition.asks],
    }


def _staff_calls(addition: Addition, phases: Iterable[Phase]) -> Json:
    """By the phase: reminders are the server's to know."""
    call = addition.staff_call
    timers = {phase.code: call.timer(phase) for phase in phases} if call else {}
    return {code: _timer(timer) for code, timer in timers.items() if timer is not None}


def _timer(timer: MissedTimer) -> Json:
    return {"hours": timer.hours, "level": str(timer.level)}


def _variant(variant: AdviceVariant) -> Json:
    return {
        "when": _when(variant.when),
        "title": dict(variant.titles),
        "steps": [dict(step) for step in variant.steps],
        "call": list(variant.call),
        "note": dict(variant.notes),
    }
