"""What an API token is for, and how long it lasts."""

from django import forms
from django.utils.translation import gettext_lazy as _


class TokenForm(forms.Form):
    """Its end is chosen when it is made: none is for ever."""

    label = forms.CharField(
        label=_("What it is for"),
        help_text=_("Such as: nightly export, dashboard on the ward."),
        max_length=60,
        error_messages={"required": _("Write what this token is for.")},
    )
    days = forms.TypedChoiceField(
        label=_("How long it lasts"),
        coerce=int,
        initial=90,
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("One year"))],
    )
