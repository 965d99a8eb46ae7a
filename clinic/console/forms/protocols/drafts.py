"""The acts on a draft of a protocol."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy

from clinic.console.moments import MomentField


class SubmitForm(forms.Form):
    """Why the second person should say yes."""

    reason = forms.CharField(
        label=gettext_lazy("What changes, and why"),
        help_text=gettext_lazy("The second person reads this first. It stays on record."),
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": gettext_lazy("Write what changes, and why.")},
    )


class ApproveForm(forms.Form):
    """When the version comes into force."""

    activate_at = MomentField(
        label=gettext_lazy("In force from"),
        help_text=gettext_lazy(
            "Leave it empty for: at once. A check-in that has begun is finished on the old version."
        ),
        required=False,
        error_messages={"invalid": gettext_lazy("Enter a day and a time.")},
    )

    def clean_activate_at(self) -> Any:
        return self.cleaned_data["activate_at"] or timezone.now()
