"""What the telephone company may say of a call. Lengths and letters only, as in notifications/forms.py."""

from django import forms
from django.core.validators import RegexValidator

_SID = RegexValidator(r"\A[A-Za-z0-9-]{1,64}\Z")
_DIGITS = RegexValidator(r"\A[0-9*#]{1,32}\Z")
_PHONE = RegexValidator(r"\A\+[0-9]{3,15}\Z")


class IncomingForm(forms.Form):
    """Somebody calls. A number that is withheld comes as a word, and is nobody's."""

    CallSid = forms.CharField(validators=[_SID])
    From = forms.CharField(required=False, max_length=64)
    To = forms.CharField(validators=[_PHONE])

    def clean_From(self) -> str:
        number: str = self.cleaned_data["From"]
        return number if _is_phone(number) else ""


class TurnForm(forms.Form):
    """What was pressed; nothing where nothing was."""

    CallSid = forms.CharField(validators=[_SID])
    Digits = forms.CharField(validators=[_DIGITS], required=False)


def _is_phone(number: str) -> bool:
    try:
        _PHONE(number)
    except forms.ValidationError:
        return False
    return True
