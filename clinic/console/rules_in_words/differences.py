"""What differs between two documents of a protocol, in sentences."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from django.utils.translation import ngettext

from clinic.console.rules_in_words.pieces import Sentence, Slot
from clinic.console.rules_in_words.places import change_in_words, item_name, value_in_words
from clinic.console.rules_in_words.problems import reason_in_words
from clinic.console.rules_in_words.sentences import DocumentInWords
from clinic.rules.protocols import editing
from clinic.rules.protocols.editing import EditableField, FieldChange, FieldKind

_ROOT = re.compile(r"(\w+)(?:\[([^\]]*)\])?")
_LAST_NAME = re.compile(r"[a-z_]+(?=(?:\[\d+\])?$)")
# How the names of values end that are a length of time.
_TIMES: dict[str, Callable[[int], str]] = {
    "hours": lambda n: ngettext("%(n)s hour", "%(n)s hours", n),
    "minutes": lambda n: ngettext("%(n)s minute", "%(n)s minutes", n),
    "every_days": lambda n: ngettext("%(n)s day", "%(n)s days", n),
    "within_days": lambda n: ngettext("%(n)s day", "%(n)s days", n),
}


@dataclass(frozen=True)
class Difference:
    """`now` is the sentence or wording as it is, `was` what stood there; empty where it is new or gone."""

    now: str
    was: str
    place: str = ""
    language: str = ""

    @property
    def is_wording(self) -> bool:
        return bool(self.place)


def differences_in_words(before: DocumentInWords, after: DocumentInWords) -> tuple[Difference, ...]:
    """Sentences that differ, then wording; each sentence once, however much of it has changed."""
    changes = editing.differences(before.document, after.document)
    old = {field.place: field for field in before.fields}
    new = {field.place: field for field in after.fields}
    rules = [change for change in changes if change.kind is not FieldKind.TEXT]
    wording = [change for change in changes if change.kind is FieldKind.TEXT]
    return (
        *_sentences(rules, before, after),
        *(_wording(change, {**old, **new}, after) for change in wording),
    )


def problem_in_words(problem: str, words: DocumentInWords) -> str:
    """ "tables[temp]: a hole between 37.9 and 38.5" with the name of the question in place of the address."""
    place, _colon, reason = problem.partition(": ")
    why = reason_in_words(reason)
    sentence = words.sentence_of.get(place)
    if sentence is not None:
        return f"{sentence.alone}: {why}"
    fields = {field.place: field for field in words.fields}
    if place in fields:
        return f"{change_in_words(_no_change(fields[place]), fields, words.document)}: {why}"
    root = _ROOT.match(place)
    key = root[2] if root else None
    names = {item.key.partition(".")[2]: item_name(item) for item in editing.items(words.document)}
    return f"{names.get(key, place) if key else place}: {why}"


def _no_change(field: EditableField) -> FieldChange:
    return FieldChange(field.place, field.kind, field.value, field.value)


def _sentences(
    changes: Iterable[FieldChange], before: DocumentInWords, after: DocumentInWords
) -> Iterable[Difference]:
    changed = {change.place for change in changes}
    told: set[tuple[str, ...]] = set()
    for change in changes:
        now, was = after.sentence_of.get(change.place), before.sentence_of.get(change.place)
        now, was = now or _counterpart(was, after), was or _counterpart(now, before)
        places = tuple(slot.place for slot in (now or was or Sentence(())).slots)
        if places in told:
            continue
        told.add(places)
        if now is None or was is None:
            yield Difference(now.alone if now else "", was.alone if was else "")
            continue
        yield Difference(now.alone, _was(now, was, changed, after))


def _counterpart(sentence: Sentence | None, words: DocumentInWords) -> Sentence | None:
    """The sentence at the same place in the other document, which may have fewer values or more."""
    slots = sentence.slots if sentence else ()
    return next((found for slot in slots if (found := words.sentence_of.get(slot.place))), None)


def _was(now: Sentence, was: Sentence, changed: set[str], after: DocumentInWords) -> str:
    """The one value that was another, or the whole sentence where that would not be plain."""
    differing = [slot for slot in was.slots if slot.place in changed]
    if len(differing) != 1 or differing[0].kind is FieldKind.CONDITION or len(now.slots) != len(was.slots):
        return was.alone
    return _with_unit(differing[0], after)


def _with_unit(slot: Slot, words: DocumentInWords) -> str:
    """A value alone still says what it is: 40.0 °C, 8 hours."""
    if slot.kind is not FieldKind.NUMBER:
        return slot.shown
    root, name = _ROOT.match(slot.place), _LAST_NAME.search(slot.place)
    if root is not None and root[1] == "tables":
        return slot.shown + words.names.unit(root[2])
    told = next((_TIMES[end] for end in _TIMES if name and name[0].endswith(end)), None)
    return told(int(slot.value)) % {"n": slot.shown} if told else slot.shown


def _wording(change: FieldChange, fields: dict[str, EditableField], after: DocumentInWords) -> Difference:
    return Difference(
        value_in_words(change.kind, change.after) if change.after is not None else "",
        value_in_words(change.kind, change.before) if change.before is not None else "",
        change_in_words(change, fields, after.document),
        fields[change.place].language,
    )
