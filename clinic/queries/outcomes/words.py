"""What each question about what became of somebody is called, and each answer to it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from clinic.rules.outcomes import forms
from clinic.rules.outcomes.forms import Item, Kind, Part, Problem, Section
from clinic.rules.outcomes.time_points import State

Words = dict[str, str | Promise]

SECTIONS: Words = {
    "contact": _lazy("Last contact"),
    "crs": _lazy("Cytokine release syndrome (CRS)"),
    "icans": _lazy("Neurotoxicity (ICANS)"),
    "iec_hs": _lazy("HLH-like syndrome (IEC-HS)"),
    "blood": _lazy("Blood counts and support"),
    "infection": _lazy("Infection %(number)s"),
    "disease": _lazy("The disease"),
    "second_cancer": _lazy("Second cancer"),
    "death": _lazy("Death"),
}
_INFECTION: Words = {
    "on": _lazy("First day"),
    "organ": _lazy("Where"),
    "type": _lazy("What kind"),
    "organism": _lazy("Organism, if known"),
    "grade": _lazy("Worst grade (CTCAE)"),
    "care": _lazy("Care needed"),
    "by_report": _lazy("Did a report from the family show it first?"),
}
ITEMS: Words = {
    "contact_on": _lazy("Day of the last contact"),
    "crs_grade": _lazy("Worst grade (ASTCT)"),
    "crs_onset": _lazy("First day"),
    "crs_max": _lazy("Day of the worst grade"),
    "crs_end": _lazy("Last day"),
    "tocilizumab_doses": _lazy("Doses of tocilizumab"),
    "steroid_days": _lazy("Days with steroids"),
    "icans_grade": _lazy("Worst grade (ASTCT)"),
    "icans_onset": _lazy("First day"),
    "icans_max": _lazy("Day of the worst grade"),
    "icans_end": _lazy("Last day"),
    "iec_hs": _lazy("Was there any?"),
    "iec_hs_grade": _lazy("Worst grade"),
    "iec_hs_onset": _lazy("First day"),
    "iec_hs_end": _lazy("Last day"),
    "icaht_early": _lazy("Early ICAHT, through day 30"),
    "icaht_late": _lazy("Late ICAHT, after day 30"),
    "gcsf_days": _lazy("Days with G-CSF"),
    "stem_cell_boost": _lazy("Stem cell boost"),
    "transfusion_days": _lazy("Days with a transfusion"),
    "response": _lazy("Best response"),
    "assessed_on": _lazy("Day of the assessment"),
    "progressed_on": _lazy("Relapse or progression, first day"),
    "new_treatment_on": _lazy("New treatment, first day"),
    "second_cancer": _lazy("Was there any?"),
    "second_cancer_on": _lazy("Day of the diagnosis"),
    "second_cancer_type": _lazy("Which"),
    "second_cancer_t_cell": _lazy("Of T cells?"),
    "place": _lazy("Where did they die?"),
    "cause": _lazy("Underlying cause"),
    "organism": _lazy("Organism, if an infection"),
    "contributing": _lazy("Contributing causes"),
    "autopsy": _lazy("Autopsy"),
    "cibmtr_code": _lazy("CIBMTR code"),
}
CHOICES: Words = {
    forms.NOT_ASSESSED: _lazy("Not assessed"),
    "no": _lazy("No"),
    "yes": _lazy("Yes"),
    "unknown": _lazy("Unknown"),
    "home": _lazy("At home"),
    "admitted": _lazy("Hospital"),
    "hospital": _lazy("Hospital"),
    "icu": _lazy("Intensive care"),
    "hospice": _lazy("Hospice"),
    "other": _lazy("Other"),
    "blood": _lazy("Blood"),
    "lung": _lazy("Lung"),
    "upper_airway": _lazy("Nose, throat, upper airway"),
    "gut": _lazy("Gut"),
    "urine": _lazy("Urinary tract"),
    "skin_line": _lazy("Skin or line"),
    "cns": _lazy("Brain or spine"),
    "bacterial": _lazy("Bacterial"),
    "viral": _lazy("Viral, COVID-19 included"),
    "fungal": _lazy("Fungal"),
    "clinically_defined": _lazy("Clinically defined, no organism"),
    "fever_unknown": _lazy("Fever of unknown origin"),
    "complete": _lazy("Complete"),
    "partial": _lazy("Partial"),
    "stable": _lazy("Stable disease"),
    "progression": _lazy("Progression"),
    "disease": _lazy("The disease that was treated"),
    "infection": _lazy("Infection"),
    "second_malignancy": _lazy("Second cancer"),
    "cardiovascular_respiratory": _lazy("Heart, vessels or lungs"),
    "haemorrhage": _lazy("Bleeding"),
    "icans": _lazy("ICANS"),
    "crs": _lazy("CRS"),
    "iec_hs": _lazy("IEC-HS"),
    "organ_failure": _lazy("Organ failure without infection"),
}
PROBLEMS: dict[Problem, str | Promise] = {
    Problem.NEEDED: _lazy("Enter this. Without it the form says nothing."),
    Problem.BEFORE_INFUSION: _lazy("This is before the infusion. Check the day."),
    Problem.AHEAD: _lazy("This is still to come. Check the day."),
    Problem.ORDER: _lazy("This is before the day above. Check both."),
    Problem.NOT_GRADED: _lazy("There are days below. Choose the grade, or clear the days."),
    Problem.NO_DAY: _lazy("Enter the first day, or clear the rest of this infection."),
    Problem.AFTER_CONTACT: _lazy("This is after the last contact. Check both days."),
    Problem.NOT_AN_ANSWER: _lazy("This is none of the answers."),
    Problem.NOT_ASKED: _lazy("This is not asked here."),
}
STATES: dict[State, str | Promise] = {
    State.DUE: _lazy("Due"),
    State.LATE: _lazy("Late"),
    State.MISSING: _lazy("Missing"),
    State.RECORDED: _lazy("On record"),
    State.NOT_DUE: _lazy("Not due yet"),
}


def form_name(part: Part | str, day: int) -> str:
    """Such as "Day 100", "Year 2" or "Death"."""
    if part == Part.DEATH:
        return str(SECTIONS["death"])
    years, rest = divmod(day, 365)
    return _("Year %(years)s") % {"years": years} if years and not rest else _("Day %(day)s") % {"day": day}


def section_name(section: Section) -> str:
    """The heading of some questions."""
    if section.key.startswith("infection"):
        return str(SECTIONS["infection"]) % {"number": section.key.removeprefix("infection")}
    return str(SECTIONS[section.key])


def item_name(item: Item) -> str:
    """The question."""
    if item.key.startswith("infection"):
        return str(_INFECTION[item.key.partition("_")[2]])
    return str(ITEMS[item.key])


def choice_name(choice: str) -> str:
    """One answer; a grade is its number."""
    return str(CHOICES.get(choice, choice))


def answer_in_words(item: Item, value: Any) -> str:
    """What stands on record, as a person reads it."""
    if item.kind is Kind.DATE:
        return date_format(date.fromisoformat(value))
    return choice_name(value) if item.kind is Kind.CHOICE else str(value)


def in_words(part: Part, day: int, answers: dict[str, Any]) -> Iterable[tuple[str, list[tuple[str, str]]]]:
    """The sections that were answered, each with its questions and answers."""
    for section in forms.sections(part, day):
        rows = [
            (item_name(item), answer_in_words(item, answers[item.key]))
            for item in section.items
            if item.key in answers
        ]
        if rows:
            yield section_name(section), rows
