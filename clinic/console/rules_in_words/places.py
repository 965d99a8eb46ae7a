"""Says places of a protocol document in words: `tables[temp].rows[3].to` is "Readings 37.5 to 37.9: to"."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language_info, gettext_lazy
from django.utils.translation import gettext as _

from clinic.console.rules_in_words.names import said
from clinic.console.words import level_word
from clinic.queries.protocols.fitting import addition_in_words
from clinic.rules.protocols.editing import (
    EditableField,
    FieldChange,
    FieldKind,
    ProtocolItem,
    item_key_of,
    items,
)

_TOKEN = re.compile(r"([a-z_A-Z0-9]+)|\[([^\]]*)\]")
_ROOTS = {
    "question": gettext_lazy("Questions"),
    "rule": gettext_lazy("Answers together"),
    "trend": gettext_lazy("Change since earlier reports"),
    "sum": gettext_lazy("Several areas at once"),
    "phase": gettext_lazy("Time after infusion"),
    "addition": gettext_lazy("Monitoring that fits the person"),
    "advice": gettext_lazy("What families are told"),
    "other": gettext_lazy("Words and messages"),
}
_TRENDS: dict[str, str | Promise] = {
    "steps_up": gettext_lazy("An answer gets worse by steps"),
    "rise": gettext_lazy("A reading rises"),
    "persisting": gettext_lazy("A sign lasts for several reports"),
}
_WORDS: dict[str, str | Promise] = {
    "active": gettext_lazy("Switched on"),
    "unanswered": gettext_lazy("Level where nobody answers"),
    "ask": gettext_lazy("Asked besides"),
    "label": gettext_lazy("Short name"),
    "text": gettext_lazy("Wording"),
    "hint": gettext_lazy("Hint"),
    "why": gettext_lazy("Reason in words"),
    "title": gettext_lazy("Title"),
    "note": gettext_lazy("Note"),
    "steps": gettext_lazy("Step"),
    "staff_hint": gettext_lazy("Hint for staff"),
    "minimum": gettext_lazy("Lowest number accepted"),
    "maximum": gettext_lazy("Highest number accepted"),
    "step": gettext_lazy("Step between numbers"),
    "confirm_below": gettext_lazy("Ask again below"),
    "confirm_above": gettext_lazy("Ask again above"),
    "from": gettext_lazy("From"),
    "to": gettext_lazy("To"),
    "level": gettext_lazy("Level"),
    "at_most": gettext_lazy("Level at most"),
    "at": gettext_lazy("Counted from level"),
    "when": gettext_lazy("Only if"),
    "ask_when": gettext_lazy("Asked only if"),
    "by": gettext_lazy("By at least"),
    "within_hours": gettext_lazy("Within hours"),
    "hours": gettext_lazy("Hours"),
    "reports": gettext_lazy("Reports in a row"),
    "domains": gettext_lazy("Areas at least"),
    "cases": gettext_lazy("Case"),
    "options": gettext_lazy("Answer"),
    "rows": gettext_lazy("Readings"),
    "columns": gettext_lazy("Level of each answer"),
    "overrides": gettext_lazy("Exception"),
    "variants": gettext_lazy("Version"),
    "missing": gettext_lazy("Not measured"),
    "missed": gettext_lazy("No report"),
    "raised": gettext_lazy("Raised"),
    "times": gettext_lazy("Check-in at"),
    "early": gettext_lazy("early days"),
    "late": gettext_lazy("later days"),
    "standard": gettext_lazy("standard tier"),
    "high": gettext_lazy("high tier"),
    "first_day": gettext_lazy("First day"),
    "last_day": gettext_lazy("Last day"),
    "every_days": gettext_lazy("Every so many days"),
    "days_in_cycle": gettext_lazy("Day of the cycle"),
    "after_minutes": gettext_lazy("Measured again after minutes"),
    "minutes": gettext_lazy("Minutes overdue"),
    "reminder_offsets_minutes": gettext_lazy("Reminder after minutes"),
    "reminder": gettext_lazy("At reminder"),
    "backup_contact_after_minutes": gettext_lazy("Second contact after minutes"),
    "units": gettext_lazy("Unit"),
}
# These begin a group of fields of their own on the page of an item.
_GROUPS = frozenset({"rows", "cases", "overrides", "options", "variants", "columns", "missing", "missed"})


@dataclass(frozen=True)
class PlaceInWords:
    """A place in words: the part of the page, and the field in it."""

    group: str
    label: str


def item_name(item: ProtocolItem) -> str:
    """What stands over the page of an item."""
    if item.kind == "other":
        names = {
            "definitions": _("Words used in conditions"),
            "recheck": _("Second reading"),
            "messages": _("Messages"),
        }
        return names[item.key]
    if item.kind == "trend":
        return str(_TRENDS.get(item.name, item.name))
    if item.kind == "addition":
        return addition_in_words(item.name)
    if item.kind == "sum":
        return _("Several areas at “%(level)s”") % {"level": level_word(item.name)}
    return level_word(item.name) if item.kind == "advice" else said(item.texts)


def kind_name(item: ProtocolItem) -> str:
    """To which part of the protocol an item belongs."""
    return str(_ROOTS[item.kind])


def rule_name(rule: str, document: Mapping[str, Any]) -> str:
    """What fired, by the id that an assessment keeps, such as "Temperature" or "Fever and bleeding".

    An id of which the document knows nothing stands as it is.
    """
    base, _colon, about = rule.partition(":")
    names = {one.key: one for one in items(document)}
    of_question = names.get(f"question.{about}")
    label = item_name(of_question) if of_question else about
    if base == "rejected":
        return _("An answer that cannot be right: %(label)s") % {"label": label}
    if base == "missed":
        return str(_WORDS["missed"])
    found = (names.get(f"{kind}.{base}") for kind in ("question", "rule", "trend", "sum"))
    item = next((one for one in found if one), None)
    name = item_name(item) if item else base
    return f"{name}: {label}" if about else name


def place_in_words(field: EditableField, document: Mapping[str, Any]) -> PlaceInWords:
    """A field's place in words; wording also says in which language it is."""
    place = field.place.removesuffix(f".{field.language}") if field.language else field.place
    words = _split_place(place, document, field.path)
    if not field.language:
        return words
    language = get_language_info(field.language)["name_translated"]
    return PlaceInWords(words.group, f"{words.label or words.group} ({language})")


def _split_place(place: str, document: Mapping[str, Any], path: tuple[str | int, ...]) -> PlaceInWords:
    tokens = [name or f"[{number}]" for name, number in _TOKEN.findall(place)]
    rest = tokens[2:] if len(tokens) > 1 and tokens[1].startswith("[") else tokens[1:]
    start = next((index for index, token in enumerate(rest) if token in _GROUPS), None)
    if start is None:
        return PlaceInWords(group="", label=_join_tokens(rest))
    end = start + (2 if len(rest) > start + 1 and rest[start + 1].startswith("[") else 1)
    group = _join_tokens(rest[:end])
    if rest[start] == "rows":
        group = _bounds(document, path) or group
    return PlaceInWords(group=group, label=_join_tokens(rest[end:]))


def change_in_words(
    change: FieldChange, fields: Mapping[str, EditableField], document: Mapping[str, Any]
) -> str:
    """One difference: where it is, in words."""
    field = fields.get(change.place)
    if field is None:
        return change.place
    words = place_in_words(field, document)
    names = {item.key: item_name(item) for item in items(document)}
    named = names.get(item_key_of(field.path, document), "")
    return " · ".join(filter(None, [named, words.group, words.label]))


def value_in_words(kind: FieldKind, value: Any) -> str:
    """A value as it stands in the list of differences."""
    if value is None:
        return "—"
    if kind is FieldKind.SWITCH:
        return switch_said(value)
    return str(value).replace("_", " ") if kind is FieldKind.LEVEL else str(value)


def switch_said(is_on: bool) -> str:
    """Whether the clinic has turned an addition on."""
    return _("on") if is_on else _("off")


def _join_tokens(tokens: list[str]) -> str:
    words: list[str] = []
    for token in tokens:
        if token.startswith("["):
            # A number belongs to the word before it: "Case 2".
            words[-1:] = [" ".join([*words[-1:], token[1:-1]])]
        else:
            words.append(str(_WORDS.get(token, token)))
    return ", ".join(words)


def _bounds(document: Mapping[str, Any], path: tuple[str | int, ...]) -> str:
    if "rows" not in path:
        return ""
    node: Any = document
    for step in path[: path.index("rows") + 2]:
        node = node[step]
    low, high = node.get("from"), node.get("to")
    if low is None:
        return _("Readings of %(high)s or less") % {"high": high}
    if high is None:
        return _("Readings of %(low)s or more") % {"low": low}
    return _("Readings from %(low)s to %(high)s") % {"low": low, "high": high}
