"""A system that is to read records: its name, what it may read, and the keys that it signs with."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.rules.fhir.scopes import ALL_KINDS


class KeysForm(forms.Form):
    """One of the two. What is wrong with it, the service says."""

    address = forms.CharField(
        label=_("Address of its keys"),
        help_text=_("The JWKS URL that its maker names. Keys that it changes there count a minute later."),
        max_length=1100,
        required=False,
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
    )
    document = forms.CharField(
        label=_("Or its public keys"),
        help_text=_("A JSON Web Key Set, as its maker hands it out. Never a private key."),
        max_length=64 * 1024,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4, "autocomplete": "off", "spellcheck": "false"}),
    )


class SystemClientForm(KeysForm):
    """All of it."""

    name = forms.CharField(
        label=_("What it is"),
        help_text=_("Such as: integration engine, research database."),
        max_length=80,
        error_messages={"required": _("Write what this system is.")},
    )
    kinds = forms.MultipleChoiceField(
        label=_("What it may read"),
        choices=[
            (ALL_KINDS, _("Everything, whole records too")),
            ("Patient", _("Who the patients are")),
            ("RelatedPerson", _("Who looks after them, with phone numbers")),
            ("Condition", _("The disease")),
            ("Procedure", _("The infusion")),
            ("Encounter", _("Stays in hospital")),
            ("QuestionnaireResponse", _("Reports, and what became of people")),
            ("Observation", _("Readings, thinking checks and laboratory values")),
            ("Provenance", _("Which report took another's place")),
            ("Task", _("Alerts")),
            ("Communication", _("Calls and worries")),
        ],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose what it may read.")},
    )
    field_order = ("name", "kinds", "address", "document")
