"""One tap on a care task, with words where somebody has any."""

from django import forms

from clinic.models.care_task import CareTaskAct
from clinic.services.risk.care_tasks import LONGEST_WORDS


class CloseForm(forms.Form):
    """`task` and `day` as the page named them; the service knows which of them are asked for."""

    task = forms.CharField(max_length=24)
    day = forms.IntegerField(min_value=-1000, max_value=10000)
    act = forms.ChoiceField(choices=[(one, one) for one in (CareTaskAct.DONE, CareTaskAct.NOT_NEEDED)])
    words = forms.CharField(max_length=LONGEST_WORDS, required=False)


class TakeBackForm(forms.Form):
    """Why it was a mistake."""

    words = forms.CharField(max_length=LONGEST_WORDS)
