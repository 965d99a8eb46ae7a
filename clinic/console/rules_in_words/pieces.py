"""What a sentence about a rule is made of: words, and the values in it that may be changed."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.text import capfirst

from clinic.rules.core.enums import Level
from clinic.rules.protocols.editing import FieldKind

_NAMED = re.compile(r"%\((\w+)\)s")


@dataclass(frozen=True)
class Slot:
    """A value in a sentence: `place` names the leaf of the document, `number` one number in a condition.

    Where `choices` are given, one of them stands for the number, such as an answer.
    """

    place: str
    kind: FieldKind
    value: Any
    shown: str
    number: int | None = None
    choices: tuple[tuple[str, str], ...] = ()

    @property
    def name(self) -> str:
        """What its field is called in a form."""
        return self.place if self.number is None else f"{self.place}~{self.number}"


Piece = str | Slot
Pieces = tuple[Piece, ...]


@dataclass(frozen=True)
class Sentence:
    """One statement. `head` is what stands before it when it is read alone; `subject` names its table row.

    `short` is how it is read where several values in it, each of which can be changed, say the same.
    """

    pieces: Pieces
    head: Pieces = ()
    subject: str = ""
    levels: tuple[tuple[Level, str], ...] = ()
    # "otherwise watch": what is left over of the sentence before it.
    is_rest: bool = False
    short: str = ""
    # "otherwise …": only understood behind the sentence before it.
    goes_on: bool = False
    # When it holds, where subject, level and this say all that the sentence says; None where they do not.
    when: Pieces | None = None

    @property
    def beside_its_level(self) -> str:
        """What its table row says beside the subject and the level; empty where those say it all."""
        if self.when is None:
            return self.said
        return capfirst(read(self.when).strip())

    @property
    def said(self) -> str:
        """As staff read it, where nothing in it is changed."""
        return self.short or self.text

    @property
    def text(self) -> str:
        return read(self.pieces)

    @property
    def alone(self) -> str:
        """The sentence as it is understood without those before it."""
        return read((*self.head, *self.pieces))

    @property
    def slots(self) -> tuple[Slot, ...]:
        return tuple(piece for piece in self.pieces if isinstance(piece, Slot))

    @property
    def conditions(self) -> tuple[str, ...]:
        """The places of the conditions in it."""
        return tuple(dict.fromkeys(slot.place for slot in self.slots if slot.kind is FieldKind.CONDITION))


@dataclass(frozen=True)
class Block:
    """Sentences under one heading; no heading where the page's own says it."""

    title: str
    sentences: tuple[Sentence, ...] = ()
    # What is not about levels stands beside them.
    is_aside: bool = False

    @property
    def has_levels(self) -> bool:
        return any(sentence.levels for sentence in self.sentences)


def fill(template: str, **parts: Piece | Pieces) -> Pieces:
    """A translated template with sentences' parts in its named places."""
    found: list[Piece] = []
    for index, text in enumerate(_NAMED.split(template)):
        if index % 2 == 0:
            found.append(text)
        else:
            part = parts[text]
            found.extend(part if isinstance(part, tuple) else (part,))
    return joined(found)


def joined(pieces: Iterable[Piece]) -> Pieces:
    """The same with neighbouring words in one piece."""
    found: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, str) and found and isinstance(found[-1], str):
            found[-1] += piece
        elif piece != "":
            found.append(piece)
    return tuple(found)


def listed(parts: Iterable[Pieces], between: str) -> Pieces:
    """Parts with the same words between each two."""
    found: list[Piece] = []
    for index, part in enumerate(parts):
        found += ([between] if index else []) + list(part)
    return joined(found)


def read(pieces: Pieces) -> str:
    """The words as they are read."""
    return "".join(piece if isinstance(piece, str) else piece.shown for piece in pieces)
