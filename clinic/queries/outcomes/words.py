"""What each question about what became of somebody is called, and each answer to it."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.rules.outcomes import forms
from clinic.rules.outcomes.forms import Item, Kind, Part, Problem, Section
from clinic.rules.outcomes.time_points import State

Words = dict[str, str | Promise]

SECTIONS: Words = {
    "contact": gettext_lazy("Last contact"),
    "crs": gettext_lazy("Cytokine release syndrome (CRS)"),
    "icans": gettext_lazy("Neurotoxicity (ICANS)"),
    "iec_hs": gettext_lazy("HLH-like syndrome (IEC-HS)"),
    "blood": gettext_lazy("Blood counts and support"),
    "infection": gettext_lazy("Infection %(number)s"),
    "visit": gettext_lazy("Emergency room without admission, %(number)s"),
    "disease": gettext_lazy("The disease"),
    "second_cancer": gettext_lazy("Second cancer"),
    "death": gettext_lazy("Death"),
}
_INFECTION: Words = {
    "on": gettext_lazy("First day"),
    "organ": gettext_lazy("Where"),
    "type": gettext_lazy("What kind"),
    "organism": gettext_lazy("Organism, if known"),
    "grade": gettext_lazy("Worst grade (CTCAE)"),
    "care": gettext_lazy("Care needed"),
    "by_report": gettext_lazy("Did a report from the family show it first?"),
}
_VISIT: Words = {"on": gettext_lazy("Day"), "reason": gettext_lazy("Main reason")}
ITEMS: Words = {
    "contact_on": gettext_lazy("Day of the last contact"),
    "emergency_visits": gettext_lazy("Emergency room without admission, how often"),
    "crs_grade": gettext_lazy("Worst grade (ASTCT)"),
    "crs_onset": gettext_lazy("First day"),
    "crs_max": gettext_lazy("Day of the worst grade"),
    "crs_end": gettext_lazy("Last day"),
    "tocilizumab_doses": gettext_lazy("Doses of tocilizumab"),
    "steroid_days": gettext_lazy("Days with steroids"),
    "icans_grade": gettext_lazy("Worst grade (ASTCT)"),
    "icans_onset": gettext_lazy("First day"),
    "icans_max": gettext_lazy("Day of the worst grade"),
    "icans_end": gettext_lazy("Last day"),
    "iec_hs": gettext_lazy("Was there any?"),
    "iec_hs_grade": gettext_lazy("Worst grade"),
    "iec_hs_onset": gettext_lazy("First day"),
    "iec_hs_end": gettext_lazy("Last day"),
    "icaht_early": gettext_lazy("Early ICAHT, through day 30"),
    "icaht_late": gettext_lazy("Late ICAHT, after day 30"),
    "gcsf_days": gettext_lazy("Days with G-CSF"),
    "stem_cell_boost": gettext_lazy("Stem cell boost"),
    "transfusion_days": gettext_lazy("Days with a transfusion"),
    "response": gettext_lazy("Best response"),
    "assessed_on": gettext_lazy("Day of the assessment"),
    "progressed_on": gettext_lazy("Relapse or progression, first day"),
    "new_treatment_on": gettext_lazy("New treatment, first day"),
    "second_cancer": gettext_lazy("Was there any?"),
    "second_cancer_on": gettext_lazy("Day of the diagnosis"),
    "second_cancer_type": gettext_lazy("Which"),
    "second_cancer_t_cell": gettext_lazy("Of T cells?"),
    "place": gettext_lazy("Where did they die?"),
    "cause": gettext_lazy("Underlying cause"),
    "organism": gettext_lazy("Organism, if an infection"),
    "contributing": gettext_lazy("Contributing causes"),
    "autopsy": gettext_lazy("Autopsy"),
    "cibmtr_code": gettext_lazy("CIBMTR code"),
}
CHOICES: Words = {
    forms.NOT_ASSESSED: gettext_lazy("Not assessed"),
    "no": gettext_lazy("No"),
    "yes": gettext_lazy("Yes"),
    "unknown": gettext_lazy("Unknown"),
    "home": gettext_lazy("At home"),
    "admitted": gettext_lazy("Hospital"),
    "hospital": gettext_lazy("Hospital"),
    "icu": gettext_lazy("Intensive care"),
    "hospice": gettext_lazy("Hospice"),
    "other": gettext_lazy("Other"),
    "blood": gettext_lazy("Blood"),
    "lung": gettext_lazy("Lung"),
    "upper_airway": gettext_lazy("Nose, throat, upper airway"),
    "gut": gettext_lazy("Gut"),
    "urine": gettext_lazy("Urinary tract"),
    "skin_line": gettext_lazy("Skin or line"),
    "cns": gettext_lazy("Brain or spine"),
    "bacterial": gettext_lazy("Bacterial"),
    "viral": gettext_lazy("Viral, COVID-19 included"),
    "fungal": gettext_lazy("Fungal"),
    "clinically_defined": gettext_lazy("Clinically defined, no organism"),
    "fever_unknown": gettext_lazy("Fever of unknown origin"),
    "complete": gettext_lazy("Complete"),
    "partial": gettext_lazy("Partial"),
    "stable": gettext_lazy("Stable disease"),
    "progression": gettext_lazy("Progression"),
    "disease": gettext_lazy("The disease that was treated"),
    "infection": gettext_lazy("Infection"),
    "second_malignancy": gettext_lazy("Second cancer"),
    "cardiovascular_respiratory": gettext_lazy("Heart, vessels or lungs"),
    "haemorrhage": gettext_lazy("Bleeding"),
    "icans": gettext_lazy("ICANS"),
    "crs": gettext_lazy("CRS"),
    "iec_hs": gettext_lazy("IEC-HS"),
    "cytopenia_bleeding": gettext_lazy("Low counts or bleeding"),
    "heart_lung": gettext_lazy("Heart or lungs"),
    "neuro_late": gettext_lazy("Late signs of the nerves"),
    "organ_failure": gettext_lazy("Organ failure without infection"),
}
PROBLEMS: dict[Problem, str | Promise] = {
    Problem.NEEDED: gettext_lazy("Enter this. Without it the form says nothing."),
    Problem.BEFORE_INFUSION: gettext_lazy("This is before the infusion. Check the day."),
    Problem.AHEAD: gettext_lazy("This is still to come. Check the day."),
    Problem.ORDER: gettext_lazy("This is before the day above. Check both."),
    Problem.NOT_GRADED: gettext_lazy("There are days below. Choose the grade, or clear the days."),
    Problem.NO_DAY: gettext_lazy("Enter the day, or clear the rest of this part."),
    Problem.AFTER_CONTACT: gettext_lazy("This is after the last contact. Check both days."),
    Problem.NOT_AN_ANSWER: gettext_lazy("This is none of the answers."),
    Problem.TOO_FEW: gettext_lazy("More visits stand below. Check the number."),
    Problem.NOT_ASKED: gettext_lazy("This is not asked here."),
}
STATES: dict[State, str | Promise] = {
    State.DUE: gettext_lazy("Due"),
    State.LATE: gettext_lazy("Late"),
    State.MISSING: gettext_lazy("Missing"),
    State.RECORDED: gettext_lazy("On record"),
    State.NOT_DUE: gettext_lazy("Not due yet"),
}


def form_name(part: Part | str, day: int) -> str:
    """Such as "Day 100", "Year 2" or "Death"."""
    if part == Part.DEATH:
        return str(SECTIONS["death"])
    years, rest = divmod(day, 365)
    return _("Year %(years)s") % {"years": years} if years and not rest else _("Day %(day)s") % {"day": day}


def section_name(section: Section) -> str:
    """The heading of some questions."""
    if forms.is_row(section):
        name = section.key.rstrip("0123456789")
        return str(SECTIONS[name]) % {"number": section.key.removeprefix(name)}
    return str(SECTIONS[section.key])


def item_name(item: Item) -> str:
    """The question."""
    start, _line, asked = item.key.partition("_")
    rows = {"infection": _INFECTION, "visit": _VISIT}.get(start.rstrip("0123456789"), {})
    if start[-1:].isdigit() and asked in rows:
        return str(rows[asked])
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
