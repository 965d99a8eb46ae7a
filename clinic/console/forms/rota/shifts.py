"""Putting people on shifts, and proving a number. Times are by the clinic's clock."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from clinic.console.mobile_numbers import MobileField
from clinic.console.moments import MomentField
from clinic.models.rota import LayerName
from clinic.queries.rota.week import ShiftCandidate
from clinic.services.rota.shifts import WeeklyTimes

_PHYSICIANS_ONLY = _(
    "Only physicians are on call as “Physician”. Choose a physician, or “Primary” or “Backup”."
)


class _ShiftPersonForm(forms.Form):
    """Who, on which layer. The services refuse who does not fit; their words end up at the person."""

    person = forms.TypedChoiceField(
        label=_("Person"),
        coerce=int,
        help_text=_("Only people with a verified number, who answered a test in the last two weeks."),
        error_messages={"required": _("Choose a person.")},
    )
    layer = forms.ChoiceField(
        label=_("On call as"),
        choices=LayerName.choices,
        help_text=_("Primary is paged first, then backup, then the physician."),
    )

    def __init__(self, *args: Any, people: Iterable[ShiftCandidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.id, _candidate_choice(one)) for one in people]
        self.fields["person"].choices = [("", _("Choose")), *choices]  # type: ignore[attr-defined]

    def refuse_person(self, name: str) -> None:
        """Say why this person cannot fill a shift, and what to do about it."""
        self.add_error(
            "person",
            _(
                "%(name)s cannot fill a shift yet: the phone number is not verified, or the last test page "
                "was not answered. They verify it on their page “My shifts”."
            )
            % {"name": name},
        )

    def refuse_role(self) -> None:
        """Say that the layer wants another role."""
        self.add_error("layer", _PHYSICIANS_ONLY)


class ShiftForm(_ShiftPersonForm):
    """One shift with a date."""

    starts_at = MomentField(
        label=_("Begins"),
        error_messages={"required": _("Enter when it begins."), "invalid": _("Enter a day and a time.")},
    )
    ends_at = MomentField(
        label=_("Ends"),
        error_messages={"required": _("Enter when it ends."), "invalid": _("Enter a day and a time.")},
    )

    def times(self) -> dict[str, datetime]:
        """The cleaned times, as the service wants them."""
        return {name: self.cleaned_data[name] for name in ("starts_at", "ends_at")}


class WeeklyForm(_ShiftPersonForm):
    """A shift of every week, or of every second, third …"""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("Weekdays"),
        coerce=int,
        choices=[(number, name) for number, name in WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one day.")},
    )
    starts = forms.TimeField(
        label=_("Begins"),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Enter when it begins."), "invalid": _("Enter a time.")},
    )
    ends = forms.TimeField(
        label=_("Ends"),
        help_text=_("A time before the beginning, or the same, is on the next day."),
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"required": _("Enter when it ends."), "invalid": _("Enter a time.")},
    )
    first_date = forms.DateField(
        label=_("From this day on"),
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
        error_messages={"required": _("Enter the first day."), "invalid": _("Enter a date.")},
    )
    every_weeks = forms.TypedChoiceField(
        label=_("How often"),
        coerce=int,
        choices=[
            (1, _("Every week")),
            (2, _("Every 2nd week")),
            (3, _("Every 3rd week")),
            (4, _("Every 4th week")),
        ],
    )

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["first_date"].initial = today

    def clean_first_date(self) -> date:
        day: date = self.cleaned_data["first_date"]
        if day.year < self.fields["first_date"].initial.year - 1:
            raise ValidationError(_("Check the year: this day is too far away."))
        return day

    def times(self) -> WeeklyTimes:
        """The cleaned times, as the service wants them."""
        answers = self.cleaned_data
        return WeeklyTimes(
            weekdays=tuple(answers["weekdays"]),
            starts=answers["starts"],
            ends=answers["ends"],
            first_date=answers["first_date"],
            every_weeks=answers["every_weeks"],
        )


class LayersForm(forms.Form):
    """Which layers must be filled at every minute, besides the primary one."""

    layers = forms.MultipleChoiceField(choices=LayerName.choices, required=False)


class SwapForm(forms.Form):
    """Who is asked to take a shift."""

    person = forms.TypedChoiceField(
        label=_("Colleague"), coerce=int, error_messages={"required": _("Choose a person.")}
    )

    def __init__(self, *args: Any, people: Iterable[ShiftCandidate], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(one.id, _candidate_choice(one)) for one in people]
        self.fields["person"].choices = [("", _("Choose")), *choices]  # type: ignore[attr-defined]


class PhoneNumberForm(forms.Form):
    """The number on which the person wants to be paged."""

    phone = MobileField(
        label=_("Cell phone"),
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
        error_messages={
            "required": _("Enter a cell phone number."),
            "invalid": _("Enter a phone number, such as 555 201 0123."),
        },
    )


class CodeForm(forms.Form):
    """The code that was texted."""

    code = forms.CharField(
        label=_("Code from the text"),
        max_length=12,
        widget=forms.TextInput(
            attrs={"inputmode": "numeric", "autocomplete": "one-time-code", "class": "input-code"}
        ),
        error_messages={"required": _("Enter the code.")},
    )


def _candidate_choice(one: ShiftCandidate) -> str:
    named = f"{one.name}, {one.role}"
    return named if one.is_certain else named + ": " + _("number not verified")
