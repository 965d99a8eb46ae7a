"""The sentences of each item of a protocol document, such as everything about one question."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from functools import cached_property

from django.utils.translation import gettext as _

from clinic.console.rules_in_words.added import AdditionSentences
from clinic.console.rules_in_words.other_rules import OtherSentences
from clinic.console.rules_in_words.pieces import Block, Sentence
from clinic.console.rules_in_words.places import place_in_words
from clinic.console.rules_in_words.questions import QuestionSentences
from clinic.rules.protocols import editing
from clinic.rules.protocols.editing import EditableField, FieldKind

_NAME = re.compile(r"[A-Za-z]\w*")


class DocumentInWords(QuestionSentences, AdditionSentences, OtherSentences):
    """Reads one document, published or a draft. Every value that is no wording stands in one sentence."""

    @cached_property
    def by_item(self) -> dict[str, tuple[Block, ...]]:
        """The sentences of every item, in the order of the document."""
        return {item.key: self.blocks_of(item.key) for item in editing.items(self.document)}

    def blocks_of(self, key: str) -> tuple[Block, ...]:
        """The sentences of one item that the document has."""
        return self._with_the_rest(self._blocks(key), self._values_by_item.get(key, []))

    @cached_property
    def _values_by_item(self) -> dict[str, list[EditableField]]:
        of: dict[str, list[EditableField]] = {}
        for one in self.fields:
            if one.kind is not FieldKind.TEXT:
                of.setdefault(editing.item_key_of(one.path, self.document), []).append(one)
        return of

    @cached_property
    def sentence_of(self) -> dict[str, Sentence]:
        """By the place of a leaf, the sentence in which it stands."""
        return {
            slot.place: sentence
            for blocks in self.by_item.values()
            for block in blocks
            for sentence in block.sentences
            for slot in sentence.slots
        }

    @cached_property
    def together(self) -> dict[str, tuple[editing.ProtocolItem, ...]]:
        """By question, the rules about several answers in which it counts."""
        rules = [item for item in editing.items(self.document) if item.kind == "rule"]
        uses: dict[str, list[editing.ProtocolItem]] = {}
        for item, rule in zip(rules, self.document["rules"], strict=True):
            names = {name for case in rule["cases"] for name in self._names_in(case.get("when", ""))}
            for name in self.names.questions.keys() & (names | {rule.get("item", "")}):
                uses.setdefault(name, []).append(item)
        return {name: tuple(found) for name, found in uses.items()}

    def _names_in(self, text: str) -> set[str]:
        """The names in a condition, those within its definitions too."""
        found: set[str] = set()
        waiting = set(_NAME.findall(text))
        while waiting:
            name = waiting.pop()
            if name not in found:
                found.add(name)
                waiting |= set(_NAME.findall(self.names.definitions.get(name, "")))
        return found

    def _blocks(self, key: str) -> list[Block]:
        kind, _dot, name = key.partition(".")
        readers: dict[str, Callable[[str], Iterator[Block]]] = {
            "question": self.question,
            "rule": self._rule,
            "trend": self._trend,
            "sum": self._sum,
            "phase": self._phase,
            "addition": self._addition,
            "advice": self._advice,
            "definitions": self._definitions,
            "recheck": self._recheck,
            "messages": self._messages,
        }
        return [block for block in readers[kind](name) if block.sentences]

    def _with_the_rest(self, blocks: list[Block], fields: list[EditableField]) -> tuple[Block, ...]:
        """What no sentence says is said as "name: value", so that nothing is hidden."""
        told = {slot.place for block in blocks for one in block.sentences for slot in one.slots}
        rest = tuple(
            Sentence((self._label(one), ": ", self._slot(*one.path)))
            for one in fields
            if one.place not in told
        )
        return (*blocks, Block(_("More"), rest)) if rest else tuple(blocks)

    def _label(self, field: EditableField) -> str:
        words = place_in_words(field, self.document)
        return ", ".join(filter(None, [words.group, words.label]))
