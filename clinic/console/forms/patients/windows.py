"""Planning anew how long somebody stays near the centre and does not drive."""

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.rules.patients.windows import WindowDays
from clinic.services.patients.windows import LONGEST_DAYS, TooShort

_WHOLE = {"required": _("Enter a number of days."), "invalid": _("Enter whole days, such as 14.")}


class WindowForm(forms.Form):
    """Days after the infusion day."""

    near_centre = forms.IntegerField(
        label=_("Stay near the center, days"),
        min_value=0,
        max_value=LONGEST_DAYS,
        error_messages=_WHOLE,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )
    no_driving = forms.IntegerField(
        label=_("No driving, days"),
        min_value=0,
        max_value=LONGEST_DAYS,
        error_messages=_WHOLE,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )

    def days(self) -> WindowDays:
        return WindowDays(self.cleaned_data["near_centre"], self.cleaned_data["no_driving"])

    def add_too_short(self, problem: TooShort) -> None:
        for name in ("near_centre", "no_driving"):
            least = getattr(problem.least, name)
            if self.cleaned_data[name] < least:
                self.add_error(
                    name, _("The label or your center asks for at least %(days)s days.") % {"days": least}
                )
