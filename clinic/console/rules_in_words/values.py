"""The values of a document as they stand in sentences: what each is called, and where it is changed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from clinic.console.rules_in_words.conditions import condition_pieces
from clinic.console.rules_in_words.names import Names
from clinic.console.rules_in_words.pieces import Pieces, Sentence, Slot, fill, joined, read
from clinic.console.rules_in_words.places import switch_said
from clinic.console.words import level_word
from clinic.rules.core.enums import Level
from clinic.rules.protocols import editing
from clinic.rules.protocols.editing import FieldKind

Path = tuple[str | int, ...]
MINUTES_A_DAY = 1440


class Values:
    """One document, published or a draft, and its leaves by their paths."""

    def __init__(self, document: Mapping[str, Any]) -> None:
        self.document = document
        self.names = Names(document)
        self.fields = tuple(editing.every_field(document))
        self._at = {one.path: one for one in self.fields}

    def _slot(self, *path: str | int, key: str = "") -> Slot:
        field = self._at[path]
        if field.kind is FieldKind.LEVEL:
            shown = level_said(field.value)
        elif field.kind is FieldKind.SWITCH:
            shown = switch_said(field.value)
        elif field.kind is FieldKind.NUMBER:
            shown = self.names.number(key, field.value)
        else:
            shown = str(field.value)
        return Slot(field.place, field.kind, field.value, shown)

    def _condition(self, path: Path) -> Pieces:
        if path not in self._at:
            return ()
        field = self._at[path]
        return condition_pieces(field.value, self.names, field.place)

    def _if(self, path: Path) -> Pieces:
        words = self._condition(path)
        return (" ", *fill(_("if %(when)s"), when=words)) if words else ()

    def _level(self, path: Path) -> tuple[tuple[Level, str], ...]:
        return ((Level(self._at[path].value), ""),)

    def _is(self, subject: Pieces, level: Path, when: Path) -> Sentence:
        pieces = fill(_("%(what)s is %(level)s"), what=subject, level=self._slot(*level))
        condition = self._if(when)
        return Sentence(
            joined([*pieces, *condition]),
            subject=read(subject),
            levels=self._level(level),
            when=condition,
        )

    def _section(self, name: str, key: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
        named_by = editing.NAMED_BY[name]
        for index, one in enumerate(self.document[name]):
            if str(one[named_by]) == key:
                yield index, one


def without_slots(pieces: Pieces) -> Pieces:
    """Only the words: what stands before a sentence is not changed in it."""
    return (read(pieces),)


def level_said(level: str) -> str:
    """A level within a sentence; in a draft it may be no level at all."""
    return _("an emergency") if level == Level.EMERGENCY else level_word(level).lower()


def duration_said(minutes: int) -> str:
    """A length of time in the largest unit that says it whole, up to days."""
    if minutes % MINUTES_A_DAY == 0 and minutes > MINUTES_A_DAY:
        days = minutes // MINUTES_A_DAY
        return ngettext("%(n)s day", "%(n)s days", days) % {"n": days}
    if minutes % 60 == 0:
        return ngettext("%(n)s hour", "%(n)s hours", minutes // 60) % {"n": minutes // 60}
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
