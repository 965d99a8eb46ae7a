"""Changing one item of a protocol: its sentences, and apart from them its wording in one language."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from clinic.console.rules_in_words.differences import problem_in_words
from clinic.console.rules_in_words.pieces import Block, Sentence, Slot
from clinic.console.rules_in_words.places import place_in_words, switch_said
from clinic.console.rules_in_words.problems import reason_in_words
from clinic.console.rules_in_words.sentences import DocumentInWords
from clinic.console.words import level_word
from clinic.rules.core.enums import Level
from clinic.rules.protocols import editing
from clinic.rules.protocols.document.condition_parser import with_numbers
from clinic.rules.protocols.document.questions import FALLBACK_LANGUAGE
from clinic.rules.protocols.editing import EditableField, FieldKind

_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")
# No number of a protocol comes near it.
_LARGEST = 10**6
# Behind the place of a condition: its text when the form was opened.
_BEFORE = "~before"


class _DraftForm(forms.Form):
    """Lays what was typed over a draft; what is not valid as a whole is saved and told on the draft."""

    revision = forms.IntegerField(widget=forms.HiddenInput())

    def values(self) -> dict[str, Any]:
        """What was typed, place by place."""
        raise NotImplementedError  # pragma: no cover


class SentencesForm(_DraftForm):
    """One item as sentences with a field for each value; a condition can also be written anew as a whole."""

    def __init__(
        self,
        *args: Any,
        item_key: str,
        document: Mapping[str, Any],
        problems: Iterable[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.words = DocumentInWords(document)
        self.leaves = {
            leaf.place: leaf for leaf in editing.fields(document, item_key) if leaf.kind is not FieldKind.TEXT
        }
        self.blocks = self.words.blocks_of(item_key)
        roots = tuple({place.split(".")[0] for place in self.leaves})
        told = [(problem.partition(": ")[0], problem) for problem in problems]
        self.problems = {
            place: [reason_in_words(words.partition(": ")[2]) for at, words in told if at == place]
            for place in self.leaves
        }
        # What no single field causes, such as a hole between two bands.
        self.elsewhere = [
            problem_in_words(problem, self.words)
            for at, problem in told
            if at not in self.leaves and at.startswith(roots)
        ]
        for block in self.blocks:
            for sentence in block.sentences:
                self._add(sentence)

    def _add(self, sentence: Sentence) -> None:
        for slot in sentence.slots:
            leaf = self.leaves[slot.place]
            if slot.kind is not FieldKind.CONDITION:
                self.fields[slot.name] = _field(leaf, self._label(leaf))
            elif slot.number is not None:
                self.fields[slot.name] = _number_in_condition(
                    slot, _("In: %(sentence)s") % {"sentence": sentence.alone}
                )
        for place in sentence.conditions:
            leaf = self.leaves[place]
            self.fields[place] = _field(leaf, _("Condition: %(sentence)s") % {"sentence": sentence.alone})
            self.fields[place + _BEFORE] = forms.CharField(
                initial=leaf.value, required=False, max_length=2000, widget=forms.HiddenInput()
            )

    def _label(self, leaf: EditableField) -> str:
        words = place_in_words(leaf, self.words.document)
        return ", ".join(filter(None, [words.group, words.label]))

    def lines(self) -> Iterator[tuple[Block, list[dict[str, Any]]]]:
        """The sentences under their headings, as words and fields, each with what is wrong in it."""
        for block in self.blocks:
            lines: list[dict[str, Any]] = []
            for sentence in block.sentences:
                if sentence.is_rest and lines:
                    _go_on(lines[-1], self._line(sentence))
                elif sentence.slots:
                    lines.append(self._line(sentence))
            if lines:
                yield block, lines

    def _line(self, sentence: Sentence) -> dict[str, Any]:
        conditions = [self[place] for place in sentence.conditions]
        pieces: list[dict[str, Any]] = [
            {"field": self[piece.name]}
            if isinstance(piece, Slot) and piece.name in self.fields and piece.name not in sentence.conditions
            else {"text": piece if isinstance(piece, str) else piece.shown}
            for piece in sentence.pieces
        ]
        fields = [piece["field"] for piece in pieces if "field" in piece] + conditions
        return {
            "pieces": pieces,
            "conditions": conditions,
            "before": [self[place + _BEFORE] for place in sentence.conditions],
            "errors": [(field.id_for_label, error) for field in fields for error in field.errors],
            "is_written_anew": any(
                self._is_rewritten(place) or self[place].errors for place in sentence.conditions
            ),
            "problems": [
                why for place in {slot.place for slot in sentence.slots} for why in self.problems[place]
            ],
            "is_wrong": any(field.errors for field in fields),
            "goes_on": sentence.goes_on,
        }

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        for place, leaf in self.leaves.items():
            if leaf.kind is FieldKind.CONDITION and self._is_rewritten(place) and self._new_numbers(place):
                self.add_error(
                    place,
                    _("You changed both the sentence and its condition. Put one of them back as it was."),
                )
        return cleaned

    def values(self) -> dict[str, Any]:
        return {
            place: self._condition(place) if leaf.kind is FieldKind.CONDITION else self.cleaned_data[place]
            for place, leaf in self.leaves.items()
        }

    def _condition(self, place: str) -> str:
        written: str = self.cleaned_data[place]
        if self._is_rewritten(place):
            return written
        return with_numbers(written, self._new_numbers(place))

    def _is_rewritten(self, place: str) -> bool:
        if not self.is_bound:
            return False
        typed, before = (" ".join(self.data.get(name, "").split()) for name in (place, place + _BEFORE))
        return bool(before) and typed != before

    def _new_numbers(self, place: str) -> dict[int, float]:
        """The numbers in the sentence that are others than when it was opened."""
        found = {}
        for name, field in self.fields.items():
            if name.startswith(f"{place}~") and name != place + _BEFORE:
                typed = self.cleaned_data.get(name)
                if typed not in {None, ""} and float(typed) != float(field.initial):
                    found[int(name.rpartition("~")[2])] = float(typed)
        return found


class WordingForm(_DraftForm):
    """The wording of one item in one language, beside the English."""

    def __init__(
        self,
        *args: Any,
        item_key: str,
        language: str,
        document: Mapping[str, Any],
        problems: Iterable[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        every = editing.fields(document, item_key)
        english = {leaf.place: leaf.value for leaf in every if leaf.language == FALLBACK_LANGUAGE}
        self.leaves = {leaf.place: leaf for leaf in every if leaf.language == language}
        told = [problem.split(": ", 1) for problem in problems]
        self.elsewhere: list[str] = []
        self.groups: dict[str, list[tuple[str, str, list[str]]]] = {}
        for place, leaf in self.leaves.items():
            words = place_in_words(leaf, document)
            self.fields[place] = _field(leaf, words.label or words.group)
            other = english.get(place.removesuffix(language) + FALLBACK_LANGUAGE, "")
            problems_here = [
                reason_in_words(why) for at, why in told if at in {place, place.removesuffix(f".{language}")}
            ]
            shown = "" if language == FALLBACK_LANGUAGE else other
            self.groups.setdefault(words.group, []).append((place, shown, problems_here))

    def grouped(self) -> list[tuple[str, list[tuple[forms.BoundField, str, list[str]]]]]:
        """The fields under their headings, each with the English and with what is wrong there."""
        return [
            (name, [(self[place], english, problems) for place, english, problems in places])
            for name, places in self.groups.items()
        ]

    def values(self) -> dict[str, Any]:
        return {place: self.cleaned_data[place] for place in self.leaves}


def _go_on(line: dict[str, Any], rest: dict[str, Any]) -> None:
    """What is left over after the conditions stands in the same line."""
    line["pieces"] += [{"text": "; "}, *rest["pieces"]]
    line["errors"] += rest["errors"]
    line["problems"] += rest["problems"]
    line["is_wrong"] = line["is_wrong"] or rest["is_wrong"]


def _field(leaf: EditableField, label: str) -> forms.Field:
    shown: dict[str, Any] = {"label": label, "initial": leaf.value}
    if leaf.kind is FieldKind.LEVEL:
        select = forms.Select(attrs={"aria-label": label})
        return forms.ChoiceField(
            choices=[(str(level), level_word(level)) for level in Level], widget=select, **shown
        )
    if leaf.kind is FieldKind.SWITCH:
        switch = forms.Select(attrs={"aria-label": label})
        return forms.TypedChoiceField(
            choices=[("True", switch_said(True)), ("False", switch_said(False))],
            coerce=lambda typed: typed == "True",
            widget=switch,
            **shown | {"initial": str(leaf.value)},
        )
    if leaf.kind is FieldKind.NUMBER:
        return _NumberField(whole=isinstance(leaf.value, int), **shown)
    if leaf.kind is FieldKind.CLOCK:
        clock = forms.TextInput(attrs={"aria-label": label, "size": 5})
        return forms.CharField(validators=[_clock], max_length=5, widget=clock, **shown)
    rows = 3 if len(str(leaf.value)) > 70 else 2
    attributes: dict[str, Any] = {"rows": rows, "lang": leaf.language or "en", "dir": "auto"}
    if leaf.kind is FieldKind.CONDITION:
        attributes |= {"class": "input code", "spellcheck": "false", "aria-label": label, "dir": "ltr"}
    return forms.CharField(
        widget=forms.Textarea(attrs=attributes),
        max_length=2000,
        error_messages={"required": _("Do not leave this empty.")},
        **shown,
    )


def _number_in_condition(slot: Slot, label: str) -> forms.Field:
    if slot.choices:
        select = forms.Select(attrs={"aria-label": label})
        return forms.ChoiceField(choices=slot.choices, initial=str(slot.value), label=label, widget=select)
    return _NumberField(whole=False, label=label, initial=slot.shown)


class _NumberField(forms.DecimalField):
    """A number that stays a whole number where the document has one; a comma is a point."""

    def __init__(self, *, whole: bool, label: str, **kwargs: Any) -> None:
        self.whole = whole
        kwargs["widget"] = forms.TextInput(
            attrs={"inputmode": "decimal", "autocomplete": "off", "size": 5, "aria-label": label}
        )
        messages = {"required": _("Enter a number."), "invalid": _("Enter a number.")}
        super().__init__(max_digits=9, decimal_places=2, error_messages=messages, label=label, **kwargs)

    def to_python(self, value: Any) -> Any:
        number = super().to_python(value.replace(",", ".") if isinstance(value, str) else value)
        if number is None:
            return None
        if not number.is_finite() or abs(number) > _LARGEST:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return int(number) if number == int(number) and self.whole else float(number)

    def validate(self, value: Any) -> None:
        forms.Field.validate(self, value)

    def run_validators(self, value: Any) -> None:
        """The bounds are the document's own affair."""


def _clock(value: str) -> None:
    if not _CLOCK.fullmatch(value):
        raise ValidationError(_("Write a time such as 08:00."))
