"""A code for the keypad of a telephone, and whether to be called."""

from django import forms


class KeypadForm(forms.Form):
    """An empty code leaves the one that there is."""

    called = forms.BooleanField(required=False)
    code = forms.CharField(required=False, max_length=12, widget=forms.TextInput(attrs={"id": "keypad-code"}))

    def clean_code(self) -> str:
        """Digits alone, however they are spaced."""
        return "".join(one for one in str(self.cleaned_data["code"]) if not one.isspace() and one != "-")
