"""What happened to the patient, when and why; and why it was a mistake."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.console.forms.patients.products import ProductForm
from clinic.console.moments import MomentField
from clinic.rules.patients.life_events import Kind
from clinic.services.patients.courses import NewCourse
from clinic.services.patients.enrolment import LONGEST_TRAVEL_MINUTES
from clinic.services.patients.life_events import WayToClinic

_ONLY_INFUSED = {"data-infused": ""}
_ONLY_DISCHARGED = {"data-discharged": ""}


class LifeEventForm(ProductForm):
    """Offers what can have happened as the patient is on record now.

    The product is only of an infusion, the way to the clinic only of a discharge.
    """

    prefix = "event"
    nothing_chosen = _("The same as before")
    field_order = (
        *("kind", "at", *ProductForm.base_fields, "protocol"),
        *("minutes_to_centre", "can_come_tonight", "reason"),
    )
    kind = forms.ChoiceField(
        label=_("What happened?"),
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what happened."), "invalid_choice": _("Choose what happened.")},
    )
    at = MomentField(
        label=_("When?"),
        help_text=_("When it happened, also if that was days ago."),
        error_messages={
            "required": _("Enter a day and a time."),
            "invalid": _("Enter a day and a time."),
        },
    )
    minutes_to_centre = forms.IntegerField(
        label=_("Minutes to the clinic from where they stay now"),
        help_text=_("Ask again: many stay elsewhere at first. Empty leaves what is on file."),
        min_value=0,
        max_value=LONGEST_TRAVEL_MINUTES,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "numeric", **_ONLY_DISCHARGED}),
    )
    can_come_tonight = forms.ChoiceField(
        label=_("Could they come in tonight?"),
        choices=[
            ("", _("Not asked")),
            ("yes", _("Yes, somebody can drive or has a ride")),
            ("no", _("No")),
        ],
        required=False,
        widget=forms.Select(attrs=_ONLY_DISCHARGED),
    )
    reason = forms.CharField(
        label=_("Why, or what colleagues should know"),
        help_text=_("Needed where monitoring ends. The family does not see it."),
        max_length=1000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(
        self,
        *args: Any,
        kinds: Iterable[tuple[str, str]],
        protocols: Iterable[str] = (),
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = list(kinds)  # type: ignore[attr-defined]
        product: Any = self.fields["product"]
        product.required = False
        product.label, product.help_text = _("What was given?"), _("Day 0 is the day of this infusion.")
        codes = list(protocols)
        if len(codes) > 1:
            self.fields["protocol"] = forms.ChoiceField(
                label=_("Protocol"),
                choices=[("", _("The same as before")), *((code, code) for code in codes)],
                required=False,
            )
            self.order_fields(self.field_order)
        for name in ("minutes_to_centre", "can_come_tonight", "reason"):
            vars(self.fields[name])["asked_only_then"] = True
        for name in self.fields.keys() & {"product", "protocol"}:
            self.fields[name].widget.attrs |= _ONLY_INFUSED
            vars(self.fields[name])["asked_only_then"] = True

    def facts(self) -> dict[str, Any]:
        """As the service wants them."""
        at: datetime = self.cleaned_data["at"]
        return {"kind": Kind(self.cleaned_data["kind"]), "at": at, "reason": self.cleaned_data["reason"]}

    def way(self) -> WayToClinic | None:
        """What was asked about the way home; None for everything but a discharge."""
        if self.cleaned_data["kind"] != Kind.DISCHARGED:
            return None
        tonight = {"yes": True, "no": False}.get(self.cleaned_data["can_come_tonight"])
        return WayToClinic(self.cleaned_data["minutes_to_centre"], tonight)

    def given(self) -> NewCourse | None:
        """What an infusion brought; None for everything else."""
        if self.cleaned_data["kind"] != Kind.INFUSED:
            return None
        return NewCourse(protocol_code=self.cleaned_data.get("protocol", ""), **self.product_facts())


class TakeBackForm(forms.Form):
    """A mistake stays on record, with the reason."""

    prefix = "back"
    reason = forms.CharField(
        label=_("Why was it a mistake?"),
        max_length=1000,
        error_messages={"required": _("Enter the reason.")},
    )
