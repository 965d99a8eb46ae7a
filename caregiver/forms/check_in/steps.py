"""One page of a check-in as a form, made from the questions of the protocol."""

from typing import Any

from django import forms
from django.utils.html import format_html
from django.utils.translation import gettext as _

from caregiver.rules.check_in.posted_answers import UNSURE
from caregiver.services.check_in.steps import OpenStep
from clinic.rules.core.enums import Kind
from clinic.rules.protocols.document.protocol import Question
from clinic.rules.protocols.scoring.answers import AnswerProblem

_LONGEST = 40


class CheckInStepForm(forms.Form):
    """Draws the questions. What was posted is read by `posted_answers` and checked by the protocol."""

    # Nothing must be answered, so nothing is marked "optional".
    all_optional = True

    def __init__(self, data: Any = None, *, step: OpenStep, language: str, unit: str) -> None:
        super().__init__(data, initial=_initial(step, unit))
        self.questions = step.questions
        for question in step.questions:
            self.fields |= _fields(question, language)

    def lead(self) -> list[forms.BoundField]:
        """Readings that come before the first choice; above the "none of these" button."""
        return self._bound[: self._first_choice()]

    def rest(self) -> list[forms.BoundField]:
        return self._bound[self._first_choice() :]

    def has_choices(self) -> bool:
        """Whether "none of these" says anything on this page."""
        return any(question.kind in {Kind.CHOICE, Kind.YES_NO} for question in self.questions)

    def add_problems(self, problems: tuple[AnswerProblem, ...], language: str) -> None:
        """Put each refusal beside its field."""
        keys = {question.key: question.answer_keys[0] for question in self.questions}
        for problem in problems:
            self.add_error(keys.get(problem.key), problem.text(language))

    @property
    def _bound(self) -> list[forms.BoundField]:
        return list(self)

    def _first_choice(self) -> int:
        choices = {question.key for question in self.questions if question.kind in {Kind.CHOICE, Kind.YES_NO}}
        return next(
            (place for place, field in enumerate(self._bound) if field.name in choices), len(self.fields)
        )


def _fields(question: Question, language: str) -> dict[str, forms.Field]:
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
    units = [(unit, f"°{unit}") for unit in question.units]
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


def _initial(step: OpenStep, unit: str) -> dict[str, Any]:
    """What was answered before; the unit alone is chosen ahead, as this person's own."""
    initial: dict[str, Any] = {}
    for question in step.questions:
        if question.kind is Kind.TEMPERATURE:
            initial[question.answer_keys[1]] = unit
    for key, value in step.answers.items():
        initial[key] = {True: "yes", False: "no"}[value] if isinstance(value, bool) else value
    return initial
