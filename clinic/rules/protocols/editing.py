"""What a clinician may change in a protocol document: wording, bounds, levels, conditions, times.

A document is a tree. Each editable leaf has a place, written as the reader of documents writes it in its
problems (`tables[temp].rows[1].from`), so that a problem finds the field that caused it. Questions and
rules are neither added nor removed here.
"""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from dataclasses import field as dataclass_field
from enum import StrEnum
from typing import Any, NamedTuple

from clinic.rules.protocols.document.protocol import Protocol, ProtocolError
from clinic.rules.protocols.document.questions import FALLBACK_LANGUAGE

# The field by which the rows of a list are named; other lists are numbered from 1.
NAMED_BY = {
    "questions": "key",
    "options": "value",
    "tables": "item",
    "scales": "item",
    "rules": "id",
    "trends": "id",
    "accumulation": "id",
    "phases": "code",
    "additions": "code",
    "ask": "item",
    "advice": "level",
}
# The sections in their order, each with the kind of item on whose page it stands.
KINDS = {
    "questions": "question",
    "definitions": "definitions",
    "phases": "phase",
    "additions": "addition",
    "recheck": "recheck",
    "missed": "messages",
    "tables": "question",
    "scales": "question",
    "rules": "rule",
    "trends": "trend",
    "accumulation": "sum",
    "rejected": "messages",
    "phrases": "messages",
    "input_texts": "messages",
    "advice": "advice",
}
NUMBERS = frozenset(
    {
        *("minimum", "maximum", "step", "confirm_below", "confirm_above", "from", "to", "default"),
        *(
            "by",
            "within_hours",
            "hours",
            "minutes",
            "after_minutes",
            "reports",
            "domains",
            "every_days",
            "days_in_cycle",
        ),
        *(
            "first_day",
            "last_day",
            "within_days",
            "days",
            "reminder_offsets_minutes",
            "backup_contact_after_minutes",
            "reminder",
        ),
    }
)
LEVELS = frozenset({"level", "at_most", "at", "unanswered"})
CONDITIONS = frozenset({"when", "ask_when"})
CLOCKS = frozenset({"times"})
SWITCHES = frozenset({"active"})


class FieldKind(StrEnum):
    """How a leaf is typed in."""

    TEXT = "text"
    NUMBER = "number"
    LEVEL = "level"
    CONDITION = "condition"
    CLOCK = "clock"
    SWITCH = "switch"


class EditableField(NamedTuple):
    """One leaf: `place` names it, `path` finds it; `language` is set for wording."""

    place: str
    path: tuple[str | int, ...]
    kind: FieldKind
    value: Any
    language: str = ""


@dataclass(frozen=True)
class ProtocolItem:
    """What is edited on one page, such as everything about one symptom.

    `texts` is its name by language; where the document gives it none, `name` says what it is of its kind:
    the kind of a trend, the level of a sum or of advice, the code of an addition.
    """

    key: str
    kind: str
    name: str
    texts: Mapping[str, str] = dataclass_field(default_factory=dict, compare=False)


@dataclass(frozen=True)
class FieldChange:
    """One leaf that differs between two documents; None where a side lacks it."""

    place: str
    kind: FieldKind
    before: Any
    after: Any


def items(document: Mapping[str, Any]) -> tuple[ProtocolItem, ...]:
    """The pages of the editor, in the order of the document."""
    titles = [_named(f"question.{one['key']}", "question", one["label"]) for one in document["questions"]]
    titles += [_named(f"rule.{one['id']}", "rule", one["why"]) for one in document["rules"]]
    titles += [ProtocolItem(f"trend.{one['id']}", "trend", str(one["kind"])) for one in document["trends"]]
    titles += [ProtocolItem(f"sum.{one['id']}", "sum", str(one["at"])) for one in document["accumulation"]]
    titles += [_named(f"phase.{one['code']}", "phase", one["title"]) for one in document["phases"]]
    titles += [
        ProtocolItem(f"addition.{one['code']}", "addition", str(one["code"]))
        for one in document.get("additions", [])
    ]
    titles += [
        ProtocolItem(f"advice.{one['level']}", "advice", str(one["level"])) for one in document["advice"]
    ]
    others = ("definitions", *(["recheck"] if document.get("recheck") else []), "messages")
    return (*titles, *(ProtocolItem(key, "other", "") for key in others))


def fields(document: Mapping[str, Any], key: str) -> tuple[EditableField, ...]:
    """The leaves of one item; empty for a key that is none."""
    kind = key.partition(".")[0]
    return tuple(
        field
        for section in KINDS
        if KINDS[section] == kind
        for field in _of_section(document, section)
        if item_key_of(field.path, document) == key
    )


def every_field(document: Mapping[str, Any]) -> Iterator[EditableField]:
    """All leaves of the document, in its order."""
    for section in KINDS:
        yield from _of_section(document, section)


def item_key_of(path: Sequence[str | int], document: Mapping[str, Any]) -> str:
    """The item on whose page the leaf at this path stands."""
    section = str(path[0])
    if section not in NAMED_BY:
        return KINDS[section]
    return f"{KINDS[section]}.{document[section][path[1]][NAMED_BY[section]]}"


def with_values(document: Mapping[str, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """A copy of the document with these values at these places; a place that is none is left out."""
    new = copy.deepcopy(dict(document))
    for field in every_field(document):
        if field.place in values:
            _put(new, field.path, values[field.place])
    return new


def differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    """Every leaf that differs, in the order of the newer document."""
    if before == after:
        return ()
    old = {field.place: field for field in every_field(before)}
    new = {field.place: field for field in every_field(after)}
    found = [
        FieldChange(place, field.kind, old[place].value if place in old else None, field.value)
        for place, field in new.items()
        if place not in old or old[place].value != field.value
    ]
    gone = [
        FieldChange(place, field.kind, field.value, None) for place, field in old.items() if place not in new
    ]
    return (*found, *gone)


def problems(document: Mapping[str, Any]) -> tuple[str, ...]:
    """Every "place: reason" why this document cannot be published; empty when it can."""
    try:
        Protocol.from_document(document)
    except ProtocolError as error:
        return tuple(error.problems)
    return ()


def content_hash(document: Mapping[str, Any]) -> str:
    """Names exactly this content, whether it can be published or not."""
    text = json.dumps(document, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _of_section(document: Mapping[str, Any], section: str) -> list[EditableField]:
    found: list[EditableField] = []
    _add_leaves(found, document.get(section), (section,), section, section)
    return found


def _add_leaves(
    found: list[EditableField], node: Any, path: tuple[str | int, ...], place: str, name: str
) -> None:
    if isinstance(node, list):
        _add_list(found, node, path, place, name)
    # Whether something is a map of another kind takes as long to know as all the rest here.
    elif isinstance(node, dict) or (not isinstance(node, str | int | float) and isinstance(node, Mapping)):
        _add_map(found, node, path, place, name)
    else:
        kind = _kind(name, path, node)
        if kind is not None:
            found.append(EditableField(place, path, kind, node))


def _add_map(
    found: list[EditableField], node: Mapping[str, Any], path: tuple[str | int, ...], place: str, name: str
) -> None:
    if FALLBACK_LANGUAGE in node and all(isinstance(value, str) for value in node.values()):
        found.extend(
            EditableField(f"{place}.{language}", (*path, language), FieldKind.TEXT, value, language)
            for language, value in node.items()
        )
        return
    for key, value in node.items():
        inner = name if name in {"columns", "definitions"} else key
        _add_leaves(found, value, (*path, key), f"{place}.{key}", inner)


def _add_list(
    found: list[EditableField], node: list[Any], path: tuple[str | int, ...], place: str, name: str
) -> None:
    named_by = NAMED_BY.get(name, "")
    seen: dict[object, int] = {}
    for number, value in enumerate(node):
        label = number + 1
        if named_by and isinstance(value, Mapping):
            label = value.get(named_by, label)
        # A table may stand there twice for one item; the second needs a place of its own.
        seen[label] = seen.get(label, 0) + 1
        again = f"#{seen[label]}" if seen[label] > 1 else ""
        _add_leaves(found, value, (*path, number), f"{place}[{label}]{again}", name)


def _kind(name: str, path: tuple[str | int, ...], value: Any) -> FieldKind | None:
    if name in SWITCHES and isinstance(value, bool):
        return FieldKind.SWITCH
    if name in NUMBERS and isinstance(value, int | float):
        return FieldKind.NUMBER
    if name in LEVELS or name == "columns":
        # `at` and `level` of an advice section say which advice it is.
        return None if path[0] == "advice" else FieldKind.LEVEL
    if name in CONDITIONS or name == "definitions":
        return FieldKind.CONDITION
    if name in CLOCKS:
        return FieldKind.CLOCK
    return None


def _put(document: Any, path: Sequence[str | int], value: Any) -> None:
    node = document
    for step in path[:-1]:
        node = node[step]
    node[path[-1]] = value


def _named(key: str, kind: str, texts: Mapping[str, str]) -> ProtocolItem:
    return ProtocolItem(key, kind, texts.get(FALLBACK_LANGUAGE, ""), texts)
