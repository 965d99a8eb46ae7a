"""What staff write about an escalation."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.models.escalation import Outcome

NOTE_LENGTH = 4000


class NoteForm(forms.Form):
    """A note of a call."""

    prefix = "note"
    text = forms.CharField(
        label=_("Call note"),
        help_text=_("Who you spoke to and what was said. Other staff see it; the family does not."),
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": _("Write what was said first.")},
    )


class ResolveForm(forms.Form):
    """How it ended. The service decides whether an outcome is needed; the form only says so."""

    prefix = "resolve"
    outcome = forms.ChoiceField(
        label=_("What came of it?"), choices=Outcome.choices, required=False, widget=forms.RadioSelect
    )
    note = forms.CharField(
        label=_("Last note"),
        max_length=NOTE_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def ask_for_outcome(self, needed: bool) -> "ResolveForm":
        """Say whether the outcome may be left out, which depends on the level now."""
        self.fields["outcome"].label = _("What came of it?") if needed else _("What came of it? (optional)")
        return self
