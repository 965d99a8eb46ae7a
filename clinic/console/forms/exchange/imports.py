"""A file of the hospital's, and what is in it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.queries.exchange import words
from clinic.rules.exchange.rows import LARGEST_BYTES, Trouble
from clinic.rules.exchange.verdicts import Source

BY_FILE = (Source.CSV_PATIENTS, Source.CSV_OUTCOMES, Source.FHIR)


class ImportForm(forms.Form):
    """What is wrong with its content, the service says."""

    source = forms.ChoiceField(
        label=_("What is in the file?"),
        choices=[(one.value, words.SOURCES[one]) for one in BY_FILE],
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is in the file.")},
    )
    file = forms.FileField(
        label=_("File"),
        help_text=_("4 MB and 500 rows at most. You see what would happen before anything is put on record."),
        allow_empty_file=True,
        error_messages={"required": _("Choose a file.")},
    )

    def body(self) -> bytes:
        """No more of it than can be taken, and a byte, so that the rest is noticed."""
        read: bytes = self.cleaned_data["file"].read(LARGEST_BYTES + 1)
        return read

    def add_trouble(self, trouble: Trouble, about: str) -> None:
        words_of = words.why(trouble)
        self.add_error("file", f"{about}: {words_of}" if about else words_of)
