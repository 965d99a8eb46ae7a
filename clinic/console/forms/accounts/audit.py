"""Which rows of the audit are wanted. What cannot be read filters nothing: it comes from an address."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.queries.watch import audit_words
from clinic.queries.watch.accesses import Wanted


class AuditForm(forms.Form):
    """The filters of the page, of its download and of the API."""

    person = forms.UUIDField(required=False)
    patient = forms.UUIDField(required=False)
    kind = forms.ChoiceField(
        label=_("What"),
        required=False,
        choices=[("", _("Everything")), *((key, label) for key, (label, _acts) in audit_words.KINDS.items())],
    )
    since = forms.DateField(label=_("From"), required=False)
    until = forms.DateField(label=_("To"), required=False)

    def wanted(self) -> Wanted:
        self.is_valid()
        found = self.cleaned_data
        return Wanted(
            person=found.get("person"),
            patient=found.get("patient"),
            kind=found.get("kind") or "",
            since=found.get("since"),
            until=found.get("until"),
        )
