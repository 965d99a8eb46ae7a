"""Questions of a protocol as fields of a form, on a family's phone and on the console."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _

from clinic.rules.core.enums import Kind
from clinic.rules.protocols.document.protocol import Question
from clinic.rules.reports.posted_answers import UNSURE

_LONGEST = 40


def fields_of(question: Question, language: str) -> dict[str, forms.Field]:
    """Its fields by name. What was posted is read by rules/reports/posted_answers.py."""
    made: dict[Kind, Any] = {
        Kind.TICKS: _ticks,
        Kind.TEMPERATURE: _temperature,
        Kind.NUMBER: _number,
        Kind.YES_NO: _yes_no,
        Kind.CHOICE: _choice,
    }
    fields: dict[str, forms.Field] = made[question.kind](question, language)
    return fields


def _ticks(question: Question, language: str) -> dict[str, forms.Field]:
    field = forms.MultipleChoiceField(
        choices=[(option.value, option.text(language)) for option in question.options],
        widget=forms.CheckboxSelectMultiple,
        **_common(question, language),
    )
    return {question.key: field}


def _choice(question: Question, language: str) -> dict[str, forms.Field]:
    options = [(str(option.value), option.text(language)) for option in question.options]
    return {question.key: _radios([*options, (UNSURE, _("Not sure"))], **_common(question, language))}


def _yes_no(question: Question, language: str) -> dict[str, forms.Field]:
    options = [("yes", _("Yes")), ("no", _("No")), (UNSURE, _("Not sure"))]
    return {question.key: _radios(options, "choices-joined choices-row", **_common(question, language))}


def _number(question: Question, language: str) -> dict[str, forms.Field]:
    common = _common(question, language)
    if question.unit:
        # Left to right in Arabic too: "/min", not "min/".
        common["label"] = format_html("{} <bdi>({})</bdi>", common["label"], question.unit)
    return {question.key: _typed(**common)}


def _temperature(question: Question, language: str) -> dict[str, forms.Field]:
    value_key, unit_key = question.answer_keys
    units: list[tuple[str, str]] = [
        (unit, format_html('<bdi dir="ltr">°{}</bdi>', unit)) for unit in question.units
    ]
    return {
        value_key: _typed(**_common(question, language)),
        unit_key: _radios(
            units, "choices-joined choices-row", label=_("Unit of your thermometer"), required=False
        ),
    }


def _typed(**common: Any) -> forms.CharField:
    attrs = {"inputmode": "decimal", "autocomplete": "off", "class": "input-short"}
    return forms.CharField(max_length=_LONGEST, widget=forms.TextInput(attrs=attrs), **common)


def _radios(options: list[tuple[str, str]], css: str = "choices-joined", **common: Any) -> forms.ChoiceField:
    return forms.ChoiceField(choices=options, widget=forms.RadioSelect(attrs={"class": css}), **common)


def _common(question: Question, language: str) -> dict[str, Any]:
    return {"label": question.text(language), "help_text": question.hint(language), "required": False}
