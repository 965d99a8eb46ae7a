"""What became of somebody by a time point, and what they died of: a field for each question of the rules."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext_lazy as _

from clinic.queries.outcomes import words
from clinic.rules.outcomes import forms as rules
from clinic.rules.outcomes.forms import Item, Kind, Part, Problem

_DAY_WRONG = _("Enter a day, such as 2026-11-28.")


@dataclass(frozen=True)
class FormSection:
    """Fields under one heading; `is_open` where something is answered or wrong in it."""

    key: str
    name: str
    fields: tuple[BoundField, ...]
    is_folded: bool
    is_open: bool


class OutcomeForm(forms.Form):
    """The questions of one form; what was stored meanwhile by somebody else is noticed by `replaces`."""

    # One of them is needed, and says so; the others say nothing.
    all_optional = True
    replaces = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, part: Part, day: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.part, self.day = part, day
        for key, item in rules.items(part, day).items():
            self.fields[key] = _field(item)
            self.fields[key].required = key in rules.NEEDED
            self.fields[key].error_messages["required"] = str(words.PROBLEMS[Problem.NEEDED])

    @property
    def sections(self) -> Iterator[FormSection]:
        for section in rules.sections(self.part, self.day):
            fields = tuple(self[item.key] for item in section.items)
            is_open = any(one.value() or one.errors for one in fields)
            name = words.section_name(section)
            yield FormSection(section.key, name, fields, rules.is_row(section), is_open)

    @property
    def given(self) -> dict[str, Any]:
        """As the service wants them."""
        return {key: value for key, value in self.cleaned_data.items() if key != "replaces"}

    @property
    def replaced_id(self) -> UUID | None:
        found: UUID | None = self.cleaned_data["replaces"]
        return found

    def replace_next(self, record: UUID | None) -> None:
        """Stored once more, it replaces this one: whoever does has seen it."""
        self.data = {**self.data.dict(), "replaces": str(record or "")}  # type: ignore[attr-defined]

    def add_problems(self, problems: Mapping[str, Problem]) -> None:
        for key, problem in problems.items():
            self.add_error(key if key in self.fields else None, str(words.PROBLEMS[problem]))


def _field(item: Item) -> forms.Field:
    label = words.item_name(item)
    if item.kind is Kind.DATE:
        return forms.DateField(
            label=label,
            required=False,
            widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
            error_messages={"invalid": _DAY_WRONG},
        )
    if item.kind is Kind.COUNT:
        return forms.IntegerField(
            label=label,
            required=False,
            min_value=0,
            max_value=rules.MOST_COUNTED,
            widget=forms.TextInput(attrs={"inputmode": "numeric"}),
            error_messages={"invalid": _("Enter a whole number.")},
        )
    if item.kind is Kind.CHOICE:
        choices = [("", _("Not recorded")), *((one, words.choice_name(one)) for one in item.choices)]
        return forms.ChoiceField(
            label=label,
            required=False,
            choices=choices,
            error_messages={"invalid_choice": str(words.PROBLEMS[Problem.NOT_AN_ANSWER])},
        )
    return forms.CharField(label=label, required=False, max_length=rules.LONGEST_TEXT)
