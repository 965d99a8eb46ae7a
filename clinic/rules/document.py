"""Turns a protocol document (maps and lists, as YAML or JSON gives them) into its parts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from clinic.rules import validation
from clinic.rules.condition_text import Fact
from clinic.rules.conditions import Condition
from clinic.rules.enums import Kind, Level
from clinic.rules.parts import (
    Accumulation,
    AdviceVariant,
    Case,
    MissedTimer,
    Override,
    Phase,
    Row,
    Rule,
    Scale,
    Table,
    Trend,
)
from clinic.rules.questions import Option, Question, QuestionPage, UnitRange
from clinic.rules.reader import Context, Node

CALLS = ("emergency", "line", "clinic")
PHONES = "emergency_number line_phone clinic_phone next_staffed"
ADVICE_FACTS = {"after_hours": Fact("flag"), "day": Fact("number", -36500, 36500)}
PATIENT_FACTS = {
    "day": Fact("number", -36500, 36500),
    "tier": Fact("text"),
    "target": Fact("text"),
    "product": Fact("text"),
    "age": Fact("number", 0, 130, may_be_missing=True),
    "immune_risk": Fact("flag"),
    "neutropenia": Fact("flag"),
    "platelets_low": Fact("flag"),
    "masked": Fact("flag"),
}
_FIELDS = (
    "code title languages domains questions pages baselines definitions columns phases missed scales tables"
    " rules trends accumulation rejected phrases input_texts advice"
)
_INPUT_PLACEHOLDERS = "label typed converted minimum maximum"


class ProtocolError(Exception):
    """The document is not a protocol; `problems` lists every "place: reason"."""

    def __init__(self, problems: tuple[str, ...]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def read(document: Mapping[str, object]) -> dict[str, Any]:
    """The fields of the protocol that the document states; raises ProtocolError."""
    context = Context()
    root = Node(document, "", context).fields(_FIELDS, "minimum_age version")
    context.languages = root["languages"].words() or context.languages
    fields = _asked(root) | _decided(root) | _said(root)
    context.problems.extend(validation.problems(fields, context.vocabulary))
    if context.problems:
        raise ProtocolError(tuple(dict.fromkeys(context.problems)))
    return fields


def _asked(root: Node) -> dict[str, Any]:
    """Questions and pages; from here on conditions know the names they may use."""
    questions = tuple(_question(node) for node in root["questions"].rows("key"))
    baselines = {key: _baseline(node) for key, node in root["baselines"].entries()}
    root.context.vocabulary = PATIENT_FACTS | validation.answer_facts(questions, baselines)
    definitions: dict[str, Condition] = {}
    root.context.definitions = definitions
    for name, node in root["definitions"].entries():
        if name in root.context.vocabulary:
            node.problem("this name is already a question or a patient fact")
        condition = node.condition()
        if condition is not None:
            definitions[name] = condition
    asked = root["questions"].rows("key")
    questions = tuple(
        replace(question, ask_when=node["ask_when"].condition())
        for question, node in zip(questions, asked, strict=True)
    )
    by_key = {question.key: question for question in questions}
    return {
        "questions": questions,
        "pages": tuple(_page(node, by_key) for node in root["pages"].rows("key")),
        "baselines": baselines,
    }


def _decided(root: Node) -> dict[str, Any]:
    """Everything that turns answers, trends and silence into a level."""
    columns = {name: node.condition() for name, node in root["columns"].entries()}
    scale_items = tuple(
        str(node["key"].value) for node in root["questions"].rows() if node["kind"].value == Kind.CHOICE
    )
    return {
        "columns": {name: condition for name, condition in columns.items() if condition is not None},
        "phases": tuple(_phase(node) for node in root["phases"].rows("code")),
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
        "missed_whys": root["missed"].text("hours limit"),
        "phrases": {key: node.text("low high value") for key, node in root["phrases"].entries()},
        "input_texts": {key: node.text(_INPUT_PLACEHOLDERS) for key, node in root["input_texts"].entries()},
        "advice": advice,
    }


def _question(node: Node) -> Question:
    node.fields(
        "key kind text label",
        "hint options unit minimum maximum step confirm_below confirm_above below units highest_accepted"
        " domain phases ask_when audience optional",
    )
    highest = node["highest_accepted"]
    return Question(
        key=node["key"].word(),
        kind=node["kind"].code(Kind, Kind.YES_NO),
        texts=node["text"].text(),
        labels=node["label"].text(),
        hints=node["hint"].text(),
        options=tuple(_option(row) for row in node["options"].rows("value")),
        unit=node["unit"].word(),
        minimum=node["minimum"].maybe_number(),
        maximum=node["maximum"].maybe_number(),
        step=node["step"].number(1),
        confirm_below=node["confirm_below"].maybe_number(),
        confirm_above=node["confirm_above"].maybe_number(),
        below=node["below"].word(),
        units={unit: _unit_range(row) for unit, row in node["units"].entries()},
        highest_accepted=highest.whole() if highest.given else None,
        domain=node["domain"].word(),
        phases=node["phases"].words(),
        audience=node["audience"].word("anyone"),
        optional=node["optional"].yes(),
    )


def _option(node: Node) -> Option:
    node.fields("value text")
    value = node["value"].value
    if isinstance(value, bool) or not isinstance(value, int | str):
        node.problem("the value is a whole number or a word")
        value = ""
    return Option(value=value, texts=node["text"].text())


def _unit_range(node: Node) -> UnitRange:
    node.fields("minimum maximum")
    return UnitRange(minimum=node["minimum"].number(), maximum=node["maximum"].number())


def _baseline(node: Node) -> float | None:
    node.fields("", "default")
    return node["default"].maybe_number()


def _page(node: Node, questions: Mapping[str, Question]) -> QuestionPage:
    node.fields("key title questions")
    for row in node["questions"].rows():
        if row.value not in questions:
            row.problem(f"there is no question “{row.value}”")
    shown = tuple(questions[key] for key in node["questions"].words() if key in questions)
    return QuestionPage(key=node["key"].word(), titles=node["title"].text(), questions=shown)


def _phase(node: Node) -> Phase:
    node.fields(
        "code title first_day",
        "last_day times every_days days_in_cycle reminder_offsets_minutes"
        " backup_contact_after_minutes missed",
    )
    backup, last = node["backup_contact_after_minutes"], node["last_day"]
    cycle = node["days_in_cycle"]
    return Phase(
        code=node["code"].word(),
        titles=node["title"].text(),
        first_day=node["first_day"].whole(),
        last_day=last.whole() if last.given else None,
        times=node["times"].words(),
        every_days=node["every_days"].whole(1),
        days_in_cycle=tuple(row.whole() for row in cycle.rows()) if cycle.given else (0,),
        reminder_offsets_minutes=tuple(row.whole() for row in node["reminder_offsets_minutes"].rows()),
        backup_contact_after_minutes=backup.whole() if backup.given else None,
        missed={tier: _timers(timers) for tier, timers in node["missed"].entries()},
    )


def _timers(node: Node) -> tuple[MissedTimer, ...]:
    return tuple(MissedTimer(hours=row["hours"].number(), level=row["level"].level()) for row in node.rows())


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


def _row(node: Node) -> Row:
    node.fields("", "from to level cases why")
    if node["level"].given == node["cases"].given:
        node.problem("either “level” or “cases” is needed")
    if node["level"].given:
        cases: tuple[Case, ...] = (Case(node["level"].level(), None, node["why"].text()),)
    else:
        cases = tuple(_case(row) for row in node["cases"].rows())
    return Row(low=node["from"].maybe_number(), high=node["to"].maybe_number(), cases=cases)


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
    node.fields("id kind level why", "items except by within_hours when reports raised")
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
