"""A phone number, then the code that was texted to it."""

from django import forms
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField


class PhoneForm(forms.Form):
    """Any way of writing a number is taken."""

    phone = PhoneNumberField(
        label=_("Your cell phone number"),
        help_text=_("The one that the clinic has for you."),
        error_messages={
            "required": _("Type your cell phone number."),
            "invalid": _("Type a full cell phone number, such as (202) 555-0123."),
        },
        widget=forms.TelInput(attrs={"autocomplete": "tel"}),
    )


class CodeForm(forms.Form):
    """Spaces and dashes in the code are fine; so is pasting."""

    code = forms.CharField(
        label=_("Code"),
        help_text=_("6 digits, in the text that we sent."),
        max_length=20,
        error_messages={"required": _("Type the 6 digits from the text.")},
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "input-code"}
        ),
    )
