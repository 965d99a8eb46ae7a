"""Whether to be reminded, and the hours without."""

from datetime import time

from django import forms

_HOURS = [(f"{hour:02}:00", f"{hour:02}:00") for hour in range(24)]


class RemindersForm(forms.Form):
    """Choices only: whatever else is posted is a mistake of the page."""

    wanted = forms.BooleanField(required=False)
    quiet_from = forms.TypedChoiceField(choices=_HOURS, coerce=time.fromisoformat)
    quiet_until = forms.TypedChoiceField(choices=_HOURS, coerce=time.fromisoformat)
