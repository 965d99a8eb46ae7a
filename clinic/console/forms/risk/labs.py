"""One screen for one report of a laboratory: a line for each lab, with its unit."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from clinic.queries.risk import words
from clinic.queries.risk.document import rules
from clinic.rules.risk.pasting import PastedLab
from clinic.rules.risk.shape import Lab
from clinic.services.risk.labs import LONGEST_REASON, TypedLab, WrongLab

# Said of the sample, not of one value.
_OF_SAMPLE = ("ahead", "too_old")


@dataclass(frozen=True)
class Row:
    """One lab's line. `asks` where somebody must say that the value is right."""

    label: str
    value: forms.BoundField
    unit: forms.BoundField
    is_right: forms.BoundField
    asks: bool


class _UnitField(forms.ChoiceField):
    """Every unit of the document is taken; offered is one spelling of each, the one that staff read first."""

    def __init__(self, name: str, lab: Lab, *, label: str, used: str) -> None:
        usual, others = words.usual_unit(name), words.other_units(name)
        super().__init__(
            label=label,
            required=False,
            choices=[("", "–"), *((unit, words.unit(unit)) for unit in lab.units)],
            initial=usual if not others or lab.units.get(used) == 1 else "",
        )
        shown = words.unit(usual)
        offered = [(usual, shown), *((one, f"{words.unit(one)} → {shown}") for one in others)]
        self.widget.choices = [("", "–"), *offered] if others else offered


class LabsForm(forms.Form):
    """Lines that are left empty are not entered.

    The unit in which staff read a lab stands there once somebody has typed it for this patient; another one
    is chosen each time. Before that none is: the number alone does not tell 45 K/µL from 45 /µL.
    """

    taken_on = forms.DateField(
        label=_("Day of the sample"),
        error_messages={
            "required": _("Enter the day of the sample."),
            "invalid": _("Enter the day as a date."),
        },
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )
    taken_at = forms.TimeField(
        label=_("Time"),
        required=False,
        error_messages={"invalid": _("Enter the time as 08:30, or leave it empty.")},
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
    )

    def __init__(self, *args: Any, units: Mapping[str, str], asks: Iterable[str] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.asked = set(asks)
        for name, lab in rules().document.labs.items():
            label = str(words.LABS[name])
            self.fields[f"value_{name}"] = forms.CharField(
                label=label,
                required=False,
                max_length=20,
                widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
            )
            self.fields[f"unit_{name}"] = _UnitField(
                name, lab, label=_("Unit of %(lab)s") % {"lab": label}, used=units.get(name, "")
            )
            self.fields[f"right_{name}"] = forms.BooleanField(label=_("This value is right"), required=False)

    @property
    def rows(self) -> list[Row]:
        return [
            Row(
                label=str(words.LABS[name]),
                value=self[f"value_{name}"],
                unit=self[f"unit_{name}"],
                is_right=self[f"right_{name}"],
                asks=name in self.asked,
            )
            for name in rules().document.labs
        ]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not self.errors and not any(cleaned.get(f"value_{name}") for name in rules().document.labs):
            raise forms.ValidationError(_("Enter at least one value."))
        return cleaned

    def values(self) -> list[TypedLab]:
        """The lines that hold something, in the order of the form."""
        told = self.cleaned_data
        return [
            TypedLab(
                lab=name,
                value=told[f"value_{name}"],
                unit=told[f"unit_{name}"],
                taken_on=told["taken_on"],
                taken_at=told["taken_at"],
                is_confirmed=told[f"right_{name}"],
            )
            for name in rules().document.labs
            if told[f"value_{name}"]
        ]

    def add_wrong(self, problems: Iterable[WrongLab]) -> None:
        for problem in problems:
            if problem.code in _OF_SAMPLE:
                if "taken_on" not in self.errors:
                    self.add_error("taken_on", words.wrong_lab(problem.code))
                continue
            place = "unit" if problem.code == "unknown_unit" else "value"
            self.add_error(f"{place}_{problem.lab}", self._wrong(problem))
            if problem.code == "confirm":
                self.asked.add(problem.lab)

    def _wrong(self, problem: WrongLab) -> str:
        if problem.code == "unknown_unit":
            return words.units_to_choose(problem.lab)
        if problem.code == "confirm":
            value, unit = (self.cleaned_data[f"{part}_{problem.lab}"] for part in ("value", "unit"))
            return words.unusual(problem.lab, value, unit)
        return words.wrong_lab(problem.code)

    @staticmethod
    def filled(labs: Iterable[PastedLab], day: date) -> dict[str, Any]:
        """What was pasted, as the form's first values."""
        found: dict[str, Any] = {"taken_on": day}
        for one in labs:
            found[f"value_{one.lab}"] = one.value
            if one.unit:
                is_same = rules().document.labs[one.lab].units[one.unit] == 1
                found[f"unit_{one.lab}"] = words.usual_unit(one.lab) if is_same else one.unit
        return found


class PasteForm(forms.Form):
    """Lines of a report, as they were copied."""

    prefix = "paste"
    lines = forms.CharField(
        label=_("Paste lines of the report"),
        help_text=_("One lab a line, such as: Platelets 74 K/uL. They fill the form; nothing is saved yet."),
        max_length=8000,
        widget=forms.Textarea(attrs={"rows": 5, "autocomplete": "off", "spellcheck": "false"}),
        error_messages={"required": _("Paste at least one line.")},
    )


class StrikeForm(forms.Form):
    """Why a value is wrong."""

    reason = forms.CharField(
        label=_("Why is it wrong?"),
        max_length=LONGEST_REASON,
        error_messages={"required": _("Say why the value is wrong.")},
    )
