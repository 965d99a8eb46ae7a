"""Editing one item of a protocol, and the acts on a draft."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.console.moments import MomentField
from clinic.console.protocol_words import place_in_words
from clinic.console.words import level_word
from clinic.rules.core.enums import Level
from clinic.rules.protocols.editing import EditableField, FieldKind

_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d")


class ItemForm(forms.Form):
    """One field for each leaf of the item; what is not valid as a whole is saved and told on the draft."""

    revision = forms.IntegerField(widget=forms.HiddenInput())

    def __init__(
        self,
        *args: Any,
        leaves: Iterable[EditableField],
        document: Mapping[str, Any],
        problems: Iterable[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.leaves = {leaf.place: leaf for leaf in leaves}
        self.groups: dict[str, list[str]] = {}
        roots = tuple({place.split(".")[0] for place in self.leaves})
        told = [problem.split(": ", 1) for problem in problems]
        self.problems = {place: [why for at, why in told if at == place] for place in self.leaves}
        # What no single field causes, such as a hole between two bands.
        self.elsewhere = [
            f"{at}: {why}" for at, why in told if at not in self.leaves and at.startswith(roots)
        ]
        for place, leaf in self.leaves.items():
            words = place_in_words(leaf, document)
            self.fields[place] = _field(leaf, words.label or words.group)
            self.groups.setdefault(words.group, []).append(place)

    def grouped(self) -> list[tuple[str, list[tuple[forms.BoundField, list[str]]]]]:
        """The fields under their headings, each with what is wrong with the draft there."""
        return [
            (name, [(self[place], self.problems[place]) for place in places])
            for name, places in self.groups.items()
        ]

    def values(self) -> dict[str, Any]:
        """What was typed, place by place."""
        return {place: self.cleaned_data[place] for place in self.leaves}


class SubmitForm(forms.Form):
    """Why the second person should say yes."""

    reason = forms.CharField(
        label=gettext_lazy("What changes, and why"),
        help_text=gettext_lazy("The second person reads this first. It stays on record."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write what changes, and why.")},
    )


class ApproveForm(forms.Form):
    """When the version comes into force."""

    activate_at = MomentField(
        label=gettext_lazy("In force from"),
        help_text=gettext_lazy(
            "Leave it empty for: at once. A check-in that has begun is finished on the old version."
        ),
        required=False,
        error_messages={"invalid": gettext_lazy("Enter a day and a time.")},
    )

    def clean_activate_at(self) -> Any:
        return self.cleaned_data["activate_at"] or timezone.now()


def _field(leaf: EditableField, label: str) -> forms.Field:
    shown: dict[str, Any] = {"label": label, "initial": leaf.value}
    if leaf.kind is FieldKind.LEVEL:
        return forms.ChoiceField(choices=[(str(level), level_word(level)) for level in Level], **shown)
    if leaf.kind is FieldKind.NUMBER:
        return _NumberField(whole=isinstance(leaf.value, int), **shown)
    if leaf.kind is FieldKind.CLOCK:
        return forms.CharField(validators=[_clock], max_length=5, **shown)
    rows = 3 if len(str(leaf.value)) > 70 else 2
    attributes: dict[str, Any] = {"rows": rows, "lang": leaf.language or "en", "dir": "auto"}
    if leaf.kind is FieldKind.CONDITION:
        attributes |= {"class": "input code", "spellcheck": "false"}
    return forms.CharField(
        widget=forms.Textarea(attrs=attributes),
        max_length=2000,
        error_messages={"required": _("Do not leave this empty.")},
        **shown,
    )


class _NumberField(forms.DecimalField):
    """A number that stays a whole number where the document has one; a comma is a point."""

    def __init__(self, *, whole: bool, **kwargs: Any) -> None:
        self.whole = whole
        kwargs["widget"] = forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"})
        messages = {"required": _("Enter a number."), "invalid": _("Enter a number.")}
        super().__init__(max_digits=9, decimal_places=2, error_messages=messages, **kwargs)

    def to_python(self, value: Any) -> Any:
        number = super().to_python(value.replace(",", ".") if isinstance(value, str) else value)
        if number is None:
            return None
        return int(number) if number == int(number) and self.whole else float(number)

    def validate(self, value: Any) -> None:
        forms.Field.validate(self, value)

    def run_validators(self, value: Any) -> None:
        """The bounds are the document's own affair."""


def _clock(value: str) -> None:
    if not _CLOCK.fullmatch(value):
        raise ValidationError(_("Write a time such as 08:00."))
