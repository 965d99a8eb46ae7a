"""Putting right what is on file about a patient."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.console.forms.patients.register import PatientFactsForm
from clinic.queries.core import languages
from clinic.rules.core.zones import zone_choices
from clinic.services.patients.fact_corrections import LONGEST_REASON

_OF_DISEASE = ("disease", "other_disease")
_OF_PRODUCT = ("product", "other_product", "target", "near_centre_days", "no_driving_days")


class CorrectForm(PatientFactsForm):
    """Sends only what the person has changed: a colleague may have put right something else meanwhile."""

    prefix = "correct"

    def __init__(self, *args: Any, clinic_id: UUID, language: str, today: date, **kwargs: Any) -> None:
        super().__init__(*args, today=today, **kwargs)
        offered = dict(languages.choices([clinic_id]))
        # What is on file stays possible where the clinic has stopped offering it.
        known = dict(languages.choices()) | offered
        choices = [*offered.items(), *((code, name) for code, name in known.items() if code == language)]
        self.fields["language"] = forms.ChoiceField(label=_("Language"), choices=dict(choices).items())
        self.fields["time_zone"] = forms.ChoiceField(
            label=_("Time zone of the home"),
            help_text=_("Days and check-ins go by the clock there."),
            choices=zone_choices(),
        )
        for field in self.fields.values():
            field.show_hidden_initial = True
        self.fields["infusion_date"].help_text = _(
            "Day 0, where it was entered wrongly or the infusion was put off. A second infusion does not "
            "move it: record that as an event."
        )
        self.fields["birth_date"].required = self.initial.get("birth_date") is not None
        self.fields["reason"] = forms.CharField(
            label=_("Reason"),
            help_text=_("Such as: entered wrongly; the infusion was postponed; moved house."),
            max_length=LONGEST_REASON,
            error_messages={"required": _("Enter the reason.")},
        )
        self.order_fields(
            [
                *("given_name", "family_name", "birth_date", "hospital_number"),
                *(*_OF_PRODUCT, *_OF_DISEASE, "infusion_date"),
            ]
        )

    def clean_birth_date(self) -> Any:
        return super().clean_birth_date() if self.cleaned_data["birth_date"] else None

    def facts(self) -> dict[str, Any]:
        """What the person has changed, as the service wants it."""
        changed = set(self.changed_data)
        found = {
            name: value
            for name, value in self.cleaned_data.items()
            if name in changed and name not in (*_OF_PRODUCT, *_OF_DISEASE, "reason")
        }
        if found.get("birth_date", "") is None:
            del found["birth_date"]
        if changed & set(_OF_DISEASE):
            found["disease"] = self.disease_fact()
        return found | self.product_facts() if changed & set(_OF_PRODUCT) else found
