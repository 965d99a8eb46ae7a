"""Putting a patient's usual score on record."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from clinic.rules.reports.home_checks import HIGHEST

_RANGE = _("Enter a whole number from 0 to 10.")


class HomeCheckBaselineForm(forms.Form):
    """The score from before the infusion, and the language it was spoken in."""

    prefix = "baseline"
    score = forms.IntegerField(
        label=_("Points (0 to 10)"),
        min_value=0,
        max_value=HIGHEST,
        widget=forms.NumberInput(attrs={"class": "input-short"}),
        error_messages={"required": _RANGE, "invalid": _RANGE, "min_value": _RANGE, "max_value": _RANGE},
    )
    language = forms.ChoiceField(label=_("Spoken in"), choices=settings.LANGUAGES)
