"""Opening a record in an emergency, and what is said about it afterwards."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.models.emergency_access import Finding
from clinic.services.accounts.emergency_access import LONGEST_WORDS, WhoIsMeant
from clinic.services.patients.identity import LONGEST_NUMBER


class OpenForm(forms.Form):
    """Whoever opens a record cannot list, so they name one person exactly."""

    clinic = forms.ChoiceField(label=_("Clinic of the patient"))
    birth_date = forms.DateField(
        label=_("Date of birth"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={
            "required": _("Enter the date of birth."),
            "invalid": _("Enter the date of birth as a date."),
        },
    )
    hospital_number = forms.CharField(
        label=_("Hospital number"),
        help_text=_("Or both names below."),
        max_length=LONGEST_NUMBER,
        required=False,
    )
    given_name = forms.CharField(label=_("Given name"), max_length=80, required=False)
    family_name = forms.CharField(label=_("Family name"), max_length=80, required=False)
    reason = forms.CharField(
        label=_("Why you must see this record now"),
        help_text=_("In your own words. The leads of that clinic read it."),
        max_length=LONGEST_WORDS,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write why you must see this record now.")},
    )

    def __init__(self, *args: Any, clinics: tuple[tuple[str, str], ...], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["clinic"].choices = clinics  # type: ignore[attr-defined]
        for name in ("hospital_number", "given_name", "family_name"):
            vars(self.fields[name])["asked_only_then"] = True

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        names = cleaned.get("given_name") and cleaned.get("family_name")
        if not (cleaned.get("hospital_number") or names):
            self.add_error("hospital_number", _("Enter the hospital number, or both names."))
        return cleaned

    def who(self) -> WhoIsMeant:
        """The cleaned answers, as the service wants them."""
        told = {name: value for name, value in self.cleaned_data.items() if name not in {"clinic", "reason"}}
        return WhoIsMeant(clinic_id=UUID(self.cleaned_data["clinic"]), **told)


class EndForm(forms.Form):
    account = forms.CharField(
        label=_("What you saw and did"),
        help_text=_("For the leads and the team of that clinic, such as whom you called."),
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReviewForm(forms.Form):
    finding = forms.ChoiceField(
        label=_("What you found"),
        choices=Finding.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what you found.")},
    )
    note = forms.CharField(
        label=_("What follows from it"),
        max_length=LONGEST_WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
