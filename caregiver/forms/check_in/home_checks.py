"""One page of the guided thinking check. What was answered before travels along in hidden fields."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from clinic.rules.protocols.document.protocol import Option
from clinic.rules.reports.home_checks import TASKS, HomeCheckStep

RIGHT, WRONG = "right", "wrong"
ANSWERS = [(RIGHT, _("Right")), (WRONG, _("Not right"))]
# Of a task whose label is a statement.
IS_SO = [(RIGHT, _("Yes")), (WRONG, _("No"))]
STATEMENTS = frozenset({"command", "sentence", "counting"})

# What the caregiver looks for, task by task.
LABELS = {
    "year": _("The year"),
    "month": _("The month"),
    "town": _("The town"),
    "clinic": _("The clinic"),
    "first": _("The first thing"),
    "second": _("The second thing"),
    "third": _("The third thing"),
    "command": _("They did it"),
    "sentence": _("They wrote it so that you can read it"),
    "counting": _("They counted down to 10 with no slip"),
}


class HomeCheckStartForm(forms.Form):
    """In which language it is spoken, and that somebody else leads it."""

    language = forms.ChoiceField(
        label=_("Which language do they speak best?"),
        choices=settings.LANGUAGES,
        widget=forms.RadioSelect(attrs={"class": "choices-joined"}),
        error_messages={"required": _("Choose a language."), "invalid_choice": _("Choose a language.")},
    )


class HomeCheckStepForm(forms.Form):
    """The tasks of one step: each right, or not."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, step: HomeCheckStep, initial: Any = None
    ) -> None:
        super().__init__(data, initial=initial)
        for task in step.tasks:
            self.fields[task] = forms.ChoiceField(
                label=LABELS[task],
                choices=IS_SO if task in STATEMENTS else ANSWERS,
                widget=forms.RadioSelect(attrs={"class": "choices-joined choices-row"}),
                error_messages={"required": _("Say whether this was right.")},
            )


class AsleepForm(forms.Form):
    """How little awake they are, in the protocol's own words."""

    def __init__(
        self, data: Mapping[str, Any] | None = None, *, options: tuple[Option, ...], language: str
    ) -> None:
        super().__init__(data)
        self.fields["alertness"] = forms.TypedChoiceField(
            label=_("How awake are they?"),
            help_text=_("Try to wake them first."),
            choices=[(str(option.value), option.text(language)) for option in options],
            coerce=int,
            widget=forms.RadioSelect(attrs={"class": "choices-joined"}),
            error_messages={"required": _("Choose how awake they are.")},
        )


def results_so_far(posted: Mapping[str, Any]) -> dict[str, bool]:
    """Which tasks were done right, as far as they were answered."""
    return {task: posted[task] == RIGHT for task in TASKS if posted.get(task) in (RIGHT, WRONG)}
