"""Why a second factor is to be taken away."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ResetForm(forms.Form):
    """The second person reads this before they agree."""

    reason = forms.CharField(
        label=_("What happened, and how you know that it is them"),
        help_text=_("Such as: lost the phone yesterday, I spoke to her in person."),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write how you know that it is them, and what happened.")},
    )
