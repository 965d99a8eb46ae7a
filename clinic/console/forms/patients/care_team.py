"""Inviting a caregiver."""

from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.console.mobile_numbers import MobileField
from clinic.queries.core import languages


class InviteForm(forms.Form):
    """Who gets the link, on which phone, in which language."""

    prefix = "invite"
    name = forms.CharField(
        label=_("Name"), max_length=120, error_messages={"required": _("Enter the person's name.")}
    )
    phone = MobileField(
        label=_("Mobile phone"),
        help_text=_("Where texts go. The link works once, for 3 days."),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}),
        error_messages={
            "required": _("Enter a mobile phone number."),
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
