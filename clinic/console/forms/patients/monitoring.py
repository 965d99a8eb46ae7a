"""Pausing a patient's monitoring."""

from datetime import datetime

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from clinic.console.moments import MomentField
from clinic.services.patients.enrolment import LONGEST_PAUSE


class PauseForm(forms.Form):
    """A pause needs an end and a reason."""

    prefix = "pause"
    until = MomentField(
        label=_("Until"),
        help_text=_("Reminders start again by themselves at this time."),
        error_messages={
            "required": _("Enter until when."),
            "invalid": _("Enter a day and a time."),
        },
    )
    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("Such as: in hospital."),
        max_length=200,
        error_messages={"required": _("Enter the reason.")},
    )

    def clean_until(self) -> datetime:
        until: datetime = self.cleaned_data["until"]
        if until > timezone.now() + LONGEST_PAUSE:
            raise ValidationError(_("Check the year: this day is too far away."))
        return until
