"""Opening a locked desk, and the PIN for it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.rules.desk.lock import LONGEST_PIN


class UnlockForm(forms.Form):
    """The PIN, or the password. `take` and `open` name an escalation to go on with."""

    prefix = "unlock"
    secret = forms.CharField(max_length=200, strip=False)
    take = forms.UUIDField(required=False, widget=forms.HiddenInput)
    open = forms.UUIDField(required=False, widget=forms.HiddenInput)
    next = forms.CharField(required=False, max_length=500, widget=forms.HiddenInput)

    def __init__(self, *args: Any, has_pin: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.has_pin = has_pin
        field = self.fields["secret"]
        field.label = _("Your PIN") if has_pin else _("Your password")
        field.error_messages["required"] = _("Type your PIN.") if has_pin else _("Type your password.")
        keys = {"inputmode": "numeric"} if has_pin else {}
        field.widget = forms.PasswordInput(attrs={"class": "input", "autocomplete": "off", **keys})


class PinForm(forms.Form):
    """A new PIN, twice, with the password if there is one: whoever finds an open desk must not set one."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
        error_messages={"required": _("Type your password.")},
    )
    pin = forms.CharField(
        label=_("New PIN"),
        help_text=_("Four to eight digits. Not all the same, and not in a row such as 1234."),
        max_length=LONGEST_PIN,
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("Type a PIN.")},
    )
    again = forms.CharField(
        label=_("The same PIN again"),
        max_length=LONGEST_PIN,
        widget=forms.PasswordInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
        error_messages={"required": _("Type the PIN again.")},
    )

    def __init__(self, *args: Any, has_password: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_password:
            del self.fields["password"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("pin") and cleaned.get("again") and cleaned["pin"] != cleaned["again"]:
            self.add_error("again", _("The two PINs differ."))
        return cleaned
