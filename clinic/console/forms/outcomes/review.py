"""What reading a serious event again showed."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.models.outcome import ReviewVerdict


class ReviewForm(forms.Form):
    """One verdict, and what colleagues should know."""

    verdict = forms.ChoiceField(
        label=_("What did it show?"),
        choices=[("", _("Choose")), *ReviewVerdict.choices],
        error_messages={
            "required": _("Choose what it showed."),
            "invalid_choice": _("Choose what it showed."),
        },
    )
    note = forms.CharField(
        label=_("What we learn from it"),
        required=False,
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    @property
    def chosen(self) -> ReviewVerdict:
        return ReviewVerdict(self.cleaned_data["verdict"])
