"""The address of another system."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ListenerForm(forms.Form):
    """What is wrong with it beyond its length, the service says."""

    address = forms.CharField(
        label=_("Address that takes events"),
        help_text=_("It begins with https:// and is on the internet, or on a host that your operator named."),
        max_length=1100,
        widget=forms.URLInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Enter the address.")},
    )
