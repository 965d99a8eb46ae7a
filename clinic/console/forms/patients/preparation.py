"""Getting a patient ready for home."""

from collections.abc import Iterable
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.queries.patients.facts import BaselineItem


class StartForm(forms.Form):
    """A start before everything is proven needs a reason; the service decides whether it does."""

    prefix = "start"
    reason = forms.CharField(
        label=_("Reason to start before everything is done"),
        help_text=_("It stays on this page and on the worklist for everybody to see."),
        max_length=200,
        required=False,
    )


class SecondCaregiverForm(forms.Form):
    """Why there is no second caregiver."""

    prefix = "second"
    reason = forms.CharField(label=_("Why there is no second caregiver"), max_length=200, required=False)


class UsualValuesForm(forms.Form):
    """This person's own usual values, as far as the protocol compares with them."""

    prefix = "usual"

    def __init__(self, *args: Any, items: Iterable[BaselineItem], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for item in items:
            self.fields[item.key] = forms.IntegerField(
                label=item.label,
                help_text=item.hint,
                min_value=int(item.lowest),
                max_value=int(item.highest),
                required=False,
                initial=item.value,
            )

    def values(self) -> dict[str, int]:
        """What was filled in."""
        return {key: value for key, value in self.cleaned_data.items() if value is not None}
