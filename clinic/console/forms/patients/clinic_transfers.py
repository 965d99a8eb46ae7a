"""Offering a patient to another clinic, and answering such an offer."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.queries.patients.clinic_transfers import FamilyMember
from clinic.rules.core.zones import zone_choices
from clinic.services.escalations.clinic_transfers import LONGEST_REASON
from clinic.services.patients.identity import LONGEST_NUMBER


class OfferForm(forms.Form):
    """To whom, and why."""

    prefix = "offer"
    to_clinic = forms.ChoiceField(
        label=_("Clinic"),
        error_messages={"required": _("Choose the clinic."), "invalid_choice": _("Choose the clinic.")},
    )
    reason = forms.CharField(
        label=_("Why, and what they should know"),
        help_text=_("The other clinic reads this. The family does not."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why the patient goes on there.")},
    )

    def __init__(self, *args: Any, clinics: Iterable[tuple[UUID, str]], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [("", _("Choose")), *((str(pk), name) for pk, name in clinics)]
        self.fields["to_clinic"].choices = choices  # type: ignore[attr-defined]


class AcceptForm(forms.Form):
    """What the receiver confirms before monitoring begins."""

    prefix = "accept"
    time_zone = forms.ChoiceField(
        label=_("Time zone of the home"), help_text=_("Days and check-ins go by the clock there.")
    )
    hospital_number = forms.CharField(
        label=_("Hospital number"),
        help_text=_("As your hospital calls this person. Leave it empty if there is none yet."),
        max_length=LONGEST_NUMBER,
        required=False,
    )
    members = forms.MultipleChoiceField(
        label=_("Who goes on looking after the patient?"),
        help_text=_("They keep their phone and their sign-in. The access of the others ends."),
        widget=forms.CheckboxSelectMultiple,
        required=False,
    )

    def __init__(self, *args: Any, family: Iterable[FamilyMember], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        zone: Any = self.fields["time_zone"]
        zone.choices = zone_choices()
        people: Any = self.fields["members"]
        people.choices = [
            (str(one.link), f"{one.name} ({one.relation})" if one.relation else one.name) for one in family
        ]

    def number(self) -> str | None:
        """What was typed, also nothing; None where the page did not ask."""
        name = self.add_prefix("hospital_number")
        return self.cleaned_data["hospital_number"] if name in self.data else None

    def add_wrong_number(self, words: str) -> None:
        self.add_error("hospital_number", words)

    def links(self) -> frozenset[int]:
        """The numbers of the links that go on."""
        return frozenset(int(each) for each in self.cleaned_data["members"])


class DeclineForm(forms.Form):
    """The sender reads why."""

    prefix = "decline"
    reason = forms.CharField(
        label=_("Why not?"),
        help_text=_("The other clinic reads this."),
        max_length=LONGEST_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        error_messages={"required": _("Say why.")},
    )
