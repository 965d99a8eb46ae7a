"""How and of what somebody wants to hear when staff acted on what they sent."""

from django import forms

from clinic.models.word_back import WordBackChannel

_WAYS = [way.value for way in (WordBackChannel.NOT_AT_ALL, WordBackChannel.TEXT, WordBackChannel.PUSH)]


class WordBackForm(forms.Form):
    """Choices only: whatever else is posted is a mistake of the page."""

    by_way = forms.ChoiceField(choices=[(way, way) for way in _WAYS])
    taken = forms.BooleanField(required=False)
    unreached = forms.BooleanField(required=False)
    closed = forms.BooleanField(required=False)
