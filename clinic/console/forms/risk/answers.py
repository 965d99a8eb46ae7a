"""Staying below what is suggested: what, why, and until when."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinic.models.risk_lowering import LoweringReason

_WRONG: dict[str, tuple[str, str | Promise]] = {
    "nothing_waits": ("subjects", _("Choose what is suggested. It may have changed meanwhile.")),
    "no_reason": ("reason_code", _("Choose a reason.")),
    "text_too_short": ("text", _("Say the reason in at least 10 letters.")),
    "no_end": ("ends_on", _("Enter the day on which the suggestion counts again.")),
    "end_not_ahead": ("ends_on", _("Choose a day after today.")),
    "end_too_late": ("ends_on", _("At most 30 days ahead.")),
    "waiting_already": ("subjects", _("A lower risk waits for a second person already. Decide that first.")),
}


class BelowForm(forms.Form):
    """A second clinician has to confirm it."""

    prefix = "below"
    subjects = forms.MultipleChoiceField(
        label=_("What should not count for now?"),
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what should not count.")},
    )
    reason_code = forms.ChoiceField(label=_("Why?"), error_messages={"required": _("Choose a reason.")})
    text = forms.CharField(
        label=_("In your words"),
        help_text=_("Needed for another reason."),
        max_length=500,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    ends_on = forms.DateField(
        label=_("The suggestion counts again on"),
        help_text=_("At most 30 days ahead."),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Enter the day on which the suggestion counts again."),
            "invalid": _("Enter the day as a date."),
        },
    )

    def __init__(self, *args: Any, subjects: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered: Any = self.fields
        offered["subjects"].choices = list(subjects)
        offered["reason_code"].choices = [("", "–"), *LoweringReason.choices]
        vars(self.fields["text"])["asked_only_then"] = True

    def add_refused(self, codes: Iterable[str]) -> None:
        for code in codes:
            field, text = _WRONG.get(code, _WRONG["nothing_waits"])
            self.add_error(field, str(text))
