"""What staff write about an escalation."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.models.escalation import Outcome
from clinic.queries.household import Said
from clinic.templatetags.console import clock, level_word

NOTE_LENGTH = 4000
UNCLEAR = "unclear"


def said_in_words(said: Said) -> str:
    """Who, when and how serious, as one choice."""
    return f"{said.by}, {clock(said.at)}: {level_word(said.level)}"


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

    confirmed = forms.ChoiceField(
        label=_("The family's reports differ. Which one did you confirm?"),
        required=False,
        widget=forms.RadioSelect,
        error_messages={"invalid_choice": _("Choose one of the reports.")},
    )

    def __init__(self, *args: Any, to_confirm: Iterable[Said] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        said = [(str(one.report_id), said_in_words(one)) for one in to_confirm]
        self.fields["confirmed"].choices = [*said, (UNCLEAR, _("I could not tell"))]  # type: ignore[attr-defined]
        self.fields["confirmed"].required = bool(said)
        self.fields["confirmed"].error_messages["required"] = _("Say which report you confirmed.")
        if not said:
            del self.fields["confirmed"]

    def clean_confirmed(self) -> UUID | None:
        """The report that proved right; None where nobody could tell."""
        chosen = self.cleaned_data["confirmed"]
        return None if chosen == UNCLEAR else UUID(chosen)

    def ask_for_outcome(self, needed: bool) -> "ResolveForm":
        """Say whether the outcome may be left out, which depends on the level now."""
        self.fields["outcome"].label = _("What came of it?") if needed else _("What came of it? (optional)")
        return self
