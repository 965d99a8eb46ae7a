"""Facts about a patient in steps; each may be left half-done, and what is not chosen stays unknown."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from clinic.queries.risk.document import rules
from clinic.rules.risk.fact_sheet import ANOTHER_LANGUAGE, STEPS

UNKNOWN = ""
_NOT_KNOWN = (UNKNOWN, _("Not known"))
TITLES: dict[str, Any] = {
    "person": _("How the patient is"),
    "before": _("Before the infusion"),
    "illnesses": _("Other illness (HCT-CI)"),
    "organs": _("Organ by organ (CIRS)"),
    "home": _("At home"),
    "reach": _("Calls and devices"),
    "since": _("Since the infusion"),
}
_COMORBIDITIES: dict[str, Any] = {
    "arrhythmia": _("Arrhythmia"),
    "cardiac": _("Heart: coronary disease, heart failure, infarct, or EF 50% or less"),
    "ibd": _("Inflammatory bowel disease"),
    "diabetes": _("Diabetes on drugs"),
    "cerebrovascular": _("Stroke or TIA"),
    "psychiatric": _("Psychiatric illness, treated"),
    "hepatic_mild": _("Liver, mild"),
    "obesity": _("BMI above 35"),
    "infection": _("Infection still treated on day 0"),
    "rheumatologic": _("Rheumatologic illness"),
    "peptic_ulcer": _("Peptic ulcer, treated"),
    "renal": _("Kidney: creatinine above 2 mg/dL, dialysis or transplant"),
    "pulmonary_moderate": _("Lung, moderate: DLCO or FEV1 66 to 80%"),
    "prior_tumor": _("Earlier solid tumor"),
    "valve": _("Heart valve disease"),
    "pulmonary_severe": _("Lung, severe: 65% or less, or oxygen"),
    "hepatic_severe": _("Liver, moderate or severe"),
}
_SYSTEMS: dict[str, Any] = {
    "heart": _("Heart"),
    "vascular": _("Vessels"),
    "haematopoietic": _("Blood"),
    "respiratory": _("Breathing"),
    "eyes_ears_throat": _("Eyes, ears, throat"),
    "upper_gi": _("Upper gut"),
    "lower_gi": _("Lower gut"),
    "liver": _("Liver"),
    "renal": _("Kidney"),
    "genitourinary": _("Bladder and genitals"),
    "musculoskeletal": _("Bones, muscles, skin"),
    "neurological": _("Nerves"),
    "endocrine": _("Hormones"),
    "psychiatric": _("Mind"),
}
_SURE: list[tuple[str, Any]] = [
    ("0", _("Extremely")),
    ("1", _("Quite a bit")),
    ("2", _("Somewhat")),
    ("3", _("A little bit")),
    ("4", _("Not at all")),
]
_PHONES: list[tuple[str, Any]] = [
    ("smartphone", _("A smartphone")),
    ("plain", _("A telephone that can only call and text")),
    ("none", _("None")),
]
# Infections that one form takes; older ones stay as they were.
INFECTIONS = 3
MOST_MINUTES = 999
_DATE = {"invalid": _("Enter the day as a date.")}


def _choice(label: Any, choices: Iterable[tuple[str, Any]], help_text: Any = "") -> Any:
    return forms.ChoiceField(label=label, required=False, choices=[_NOT_KNOWN, *choices], help_text=help_text)


def _grades(lowest: int, highest: int) -> list[tuple[str, str]]:
    return [(str(one), str(one)) for one in range(lowest, highest + 1)]


def _yes_no(label: Any) -> Any:
    return _choice(label, [("yes", _("Yes")), ("no", _("No"))])


def _day(label: Any, help_text: Any = "") -> Any:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(
        label=label, required=False, help_text=help_text, widget=widget, error_messages=_DATE
    )


def _count(label: Any, highest: int) -> Any:
    return forms.IntegerField(
        label=label,
        required=False,
        min_value=0,
        max_value=highest,
        widget=forms.TextInput(attrs={"inputmode": "numeric"}),
    )


class FactsForm(forms.Form):
    """One step. Yes, no and not known are three answers."""

    all_optional = True
    seen = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, step: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.step = step
        self.fields.update(_FIELDS[step]())

    def told(self, before: Mapping[str, Any]) -> dict[str, Any]:
        """As rules/risk/fact_sheet.py keeps it; None is not known."""
        told = {name: _kept(self.cleaned_data.get(name)) for name in STEPS[self.step]}
        if self.step == "illnesses":
            told["comorbidities"] = self._comorbidities()
        if self.step == "organs":
            told["cirs"] = self._cirs()
        if self.step == "before":
            limit = self.cleaned_data["ldh_upper_limit"]
            told["ldh_upper_limit"] = None if limit is None else str(limit)
        if self.step == "since":
            told["infections"] = self._infections(before)
        return told

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self.step == "illnesses" and cleaned.get("none") and cleaned.get("comorbidities"):
            self.add_error("none", _("Either none of these, or those that you checked."))
        for number in range(INFECTIONS if self.step == "since" else 0):
            has_day, grade = cleaned.get(f"infection_on_{number}"), cleaned.get(f"infection_grade_{number}")
            if bool(has_day) != bool(grade):
                self.add_error(f"infection_on_{number}", _("An infection needs its first day and its grade."))
        return cleaned

    def _comorbidities(self) -> list[str] | None:
        ticked = sorted(self.cleaned_data["comorbidities"])
        return ticked if ticked or self.cleaned_data["none"] else None

    def _cirs(self) -> dict[str, int | None] | None:
        open_ones = "0" if self.cleaned_data["cirs_done"] else UNKNOWN
        grades = {name: self.cleaned_data[f"cirs_{name}"] or open_ones for name in _SYSTEMS}
        if not any(grades.values()):
            return None
        return {name: int(grade) if grade else None for name, grade in grades.items() if grade != "0"}

    def _infections(self, before: Mapping[str, Any]) -> list[dict[str, Any]] | None:
        kept = list(before.get("infections", []))[INFECTIONS:]
        told = [
            {
                "on": self.cleaned_data[f"infection_on_{number}"].isoformat(),
                "grade": int(self.cleaned_data[f"infection_grade_{number}"]),
                "is_treated": _kept(self.cleaned_data[f"infection_treated_{number}"]),
            }
            for number in range(INFECTIONS)
            if self.cleaned_data[f"infection_on_{number}"]
        ]
        return [*told, *kept] or None


def first_values(step: str, sheet: Mapping[str, Any], seen: str) -> dict[str, Any]:
    """What stands on the sheet, as the form shows it."""
    found: dict[str, Any] = {"seen": seen}
    for name in STEPS[step]:
        value = sheet.get(name)
        found[name] = {True: "yes", False: "no"}.get(value, value) if isinstance(value, bool) else value
    if step == "illnesses":
        found["none"] = sheet.get("comorbidities") == []
    if step == "organs":
        found |= _grades_of(sheet.get("cirs"))
    for number, one in enumerate(sheet.get("infections", [])[:INFECTIONS] if step == "since" else []):
        found[f"infection_on_{number}"] = one["on"]
        found[f"infection_grade_{number}"] = str(one["grade"])
        found[f"infection_treated_{number}"] = {True: "yes", False: "no"}.get(one["is_treated"], UNKNOWN)
    return found


def _grades_of(cirs: Mapping[str, int | None] | None) -> dict[str, str]:
    """What is not on the sheet at all is not known; of a sheet with CIRS what is not named is 0."""
    if cirs is None:
        return {}
    grades = {name: cirs.get(name, 0) for name in _SYSTEMS}
    return {f"cirs_{name}": UNKNOWN if grade is None else str(grade) for name, grade in grades.items()}


def _kept(value: Any) -> Any:
    if value in (UNKNOWN, None):
        return None
    if isinstance(value, date):
        return value.isoformat()
    if value in ("yes", "no"):
        return value == "yes"
    return int(value) if isinstance(value, str) and value.isdigit() else value


def _person() -> dict[str, Any]:
    scores = rules().document.scores
    return {
        "sex": _choice(_("Sex, for the kidney's score"), [("female", _("Female")), ("male", _("Male"))]),
        "ecog": _choice(
            _("ECOG performance status"),
            _grades(scores.ecog.lowest, scores.ecog.highest),
            _("0 is fully active."),
        ),
        "frailty": _choice(
            _("Clinical Frailty Scale"),
            _grades(scores.frailty.lowest, scores.frailty.highest),
            _("1 is very fit, 9 terminally ill."),
        ),
    }


def _before() -> dict[str, Any]:
    transplants = [("none", _("None")), ("auto", _("Own cells")), ("allo", _("Donor cells"))]
    return {
        "lymphodepletion_on": _day(
            _("First day of lymphodepletion"), _("If you leave this empty: five days before the infusion.")
        ),
        "bridging": _yes_no(_("Bridging therapy given")),
        "prior_transplant": _choice(_("Earlier transplant"), transplants),
        "ldh_upper_limit": forms.DecimalField(
            label=_("Upper limit of LDH at your laboratory, U/L"),
            required=False,
            min_value=1,
            max_value=5000,
            max_digits=6,
            decimal_places=1,
            widget=forms.TextInput(attrs={"inputmode": "decimal"}),
        ),
    }


def _illnesses() -> dict[str, Any]:
    return {
        "comorbidities": forms.MultipleChoiceField(
            label=_("HCT-CI"),
            help_text=_("Check what holds. Checking nothing leaves it unknown."),
            required=False,
            choices=list(_COMORBIDITIES.items()),
            widget=forms.CheckboxSelectMultiple,
        ),
        "none": forms.BooleanField(label=_("None of these: I asked about each"), required=False),
    }


def _organs() -> dict[str, Any]:
    grades = _grades(0, rules().document.scores.cirs.highest)
    fields: dict[str, Any] = {f"cirs_{name}": _choice(label, grades) for name, label in _SYSTEMS.items()}
    fields["cirs_done"] = forms.BooleanField(
        label=_("The others are 0: I looked at each"),
        help_text=_("What you leave open above stays unknown, unless you check this."),
        required=False,
    )
    return fields


def _home() -> dict[str, Any]:
    adults = [("0", _("Nobody")), ("1", _("One")), ("2", _("Two or more"))]
    return {
        "lives_alone": _yes_no(_("Lives alone")),
        "adults": _choice(_("Adults who can stay with the patient"), adults),
        "night_cover": _yes_no(_("Somebody is there every night, days 0 to 14")),
        "minutes_to_emergency": _count(_("Minutes to the nearest emergency room"), MOST_MINUTES),
        "interpreter": _yes_no(_("An interpreter is needed to talk with the family")),
        "forms_alone": _choice(
            _("“How sure are you filling in medical forms by yourself?”"),
            _SURE,
            _("Ask whoever will send the reports. From “somewhat” on they are helped."),
        ),
        "phone": _choice(_("The family's telephone"), _PHONES),
    }


def _reach() -> dict[str, Any]:
    languages = [(code, get_language_info(code)["name_translated"]) for code, _name in settings.LANGUAGES]
    return {
        "call_language": _choice(
            _("Language on the telephone"),
            [*languages, (ANOTHER_LANGUAGE, _("Another language"))],
            _("The language of what the family reads is chosen with each caregiver."),
        ),
        "signal": _yes_no(_("A telephone signal they can rely on")),
        "someone_else": _yes_no(_("Somebody else can be called")),
        "thermometer": _yes_no(_("A thermometer")),
        "cuff": _yes_no(_("A blood pressure cuff")),
        "oximeter": _yes_no(_("A device for oxygen (oximeter)")),
    }


def _since() -> dict[str, Any]:
    fields: dict[str, Any] = {
        "crs_max": _choice(_("CRS, highest grade"), _grades(0, 5)),
        "icans_max": _choice(_("ICANS, highest grade"), _grades(0, 5)),
        "had_iec_hs": _yes_no(_("HLH-like illness (IEC-HS), as a clinician's diagnosis")),
        "steroid_days": _count(_("Days of 10 mg dexamethasone or more, days 0 to 21"), 22),
        "steroid_last_on": _day(
            _("Last day of steroids"), _("A planned day that is still to come counts too.")
        ),
        "tocilizumab_last_on": _day(_("Last day of tocilizumab")),
        "ivig_last_on": _day(_("Last day of immunoglobulin")),
    }
    for number in range(INFECTIONS):
        nth = {"number": number + 1}
        fields[f"infection_on_{number}"] = _day(_("Infection %(number)s, first day") % nth)
        fields[f"infection_grade_{number}"] = _choice(_("Infection %(number)s, grade") % nth, _grades(1, 5))
        fields[f"infection_treated_{number}"] = _yes_no(_("Infection %(number)s, treated") % nth)
    return fields


_FIELDS = {
    "person": _person,
    "before": _before,
    "illnesses": _illnesses,
    "organs": _organs,
    "home": _home,
    "reach": _reach,
    "since": _since,
}
