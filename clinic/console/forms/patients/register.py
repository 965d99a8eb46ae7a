"""Enrolling a patient, and what every form about a patient's facts asks."""

from collections.abc import Callable, Iterable
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from clinic.models import Clinic
from clinic.models.patient import Target, Tier
from clinic.queries.core import languages, products
from clinic.queries.patients.wrong_facts import in_words
from clinic.rules.patients.facts import Problem, WrongFacts, problem_of_birth, problem_of_infusion
from clinic.rules.patients.products import ANOTHER_PRODUCT
from clinic.services.patients.enrolment import LONGEST_TRAVEL_MINUTES, Enrolment, RiskFacts
from clinic.services.patients.given_products import LONGEST_NAME
from clinic.services.patients.identity import LONGEST_NUMBER
from clinic.services.patients.windows import LONGEST_DAYS, TooShort

_ONLY_ANOTHER = {"data-another-product": ""}


class PatientFactsForm(forms.Form):
    """Who somebody is and what was given. Day 0 is the day of infusion."""

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
        widget=forms.DateInput(attrs={"type": "date"}),
    )
    product = forms.ChoiceField(
        label=_("Product"),
        help_text=_("It brings what it aims at, and the days near the center and without driving."),
        error_messages={"required": _("Choose the product."), "invalid_choice": _("Choose the product.")},
    )
    other_product = forms.CharField(
        label=_("Name of the other product"),
        max_length=LONGEST_NAME,
        required=False,
        widget=forms.TextInput(attrs=_ONLY_ANOTHER),
    )
    target = forms.ChoiceField(
        label=_("What the other product aims at"),
        choices=[("", _("Choose")), *Target.choices],
        required=False,
        widget=forms.Select(attrs=_ONLY_ANOTHER),
    )
    near_centre_days = forms.IntegerField(
        label=_("Stay near the center, days"),
        help_text=_("No label of another product is on file: decide it here."),
        min_value=0,
        max_value=LONGEST_DAYS,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", **_ONLY_ANOTHER}),
    )
    no_driving_days = forms.IntegerField(
        label=_("No driving, days"),
        min_value=0,
        max_value=LONGEST_DAYS,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", **_ONLY_ANOTHER}),
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        for field in self.fields.values():
            # Shown only beside "another product", which needs them: never called optional.
            vars(field)["asked_only_then"] = "data-another-product" in field.widget.attrs
        product: Any = self.fields["product"]
        product.choices = [
            ("", _("Choose")),
            *((one.code, f"{one.brand} ({one.code}), {one.target}") for one in products.catalogue()),
            (ANOTHER_PRODUCT, _("Another product")),
        ]

    def clean_infusion_date(self) -> date:
        return _unless(problem_of_infusion, self.cleaned_data["infusion_date"], self.today)

    def clean_birth_date(self) -> date:
        return _unless(problem_of_birth, self.cleaned_data["birth_date"], self.today)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        named = found.get("other_product", "")
        if found.get("product") == ANOTHER_PRODUCT and not named:
            self.add_error("other_product", _("Enter the name of the product."))
        elif named and products.find(named):
            self.add_error("other_product", _("This product is in the list: choose it there."))
        return found

    def product_facts(self) -> dict[str, Any]:
        """The product by its code or name, and of another one what has to be given by hand.

        What stands in those fields for a product of the list comes from before it was chosen.
        """
        found = self.cleaned_data
        if found["product"] != ANOTHER_PRODUCT:
            return {"product": found["product"]}
        by_hand = {name: found[name] for name in ("target", "near_centre_days", "no_driving_days")}
        return {"product": found["other_product"], **by_hand}

    def add_wrong(self, wrong: WrongFacts) -> None:
        """Each problem at its field."""
        for field, problem in wrong.problems.items():
            is_name = field == "product" and self.cleaned_data.get("product") == ANOTHER_PRODUCT
            self.add_error("other_product" if is_name else field, in_words(problem))

    def add_number_taken(self) -> None:
        self.add_error("hospital_number", _("Another patient of this clinic has this number."))

    def add_too_young(self, minimum_age: int) -> None:
        self.add_error(
            "birth_date", _("This protocol is for people of %(years)s and older.") % {"years": minimum_age}
        )

    def add_too_short(self, problem: TooShort) -> None:
        for name, least in (
            ("near_centre_days", problem.least.near_centre),
            ("no_driving_days", problem.least.no_driving),
        ):
            if (self.cleaned_data.get(name) or 0) < least:
                self.add_error(
                    name, _("The label or your center asks for at least %(days)s days.") % {"days": least}
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
        risks = [name for name in RiskForm.base_fields if name != "minutes_to_centre"]
        self.order_fields(["clinic", *PatientFactsForm.base_fields, *risks, "language"])

    def clinic(self) -> Clinic:
        """Where the patient belongs."""
        return self.clinics[self.cleaned_data["clinic"]]

    def enrolment(self) -> Enrolment:
        """The cleaned answers, as the service wants them."""
        product = {"target", "near_centre_days", "no_driving_days", "product", "other_product"}
        told = {key: value for key, value in self.cleaned_data.items() if key not in {"clinic", *product}}
        return Enrolment(**told, **self.product_facts())
