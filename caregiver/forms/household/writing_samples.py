"""A picture of the sentence."""

from django import forms
from django.utils.translation import gettext_lazy as _


class WritingForm(forms.Form):
    """One picture; what it may be is for the service to say, by its content and not by its name."""

    picture = forms.FileField(
        label=_("Take or choose a photo"),
        help_text=_("Only the sentence, flat and in good light."),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png", "capture": "environment"}),
        error_messages={
            "required": _("Write on the pad, or take a photo first."),
            "empty": _("This picture cannot be read. Take a new photo."),
        },
    )
