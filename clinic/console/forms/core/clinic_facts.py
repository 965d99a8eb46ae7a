"""A clinic's own facts."""

from typing import Any

from django import forms
from django.utils.dates import WEEKDAYS
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from clinic.models import Clinic
from clinic.rules.core import staffed_hours
from clinic.rules.core.zones import zone_choices

_EXPECTED = ("expected_bcma", "expected_from_75", "expected_far")
_DAYS = dict(zip(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), WEEKDAYS.values(), strict=True))


class ClinicFactsForm(forms.ModelForm):
    """Names, numbers and clock as columns; each day's hours as people write them."""

    time_zone = forms.ChoiceField(label=_("Time zone"), choices=zone_choices)

    class Meta:
        model = Clinic
        fields = (
            "name",
            "sms_brand",
            "line_phone",
            "clinic_phone",
            "keypad_phone",
            "emergency_number",
            "time_zone",
            "near_centre_days",
            "no_driving_days",
            "card_warning",
            *_EXPECTED,
        )
        labels = {
            "name": _("Name, as families read it"),
            "sms_brand": _("What texts are signed with"),
            "line_phone": _("Number that is answered day and night"),
            "clinic_phone": _("Number that is answered in staffed hours"),
            "keypad_phone": _("Number for check-ins by telephone keypad"),
            "emergency_number": _("Number for an ambulance"),
            "near_centre_days": _("Days that everybody stays near the center, at least"),
            "no_driving_days": _("Days that nobody drives, at least"),
            "card_warning": _("Emergency card: what a doctor who never saw this treatment must know"),
            "expected_bcma": _("Of 100 patients, how many get a product against BCMA?"),
            "expected_from_75": _("How many are 75 or older?"),
            "expected_far": _("How many live more than an hour away?"),
        }
        error_messages = {"keypad_phone": {"unique": _("Another clinic has this number.")}}
        widgets = {"card_warning": forms.Textarea(attrs={"rows": 3})}
        help_texts = {
            "line_phone": "",
            "clinic_phone": "",
            "keypad_phone": _("The program answers it, so it is none of the others. Empty: not offered."),
            "sms_brand": _("Best without a word that tells of an illness: others see the screen too."),
            "near_centre_days": _("Empty: as the product's label says."),
            "no_driving_days": _("Empty: as the product's label says."),
            "card_warning": _("In English. Empty: our own words."),
            **dict.fromkeys(_EXPECTED, _("Empty: as your patients of the last two years are.")),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for day, label in _DAYS.items():
            self.fields[day] = forms.CharField(
                label=capfirst(label),
                required=False,
                max_length=60,
                initial=staffed_hours.write_day(self.instance.staffed_hours.get(day, [])),
            )

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        keypad = cleaned.get("keypad_phone") or None
        cleaned["keypad_phone"] = keypad
        if keypad and keypad in (cleaned.get("line_phone"), cleaned.get("clinic_phone")):
            self.add_error(
                "keypad_phone", _("People answer this number. Enter one that the program answers.")
            )
        hours = {}
        for day in _DAYS:
            spans = staffed_hours.read_day(cleaned.get(day) or "")
            if spans is None:
                told = _("%(day)s: write the hours such as 08:00–17:00, or nothing where you are closed.")
                self.add_error(day, told % {"day": capfirst(_DAYS[day])})
            elif spans:
                hours[day] = spans
        cleaned["staffed_hours"] = hours
        return cleaned

    @property
    def facts(self) -> list[forms.BoundField]:
        """The fields that are no hours, in their order."""
        return [self[name] for name in self.Meta.fields if name not in _EXPECTED]

    @property
    def expected(self) -> list[forms.BoundField]:
        """Whom the clinic expects to treat."""
        return [self[name] for name in _EXPECTED]

    @property
    def days(self) -> list[forms.BoundField]:
        return [self[day] for day in _DAYS]
