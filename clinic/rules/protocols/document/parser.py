"""Turns a protocol document (maps and lists, as YAML or JSON gives them) into its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from clinic.rules.core.enums import Kind, Level
from clinic.rules.protocols.document import addition_parser, coverage, question_parser, validation
from clinic.rules.protocols.document.conditions import Condition
from clinic.rules.protocols.document.nodes import Node, ParseContext
from clinic.rules.protocols.document.parts import (
    Accumulation,
    AdviceVariant,
    Case,
    Override,
    Recheck,
    RecheckTimer,
    Rule,
    Scale,
    Table,
    TableRow,
    Trend,
)
from clinic.rules.protocols.document.vocabulary import ADVICE_FACTS, PATIENT_FACTS, answer_facts

CALLS = ("emergency", "line", "clinic")
PHONES = "emergency_number line_phone clinic_phone next_staffed nearest_emergency"
_FIELDS = (
    "code title languages domains questions pages baselines definitions columns phases missed scales tables"
    " rules trends accumulation rejected phrases input_texts advice"
)
# A measurement that waits longer than a day is the next check-in, not this one again.
LONGEST_RECHECK_MINUTES = 1440
# What follows where a document from before the setting says nothing of it: it was published with silence
# alone, whose hours are too long for a fever that medicine may hide.
_RECHECK_MISSED = (RecheckTimer(60, Level.SAME_DAY), RecheckTimer(120, Level.URGENT))
_RECHECK_WHYS = {
    "en": "No second reading {minutes} minutes after it was due ({limit} or more)",
    "es": "Sin la segunda medición {minutes} minutos después de la hora ({limit} o más)",
}
_INPUT_PLACEHOLDERS = "label typed converted minimum maximum"


class ProtocolError(Exception):
    """The document is not a protocol; `problems` lists every "place: reason"."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def parse_document(document: Mapping[str, object]) -> dict[str, Any]:
    """The fields of the protocol that the document states; raises ProtocolError."""
    context = ParseContext()
    root = Node(document, "", context).fields(_FIELDS, "minimum_age version recheck additions")
    context.languages = root["languages"].words() or context.languages
    fields = _asked(root) | _decided(root) | _said(root)
    context.problems.extend(validation.problems(fields))
    # What can apply at all is only worth asking of a document whose parts are sound.
    if not context.problems:
        context.problems.extend(coverage.problems(fields, context.vocabulary))
    if context.problems:
        raise ProtocolError(tuple(dict.fromkeys(context.problems)))
    return fields


def _asked(root: Node) -> dict[str, Any]:
    """Questions and pages; from here on conditions know the names they may use."""
    questions = tuple(question_parser.question(node) for node in root["questions"].rows("key"))
    baselines = {key: question_parser.baseline(node) for key, node in root["baselines"].entries()}
    root.context.vocabulary = {**PATIENT_FACTS, **answer_facts(questions, baselines)}
    _define(root)
    questions = tuple(
        replace(question, ask_when=node["ask_when"].condition())
        for question, node in zip(questions, root["questions"].rows("key"), strict=True)
    )
    by_key = {question.key: question for question in questions}
    return {
        "questions": questions,
        "steps": tuple(question_parser.parse_step(node, by_key) for node in root["pages"].rows("key")),
        "baselines": baselines,
    }


def _define(root: Node) -> None:
    """Read the definitions in whatever order they use each other: a stored map has no order."""
    known: dict[str, Condition] = {}
    root.context.definitions = known
    pending = dict(root["definitions"].entries())
    for name in sorted(pending.keys() & root.context.vocabulary.keys()):
        pending[name].problem("this name is already a question or a patient fact")
    while pending:
        mark = len(root.context.problems)
        read_now = {name: node.condition() for name, node in pending.items()}
        ready = {name: condition for name, condition in read_now.items() if condition is not None}
        if not ready:
            return
        del root.context.problems[mark:]
        known.update(ready)
        pending = {name: node for name, node in pending.items() if name not in ready}


def _decided(root: Node) -> dict[str, Any]:
    """Everything that turns answers, trends and silence into a level."""
    columns = {name: node.condition() for name, node in root["columns"].entries()}
    scale_items = tuple(
        str(node["key"].value) for node in root["questions"].rows() if node["kind"].value == Kind.CHOICE
    )
    return {
        "columns": {name: condition for name, condition in columns.items() if condition is not None},
        "phases": tuple(question_parser.phase(node) for node in root["phases"].rows("code")),
        "additions": tuple(addition_parser.addition(node) for node in root["additions"].rows("code")),
        "scales": tuple(_scale(node) for node in root["scales"].rows("item")),
        "tables": tuple(_table(node) for node in root["tables"].rows("item")),
        "rules": tuple(_rule(node) for node in root["rules"].rows("id")),
        "trends": tuple(_trend(node, scale_items) for node in root["trends"].rows("id")),
        "accumulations": tuple(_accumulation(node) for node in root["accumulation"].rows("id")),
        "rejected": _case(root["rejected"], "label"),
    }


def _said(root: Node) -> dict[str, Any]:
    """Every text that does not belong to one question or rule."""
    advice: dict[Level, tuple[AdviceVariant, ...]] = {}
    for node in root["advice"].rows("level"):
        node.fields("level variants")
        level = node["level"].level()
        if level in advice:
            node.problem("this level has advice already")
        advice[level] = tuple(_variant(row) for row in node["variants"].rows())
    return {
        "code": root["code"].word(),
        "titles": root["title"].text(),
        "languages": root.context.languages,
        "minimum_age": root["minimum_age"].whole(),
        "domains": {key: node.text() for key, node in root["domains"].entries()},
        "recheck": _recheck(root["recheck"]) if root["recheck"].given else None,
        "missed_whys": root["missed"].text("hours limit"),
        "phrases": {key: node.text("low high value") for key, node in root["phrases"].entries()},
        "input_texts": {key: node.text(_INPUT_PLACEHOLDERS) for key, node in root["input_texts"].entries()},
        "advice": advice,
    }


def _recheck(node: Node) -> Recheck:
    node.fields("when after_minutes", "missed why")
    minutes = node["after_minutes"].whole()
    if not 0 < minutes <= LONGEST_RECHECK_MINUTES:
        node["after_minutes"].problem(f"minutes from 1 to {LONGEST_RECHECK_MINUTES} are expected")
        minutes = 1
    timers = tuple(
        RecheckTimer(row.fields("minutes level")["minutes"].whole(), row["level"].level())
        for row in node["missed"].rows()
    )
    languages = node.context.languages
    return Recheck(
        when=node["when"].condition(),
        after=timedelta(minutes=minutes),
        missed=timers if node["missed"].given else _RECHECK_MISSED,
        missed_whys=node["why"].text("minutes limit")
        or {language: _RECHECK_WHYS.get(language, _RECHECK_WHYS["en"]) for language in languages},
    )


def _case(node: Node, placeholders: str = "") -> Case:
    node.fields("level", "when why")
    return Case(
        level=node["level"].level(),
        when=node["when"].condition(),
        whys=node["why"].text(placeholders),
    )


def _scale(node: Node) -> Scale:
    node.fields("item columns", "overrides")
    columns = {
        name: tuple(row.level() for row in column.rows()) for name, column in node["columns"].entries()
    }
    overrides = tuple(_override(row) for row in node["overrides"].rows())
    return Scale(item=node["item"].word(), columns=columns, overrides=overrides)


def _override(node: Node) -> Override:
    node.fields("", "answer when level at_most why")
    if node["level"].given == node["at_most"].given:
        node.problem("either “level” or “at_most” is needed")
    answer = node["answer"]
    return Override(
        answer=answer.whole() if answer.given else None,
        when=node["when"].condition(),
        level=node["level"].maybe_level(),
        at_most=node["at_most"].maybe_level(),
        whys=node["why"].text(),
    )


def _table(node: Node) -> Table:
    node.fields("item rows", "when missing")
    return Table(
        item=node["item"].word(),
        when=node["when"].condition(),
        rows=tuple(_row(row) for row in node["rows"].rows()),
        missing=_case(node["missing"]) if node["missing"].given else None,
    )


def _row(node: Node) -> TableRow:
    node.fields("", "from to level cases why")
    if node["level"].given == node["cases"].given:
        node.problem("either “level” or “cases” is needed")
    if node["level"].given:
        cases: tuple[Case, ...] = (Case(node["level"].level(), None, node["why"].text()),)
    else:
        cases = tuple(_case(row) for row in node["cases"].rows())
    return TableRow(low=node["from"].maybe_number(), high=node["to"].maybe_number(), cases=cases)


def _rule(node: Node) -> Rule:
    node.fields("id cases why", "item staff_hint")
    return Rule(
        id=node["id"].word(),
        item=node["item"].word() or None,
        cases=tuple(_case(row) for row in node["cases"].rows()),
        whys=node["why"].text(),
        staff_hints=node["staff_hint"].text(),
    )


def _trend(node: Node, scale_items: tuple[str, ...]) -> Trend:
    node.fields("id kind level why", "items except by within_hours when reports above_usual raised")
    raised = node["raised"]
    if raised.given:
        raised.fields("level", "when domains")
    left_out = node["except"].words()
    chosen = node["items"].words() or scale_items
    return Trend(
        id=node["id"].word(),
        kind=node["kind"].word(),
        items=tuple(item for item in chosen if item not in left_out),
        amount=node["by"].number(1),
        within_hours=node["within_hours"].maybe_number(),
        when=node["when"].condition(),
        reports=node["reports"].whole(1),
        above_usual=node["above_usual"].yes(),
        level=node["level"].level(),
        raised_level=raised["level"].maybe_level(),
        raised_when=raised["when"].condition(),
        raised_domains=frozenset(raised["domains"].words()),
        whys=node["why"].text("label change hours count"),
    )


def _accumulation(node: Node) -> Accumulation:
    node.fields("id domains at level why")
    return Accumulation(
        id=node["id"].word(),
        domains=node["domains"].whole(),
        at=node["at"].level(),
        level=node["level"].level(),
        whys=node["why"].text("count domains"),
    )


def _variant(node: Node) -> AdviceVariant:
    node.fields("title steps call", "when note")
    for row in node["call"].rows():
        if row.value not in CALLS:
            row.problem(f"“{row.value}” is not one of {', '.join(CALLS)}")
    return AdviceVariant(
        when=node["when"].condition(ADVICE_FACTS),
        titles=node["title"].text(PHONES),
        steps=tuple(row.text(PHONES) for row in node["steps"].rows()),
        call=node["call"].words(),
        notes=node["note"].text(PHONES),
    )
