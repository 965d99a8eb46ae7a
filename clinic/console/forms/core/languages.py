"""Taking a translation into use, and recording who has checked it."""

from django import forms
from django.utils.translation import gettext_lazy as _


class OfferForm(forms.Form):
    """The tick is the point: a machine wrote these sentences."""

    accepts_draft = forms.BooleanField(
        label=_("We know that a machine drafted this translation and no person has checked it"),
        error_messages={"required": _("Check the box if your clinic accepts an unchecked translation.")},
    )


class ApprovalForm(forms.Form):
    """Who has read all of it."""

    name = forms.CharField(
        label=_("Qualified translator who has checked all of it"),
        max_length=120,
        error_messages={"required": _("Enter the translator's name.")},
    )
