"""Reads what a protocol asks and when: questions, pages, phases."""

from __future__ import annotations

from collections.abc import Mapping

from clinic.rules.core.enums import Kind
from clinic.rules.protocols.document.nodes import Node
from clinic.rules.protocols.document.parts import MissedTimer, Phase
from clinic.rules.protocols.document.questions import Option, Question, QuestionStep, UnitRange


def question(node: Node) -> Question:
    node.fields(
        "key kind text label",
        "hint options unit minimum maximum step confirm_below confirm_above below units default_unit"
        " highest_accepted domain phases ask_when audience optional",
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
        default_unit=node["default_unit"].word(),
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


def baseline(node: Node) -> float | None:
    node.fields("", "default")
    return node["default"].maybe_number()


def parse_step(node: Node, questions: Mapping[str, Question]) -> QuestionStep:
    node.fields("key title questions")
    for row in node["questions"].rows():
        if row.value not in questions:
            row.problem(f"there is no question “{row.value}”")
    shown = tuple(questions[key] for key in node["questions"].words() if key in questions)
    return QuestionStep(key=node["key"].word(), titles=node["title"].text(), questions=shown)


def phase(node: Node) -> Phase:
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
        missed={tier: read_timers(timers) for tier, timers in node["missed"].entries()},
    )


def read_timers(node: Node) -> tuple[MissedTimer, ...]:
    """Steps of silence, the first the soonest."""
    return tuple(MissedTimer(hours=row["hours"].number(), level=row["level"].level()) for row in node.rows())
