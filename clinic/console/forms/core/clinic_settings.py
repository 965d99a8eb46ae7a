"""A clinic's holidays, and its own terms and privacy notice."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from clinic.models import ClinicTerms
from clinic.models.clinic_terms import TEXT_AT_MOST
from clinic.rules.core.holidays import NAME_AT_MOST

_DAY = {"type": "date"}
WRONG_HOLIDAY = {
    "backwards": ("last", _("The last day is before the first.")),
    "past": ("last", _("These days are over.")),
    "long": ("last", _("At most 31 days. For longer, change the hours.")),
    "named": ("name", _("Write what it is called.")),
    "twice": ("first", _("Some of these days are in the list already.")),
    "many": ("first", _("There are 60 already. Remove those that are over.")),
}


class HolidayForm(forms.Form):
    """One day, or several in a row."""

    first = forms.DateField(
        label=_("First day"),
        widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"),
        error_messages={
            "required": _("Enter the first day."),
            "invalid": _("Enter the first day as a date."),
        },
    )
    last = forms.DateField(
        label=_("Last day"),
        help_text=_("Empty: the same day."),
        required=False,
        widget=forms.DateInput(attrs=_DAY, format="%Y-%m-%d"),
        error_messages={"invalid": _("Enter the last day as a date.")},
    )
    name = forms.CharField(
        label=_("What it is called"),
        help_text=_("Only your team reads this."),
        max_length=NAME_AT_MOST,
        error_messages={"required": _("Write what it is called.")},
    )

    def refuse(self, reason: str) -> None:
        field, words = WRONG_HOLIDAY[reason]
        self.add_error(field, words)


class RemoveHolidayForm(forms.Form):
    """Which one, by its first day."""

    first = forms.DateField()


class TermsForm(forms.Form):
    """Both texts in every language that the clinic offers, begun with those in force."""

    seen = forms.IntegerField(widget=forms.HiddenInput, min_value=0, max_value=10**6)

    def __init__(
        self, *args: Any, latest: ClinicTerms | None, languages: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.languages = languages
        self.fields["seen"].initial = latest.number if latest else 0
        for code, _name in languages:
            texts = latest.texts.get(code, {}) if latest else {}
            self.fields[f"terms_{code}"] = self._text(_("Terms of use"), code, texts.get("terms", ""))
            self.fields[f"privacy_{code}"] = self._text(_("Privacy notice"), code, texts.get("privacy", ""))
        if latest is not None:
            self.fields["asks_again"] = forms.ChoiceField(
                label=_("Do families have to agree again?"),
                help_text=_("Yes where what they agreed to has changed. No for a slip of the pen."),
                choices=[("yes", _("Yes, ask everybody")), ("no", _("No, ask only who joins from now on"))],
                widget=forms.RadioSelect,
                error_messages={"required": _("Say whether families have to agree again.")},
            )

    def _text(self, label: Any, code: str, initial: str) -> forms.CharField:
        needed = code == settings.LANGUAGE_CODE
        return forms.CharField(
            label=label,
            required=needed,
            initial=initial,
            max_length=TEXT_AT_MOST,
            widget=forms.Textarea(attrs={"rows": 8, "lang": code, "dir": "auto"}),
            error_messages={"required": _("Write the English text. It stands where a language is missing.")},
        )

    @property
    def asks_again(self) -> bool:
        return bool(self.cleaned_data.get("asks_again", "yes") == "yes")

    @property
    def asks_again_field(self) -> forms.BoundField | None:
        return self["asks_again"] if "asks_again" in self.fields else None

    @property
    def texts(self) -> dict[str, dict[str, str]]:
        """By language and kind, once it is valid."""
        return {
            code: {kind: self.cleaned_data[f"{kind}_{code}"] for kind in ("terms", "privacy")}
            for code, _name in self.languages
        }

    @property
    def by_language(self) -> list[tuple[str, str, forms.BoundField, forms.BoundField]]:
        return [(code, name, self[f"terms_{code}"], self[f"privacy_{code}"]) for code, name in self.languages]
