"""Enrolling a patient."""

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinic.models import Clinic
from clinic.models.patient import Target, Tier
from clinic.queries.core import languages
from clinic.services.patients.enrolment import LONGEST_TRAVEL_MINUTES, Enrolment, RiskFacts

# A slip of the year would start the wrong check-in plan without anybody noticing.
YEARS_BACK = 20
DAYS_AHEAD = 90


class RiskForm(forms.Form):
    """What makes the rules stricter, and how far it is to the clinic."""

    tier = forms.ChoiceField(label=_("Risk tier"), choices=Tier.choices)
    immune_risk = forms.BooleanField(label=_("Weak immune system"), required=False)
    neutropenia = forms.BooleanField(label=_("Low neutrophils now"), required=False)
    platelets_low = forms.BooleanField(label=_("Low platelets now"), required=False)
    minutes_to_centre = forms.IntegerField(
        label=_("Minutes to the clinic"), min_value=0, max_value=LONGEST_TRAVEL_MINUTES, required=False
    )


class FactsForm(RiskForm):
    """The same for a patient on record, with the time in which medicine hides a fever."""

    prefix = "facts"
    masked_until = forms.DateField(
        label=_("Medicine may hide a fever until"),
        help_text=_("The last day, such as after tocilizumab. Empty: it hides none."),
        error_messages={"invalid": _("Enter the last day as a date.")},
        widget=forms.DateInput(attrs={"type": "date"}),
        required=False,
    )
    field_order = ("tier", "immune_risk", "neutropenia", "platelets_low", "masked_until", "minutes_to_centre")

    def facts(self) -> RiskFacts:
        """The cleaned answers, as the service wants them."""
        return RiskFacts(**self.cleaned_data)


class EnrolForm(RiskForm):
    """What is known on the day of enrolment. Day 0 is the day of infusion."""

    given_name = forms.CharField(
        label=_("Given name"), max_length=80, error_messages={"required": _("Enter the given name.")}
    )
    family_name = forms.CharField(
        label=_("Family name"), max_length=80, error_messages={"required": _("Enter the family name.")}
    )
    birth_date = forms.DateField(
        label=_("Date of birth"),
        widget=forms.DateInput(attrs={"type": "date"}),
        error_messages={
            "required": _("Enter the date of birth."),
            "invalid": _("Enter the date of birth as a date."),
        },
    )
    infusion_date = forms.DateField(
        label=_("Day of infusion"),
        help_text=_("Day 0. All check-ins are planned from it."),
        error_messages={
            "required": _("Enter the day of infusion."),
            "invalid": _("Enter the day of infusion as a date."),
        },
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    product = forms.CharField(
        label=_("Product"),
        help_text=_("Such as axi-cel."),
        max_length=40,
        error_messages={"required": _("Enter the product.")},
    )
    target = forms.ChoiceField(label=_("Target"), choices=Target.choices)

    def __init__(self, *args: Any, clinics: Iterable[Clinic], today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        self.clinics = {clinic.slug: clinic for clinic in clinics}
        offered = languages.choices(self.clinics.values())
        self.fields["language"] = forms.ChoiceField(label=_("Language"), choices=offered)
        choices = [(slug, clinic.name) for slug, clinic in self.clinics.items()]
        self.fields["clinic"] = forms.ChoiceField(label=_("Clinic"), choices=choices)
        if len(choices) == 1:
            self.fields["clinic"].initial = choices[0][0]
            self.fields["clinic"].widget = forms.HiddenInput()
        who = [name for name in self.fields if name not in {"clinic", "language", *RiskForm.base_fields}]
        risks = [name for name in RiskForm.base_fields if name != "minutes_to_centre"]
        self.order_fields(["clinic", *who, *risks, "language"])

    def clean_infusion_date(self) -> date:
        day: date = self.cleaned_data["infusion_date"]
        if (
            not self.today - timedelta(days=365 * YEARS_BACK)
            <= day
            <= self.today + timedelta(days=DAYS_AHEAD)
        ):
            raise ValidationError(_("Check the year: this day is too far away."))
        return day

    def clean_birth_date(self) -> date:
        day: date = self.cleaned_data["birth_date"]
        if day > self.today:
            raise ValidationError(_("A date of birth cannot be in the future."))
        return day

    def clinic(self) -> Clinic:
        """Where the patient belongs."""
        return self.clinics[self.cleaned_data["clinic"]]

    def enrolment(self) -> Enrolment:
        """The cleaned answers, as the service wants them."""
        return Enrolment(**{key: value for key, value in self.cleaned_data.items() if key != "clinic"})
