"""Somebody's own name, clock and number."""

from django import forms
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

from caregiver.forms.account.sign_in import NOT_A_NUMBER, CodeForm


class NameForm(forms.Form):
    """How the clinic and the family read their name."""

    name = forms.CharField(
        label=_("Your name"),
        help_text=_("The clinic and your family see it."),
        max_length=120,
        error_messages={"required": _("Type your name.")},
        widget=forms.TextInput(attrs={"autocomplete": "name"}),
    )


class NewNumberForm(forms.Form):
    """The number that a code is texted to."""

    phone = PhoneNumberField(
        label=_("Your new cell phone number"),
        help_text=_("We will text a code to it, so have that phone with you."),
        error_messages={
            "required": _("Type your cell phone number."),
            "invalid": NOT_A_NUMBER,
        },
        widget=forms.TelInput(attrs={"autocomplete": "tel"}),
    )


class NewNumberCodeForm(CodeForm):
    """The code, and whether reminders go to the new number."""

    reminders = forms.BooleanField(label=_("Text me when a check-in is due"), required=False)
