"""A phone number, then the code that was texted to it."""

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _
from phonenumber_field.formfields import PhoneNumberField

# A number is not torn at the end of a line.
NOT_A_NUMBER = format_lazy(
    _("Type a full cell phone number, such as {example}."), example="\u2066(202)\u00a0555-0123\u2069"
)


class PhoneForm(forms.Form):
    """Any way of writing a number is taken."""

    phone = PhoneNumberField(
        label=_("Your cell phone number"),
        help_text=_("The one that the clinic has for you."),
        error_messages={
            "required": _("Type your cell phone number."),
            "invalid": NOT_A_NUMBER,
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
