"""Enrolling a patient, and what every form about a patient's facts asks."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinic.console.forms.patients.diseases import DiseaseForm
from clinic.console.forms.patients.products import ProductForm
from clinic.models import Clinic
from clinic.models.patient import Tier
from clinic.queries.core import languages
from clinic.queries.patients.wrong_facts import in_words
from clinic.rules.patients.facts import Problem, problem_of_birth, problem_of_infusion
from clinic.services.patients.enrolment import LONGEST_TRAVEL_MINUTES, Enrolment, RiskFacts
from clinic.services.patients.identity import LONGEST_NUMBER
from clinic.services.patients.risk_lowerings import LONGEST_REASON


class PatientFactsForm(ProductForm, DiseaseForm):
    """Who somebody is and what was given. Day 0 is the day of infusion."""

    given_name = forms.CharField(
        label=_("Given name"), max_length=80, error_messages={"required": _("Enter the given name.")}
    )
    family_name = forms.CharField(
        label=_("Family name"), max_length=80, error_messages={"required": _("Enter the family name.")}
    )
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
        help_text=_("One person, one number. Capitals and spaces do not matter."),
        max_length=LONGEST_NUMBER,
        required=False,
    )
    infusion_date = forms.DateField(
        label=_("Day of infusion"),
        help_text=_("Day 0. All check-ins are planned from it."),
        error_messages={
            "required": _("Enter the day of infusion."),
            "invalid": _("Enter the day of infusion as a date."),
        },
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    field_order = (
        *("given_name", "family_name", "birth_date", "hospital_number", "infusion_date"),
        *ProductForm.base_fields,
        *DiseaseForm.base_fields,
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today

    def clean_infusion_date(self) -> date:
        return _unless(problem_of_infusion, self.cleaned_data["infusion_date"], self.today)

    def clean_birth_date(self) -> date:
        return _unless(problem_of_birth, self.cleaned_data["birth_date"], self.today)

    def add_number_taken(self) -> None:
        self.add_error("hospital_number", _("Another patient of this clinic has this number."))

    def add_too_young(self, minimum_age: int) -> None:
        self.add_error(
            "birth_date", _("This protocol is for people of %(years)s and older.") % {"years": minimum_age}
        )


def _unless(problem_of: Callable[[date, date], Problem | None], day: date, today: date) -> date:
    problem = problem_of(day, today)
    if problem is not None:
        raise ValidationError(in_words(problem))
    return day


class RiskForm(forms.Form):
    """What makes the rules stricter, and how far it is to the clinic."""

    tier = forms.ChoiceField(label=_("Risk tier"), choices=Tier.choices)
    immune_risk = forms.BooleanField(label=_("Weak immune system"), required=False)
    neutropenia = forms.BooleanField(label=_("Low neutrophils now"), required=False)
    platelets_low = forms.BooleanField(label=_("Low platelets now"), required=False)
    minutes_to_centre = forms.IntegerField(
        label=_("Minutes to the clinic"),
        help_text=_("By the route they would take. If empty, advice and alarms treat them as far away."),
        min_value=0,
        max_value=LONGEST_TRAVEL_MINUTES,
        required=False,
    )
    nearest_emergency = forms.CharField(
        label=_("Nearest emergency room"),
        help_text=_("Use the family's name for it. They are sent there if the clinic is far away."),
        max_length=80,
        required=False,
    )


class FactsForm(RiskForm):
    """The same for a patient on record, with the time in which medicine hides a fever."""

    prefix = "facts"
    masked_until = forms.DateField(
        label=_("Medicine may hide a fever until"),
        help_text=_("The last day, such as after tocilizumab. Empty: it hides none."),
        error_messages={"invalid": _("Enter the last day as a date.")},
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        required=False,
    )
    reason = forms.CharField(
        label=_("Why the risk is lower now"),
        help_text=_(
            "Only where you lower the tier or take a risk away. A second clinician has to confirm it. "
            "After 30 days what is suggested from labs and facts counts again."
        ),
        max_length=LONGEST_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    field_order = (
        *("tier", "immune_risk", "neutropenia", "platelets_low"),
        *("masked_until", "minutes_to_centre", "nearest_emergency", "reason"),
    )

    def facts(self) -> RiskFacts:
        """The cleaned answers, as the service wants them."""
        return RiskFacts(**{name: value for name, value in self.cleaned_data.items() if name != "reason"})


class EnrolForm(RiskForm, PatientFactsForm):
    """What is known on the day of enrolment."""

    def __init__(self, *args: Any, clinics: Iterable[Clinic], today: date, **kwargs: Any) -> None:
        super().__init__(*args, today=today, **kwargs)
        self.clinics = {clinic.slug: clinic for clinic in clinics}
        offered = languages.choices(self.clinics.values())
        self.fields["language"] = forms.ChoiceField(label=_("Language"), choices=offered)
        choices = [(slug, clinic.name) for slug, clinic in self.clinics.items()]
        self.fields["clinic"] = forms.ChoiceField(label=_("Clinic"), choices=choices)
        if len(choices) == 1:
            self.fields["clinic"].initial = choices[0][0]
            self.fields["clinic"].widget = forms.HiddenInput()
        risks = [
            name for name in RiskForm.base_fields if name not in {"minutes_to_centre", "nearest_emergency"}
        ]
        self.order_fields(["clinic", *PatientFactsForm.field_order, *risks, "language"])

    def clinic(self) -> Clinic:
        """Where the patient belongs."""
        return self.clinics[self.cleaned_data["clinic"]]

    def enrolment(self) -> Enrolment:
        """The cleaned answers, as the service wants them."""
        composed = {"clinic", *ProductForm.base_fields, *DiseaseForm.base_fields}
        told = {key: value for key, value in self.cleaned_data.items() if key not in composed}
        return Enrolment(**told, **self.product_facts(), disease=self.disease_fact())
