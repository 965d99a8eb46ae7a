"""Why a person is deleted, and why nothing of a record may be."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.models.deletion import DeletionGround
from clinic.services.patients.deletions import LONGEST_NOTE
from clinic.services.patients.record_holds import LONGEST_REASON


class DeletionForm(forms.Form):
    """The second person reads it before they agree; the note goes with the person, the ground stays."""

    ground = forms.ChoiceField(
        label=_("Why"),
        choices=DeletionGround.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose why.")},
    )
    note = forms.CharField(
        label=_("For the second person: how you know, and who asked"),
        help_text=_("It is deleted too, once the deletion is done."),
        max_length=LONGEST_NOTE,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class HoldForm(forms.Form):
    reason = forms.CharField(
        label=_("Why nothing may be deleted"),
        help_text=_("Such as the number of a legal matter."),
        max_length=LONGEST_REASON,
        error_messages={"required": _("Write why nothing may be deleted.")},
    )
