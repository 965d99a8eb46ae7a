"""Inviting a caregiver."""

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField


class InviteForm(forms.Form):
    """Who gets the link, on which phone, in which language."""

    prefix = "invite"
    name = forms.CharField(
        label=_("Name"), max_length=120, error_messages={"required": _("Enter the person's name.")}
    )
    phone = PhoneNumberField(
        label=_("Mobile phone"),
        help_text=_("The link goes to this phone as a text message. It works once, for 3 days."),
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
    language = forms.ChoiceField(label=_("Language of texts"), choices=settings.LANGUAGES)
