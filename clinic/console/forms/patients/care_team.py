"""Inviting a caregiver."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.console.mobile_numbers import MobileField
from clinic.queries.core import languages
from clinic.queries.patients.shared_numbers import KnownPerson
from clinic.services.patients.invitees import Sameness

TWO_PEOPLE = "two"


class InviteForm(forms.Form):
    """Who gets the link, on which phone, in which language."""

    prefix = "invite"
    name = forms.CharField(
        label=_("Name"), max_length=120, error_messages={"required": _("Enter the person's name.")}
    )
    phone = MobileField(
        label=_("Cell phone"),
        help_text=_("Where texts go. The link works once, for 3 days."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
        error_messages={
            "required": _("Enter a cell phone number."),
            "invalid": _("Enter a phone number, such as 555 201 0123."),
        },
    )
    relation = forms.CharField(
        label=_("Who they are to the patient"),
        help_text=_("Such as wife, son, friend."),
        max_length=60,
        required=False,
    )

    def __init__(self, *args: Any, clinic_id: UUID, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = languages.choices([clinic_id])
        self.fields["language"] = forms.ChoiceField(label=_("Language of texts"), choices=offered)

    def facts(self) -> dict[str, Any]:
        """As the service wants them, with what was said about a number that is known under another name."""
        facts = {**self.cleaned_data, "phone": self.cleaned_data["phone"].as_e164}
        facts.pop("same_person", None)
        return {**facts, "sameness": self._sameness()}

    def ask_who(self, people: Iterable[KnownPerson]) -> None:
        """The number is known under another name: whether that is the same person comes first."""
        self.fields["same_person"] = forms.ChoiceField(
            label=_("This number is known here. Is it the same person?"),
            choices=[
                *((str(one.id), _("Yes, it is %(name)s") % {"name": _known(one)}) for one in people),
                (TWO_PEOPLE, _("No, two people share this phone")),
            ],
            widget=forms.RadioSelect,
        )
        self.add_error("same_person", _("Say whether it is the same person. Then send the link."))
        self.order_fields(["same_person"])

    def _sameness(self) -> Sameness:
        said = self.data.get(self.add_prefix("same_person"), "")
        try:
            return Sameness(same_as=UUID(said))
        except ValueError:
            return Sameness(are_two=said == TWO_PEOPLE)


def _known(person: KnownPerson) -> str:
    return f"{person.name} ({person.relation})" if person.relation else person.name
