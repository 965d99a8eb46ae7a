"""Reads what a clinic adds to the monitoring of some people."""

from __future__ import annotations

from clinic.rules.protocols.document.additions import (
    INFUSION,
    Addition,
    Ask,
    LabsAsked,
    StaffCall,
    TaskAsked,
)
from clinic.rules.protocols.document.nodes import Node
from clinic.rules.protocols.document.question_parser import read_timers
from clinic.rules.protocols.document.vocabulary import ADDITION_FACTS


def addition(node: Node) -> Addition:
    """One row of `additions`."""
    node.fields(
        "code active first_day",
        "for when counted_from last_day times every_days days_in_cycle backup_contact_after_minutes missed"
        " timers_of_tier staff_call ask labs tasks before_start",
    )
    backup, last, cycle = node["backup_contact_after_minutes"], node["last_day"], node["days_in_cycle"]
    return Addition(
        code=node["code"].word(),
        active=node["active"].yes(),
        findings=frozenset(node["for"].words()),
        when=node["when"].condition(ADDITION_FACTS),
        counted_from=_origin(node["counted_from"]),
        first_day=node["first_day"].whole(),
        last_day=last.whole() if last.given else None,
        times=node["times"].words(),
        every_days=node["every_days"].whole(1),
        days_in_cycle=tuple(row.whole() for row in cycle.rows()) if cycle.given else (0,),
        backup_contact_after_minutes=backup.whole() if backup.given else None,
        missed=read_timers(node["missed"]),
        timers_of_tier=node["timers_of_tier"].word(),
        staff_call=_staff_call(node["staff_call"]) if node["staff_call"].given else None,
        asks=tuple(_ask(row) for row in node["ask"].rows("item")),
        labs=tuple(_labs(row) for row in node["labs"].rows()),
        tasks=tuple(_task(row) for row in node["tasks"].rows()),
        before_start=node["before_start"].words(),
    )


def _ask(node: Node) -> Ask:
    node.fields("item", "unanswered")
    return Ask(item=node["item"].word(), unanswered=node["unanswered"].level_or_none())


def _staff_call(node: Node) -> StaffCall:
    node.fields("reminder level")
    return StaffCall(reminder=node["reminder"].whole(), level=node["level"].level())


def _origin(node: Node) -> str:
    return node.word() if node.given else INFUSION


def _task(node: Node) -> TaskAsked:
    node.fields("task days", "counted_from last_day needs")
    last = node["last_day"]
    return TaskAsked(
        task=node["task"].word(),
        counted_from=_origin(node["counted_from"]),
        days=tuple(row.whole() for row in node["days"].rows()),
        last_day=last.whole() if last.given else None,
        needs=frozenset(node["needs"].words()),
    )


def _labs(node: Node) -> LabsAsked:
    node.fields("group first_day within_days", "last_day")
    last = node["last_day"]
    return LabsAsked(
        group=node["group"].word(),
        first_day=node["first_day"].whole(),
        last_day=last.whole() if last.given else None,
        within_days=node["within_days"].whole(),
    )
