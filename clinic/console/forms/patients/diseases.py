"""Which disease somebody has: one of the list, another by its words, or nothing where nobody knows it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.models.disease import Disease
from clinic.queries.core import diseases
from clinic.services.patients.diseases import LONGEST_DISEASE

# Not the code of another product, by which a page shows its fields.
_ANOTHER = "another"


class DiseaseForm(forms.Form):
    """Two fields that are one fact."""

    disease = forms.ChoiceField(
        label=_("Disease"),
        help_text=_("For the record and the emergency card. No rule uses it."),
        required=False,
    )
    other_disease = forms.CharField(
        label=_("Name of the other disease"),
        max_length=LONGEST_DISEASE,
        required=False,
        widget=forms.TextInput(attrs={"data-another-disease": ""}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        disease: Any = self.fields["disease"]
        disease.choices = [("", _("Not known")), *Disease.choices, (_ANOTHER, _("Another disease"))]

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        if found.get("disease") == _ANOTHER and not found.get("other_disease"):
            self.add_error("other_disease", _("Enter the name of the disease."))
        return found

    def disease_fact(self) -> str:
        """The disease as the service wants it."""
        found = self.cleaned_data
        return str(found["other_disease"] if found["disease"] == _ANOTHER else found["disease"])


def on_file(kept: str) -> dict[str, str]:
    """What is kept, as the form has it."""
    if not kept or diseases.find(kept):
        return {"disease": kept, "other_disease": ""}
    return {"disease": _ANOTHER, "other_disease": kept}
