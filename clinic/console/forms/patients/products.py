"""Which product was given: one of the catalogue, or another with what has to be decided by hand."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.models.patient import Target
from clinic.queries.core import products
from clinic.queries.patients.wrong_facts import in_words
from clinic.rules.patients.facts import WrongFacts
from clinic.rules.patients.products import ANOTHER_PRODUCT
from clinic.services.patients.given_products import LONGEST_NAME
from clinic.services.patients.windows import LONGEST_DAYS, TooShort

_ONLY_ANOTHER = {"data-another-product": ""}


class ProductForm(forms.Form):
    """The fields that stand in every form about an infusion."""

    nothing_chosen = _("Choose")
    product = forms.ChoiceField(
        label=_("Product"),
        help_text=_("This sets the target, and the days to stay near the center and not to drive."),
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
        help_text=_("There is no label on file for another product: decide it here."),
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

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for field in self.fields.values():
            # Shown only beside "another product" or disease, which need them: never called optional.
            attrs = field.widget.attrs.keys()
            vars(field)["asked_only_then"] = bool(attrs & {"data-another-product", "data-another-disease"})
        product: Any = self.fields["product"]
        product.choices = [
            ("", self.nothing_chosen),
            *sorted((one.code, f"{one.code} ({one.brand}), {one.target}") for one in products.catalogue()),
            (ANOTHER_PRODUCT, _("Another product")),
        ]

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

    def add_too_short(self, problem: TooShort) -> None:
        for name, least in (
            ("near_centre_days", problem.least.near_centre),
            ("no_driving_days", problem.least.no_driving),
        ):
            if (self.cleaned_data.get(name) or 0) < least:
                self.add_error(
                    name, _("The label or your center asks for at least %(days)s days.") % {"days": least}
                )
