"""How a caregiver bears it: two questions about themselves."""

import uuid

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.rules.checkins.strain import Strain

_UNANSWERED = ("required", "invalid_choice")


class StrainForm(forms.Form):
    """Both are answered or nothing is sent; sharing is offered where somebody would read it."""

    answer_id = forms.UUIDField(widget=forms.HiddenInput(), initial=uuid.uuid4)
    sleep = forms.TypedChoiceField(
        label=_("How did you sleep in the last few days?"),
        choices=[
            (0, _("Well enough")),
            (1, _("Not so well")),
            (2, _("Badly")),
            (3, _("Hardly at all")),
        ],
        coerce=int,
        error_messages=dict.fromkeys(_UNANSWERED, _("Choose how you slept.")),
        widget=forms.RadioSelect,
    )
    coping = forms.TypedChoiceField(
        label=_("How are you doing with all there is to do?"),
        choices=[
            (0, _("I can do it")),
            (1, _("It is a lot")),
            (2, _("It is too much")),
            (3, _("I cannot go on like this")),
        ],
        coerce=int,
        error_messages=dict.fromkeys(_UNANSWERED, _("Choose how you are doing.")),
        widget=forms.RadioSelect,
    )
    is_shared = forms.BooleanField(
        label=_("Show this to the social worker, who will call me"),
        help_text=_("If you do not mark this, only you can see your answers."),
        required=False,
    )

    def __init__(self, *args: object, can_share: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if not can_share:
            del self.fields["is_shared"]

    def said(self) -> Strain:
        return Strain(sleep=self.cleaned_data["sleep"], coping=self.cleaned_data["coping"])
