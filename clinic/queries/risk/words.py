"""Labs, facts, scores and reasons in the words of staff."""

import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.utils.functional import Promise
from django.utils.text import get_text_list
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from clinic.queries.core import diseases, products
from clinic.queries.risk.document import rules
from clinic.rules.protocols.scoring.numbers import before_unit
from clinic.rules.risk.labs import usual_in
from clinic.rules.risk.shape import Ground

LABS: dict[str, str | Promise] = {
    "platelets": _("Platelets"),
    "anc": _("Neutrophils (ANC)"),
    "hb": _("Hemoglobin"),
    "crp": _("CRP"),
    "ferritin": _("Ferritin"),
    "ldh": "LDH",
    "creatinine": _("Creatinine"),
    "igg": "IgG",
    "cd4": _("CD4 cells"),
    "cd19": _("CD19 B cells"),
    "lvef": _("Ejection fraction (LVEF)"),
    "bilirubin": _("Bilirubin"),
    "fibrinogen": _("Fibrinogen"),
}
SUBJECTS: dict[str, str | Promise] = {
    "tier": _("High risk tier"),
    "neutropenia": _("Low neutrophils"),
    "platelets_low": _("Low platelets"),
    "immune_risk": _("Weak immune system"),
    "masked": _("Fever may be hidden"),
}
SCORES: dict[str, str | Promise] = {
    "hematotox": "CAR-HEMATOTOX",
    "easix": "EASIX",
    "m_easix": _("EASIX with CRP (m-EASIX)"),
    "s_easix": _("EASIX without creatinine (s-EASIX)"),
    "hct_ci": "HCT-CI",
    "severe4": "CIRS, Severe4",
    "egfr": _("Kidney (eGFR)"),
    "icaht_early": _("Low neutrophils, days 0 to 30 (ICAHT, early)"),
    "icaht_late": _("Low neutrophils after day 30 (ICAHT, late)"),
    "t_icaht": _("Low platelets, days 0 to 30 (T-ICAHT)"),
}
FACTS: dict[str, str | Promise] = {
    **LABS,
    "age": _("Age"),
    "product": _("Product"),
    "disease": _("Disease"),
    "sex": _("Sex"),
    "ecog": "ECOG",
    "frailty": _("Clinical Frailty Scale"),
    "hematotox": "CAR-HEMATOTOX",
    "easix": "EASIX",
    "hct_ci": "HCT-CI",
    "severe4": _("Severe4: breathing, upper gut, liver or kidney"),
    "comorbidity": _("HCT-CI or CIRS"),
    "ldh_upper_limit": _("Upper limit of LDH"),
    "bridging": _("Bridging therapy"),
    "prior_hct": _("Earlier transplant"),
    "diabetes": _("Diabetes on drugs"),
    "egfr": _("Kidney (eGFR)"),
    "crs": _("CRS, highest grade"),
    "icans": _("ICANS, highest grade"),
    "iec_hs": _("HLH-like illness (IEC-HS)"),
    "icaht_early": _("Low neutrophils, early, grade"),
    "icaht_late": _("Low neutrophils, late, grade"),
    "infection": _("Infection, grade"),
    "steroid_days": _("Days of steroids from 10 mg dexamethasone"),
    "minutes_to_centre": _("Minutes to the clinic"),
    "lives_alone": _("Lives alone"),
    "adults": _("Adults who can stay"),
    "ivig": _("Immunoglobulin given"),
    "masked_until": _("Medicine may hide a fever, last day"),
}
REMINDERS: dict[str, str | Promise] = {
    "cbc": _("Blood count"),
    "ferritin_crp": _("Ferritin and CRP"),
    "igg": "IgG",
    "cd4": _("CD4 cells"),
    "creatinine": _("Creatinine"),
    "fibrinogen": _("Fibrinogen"),
}
CARE_TASKS: dict[str, str | Promise] = {
    "nurse_call": _("Call by a nurse"),
    "prophylaxis_plan": _("Plan of medicine against infection"),
    "prophylaxis_end": _("End date of medicine against infection"),
    "marrow_review": _("Review of the bone marrow"),
    "heart_tests": _("ECG and echo after a severe reaction"),
    "glucose_plan": _("Glucose plan while on steroids"),
    "ask_falls": _("Usual activity noted, falls asked about"),
    "overnight_stay": _("Plan of a stay near the clinic"),
    "phone_way": _("Who checks in by telephone, and with which interpreter"),
    "teach_back": _("Teach-back: the family says in their own words what to watch for"),
    "second_contact": _("A second contact before going home"),
    "night_cover": _("Who is there at night"),
}
# Those of which there are several, by the day at home.
_BY_DAY = frozenset({"nurse_call", "night_cover"})
GROUPS: dict[str, str | Promise] = {"high": _("high"), "low": _("low"), "unknown": _("unknown")}
WRONG_LABS: dict[str, str | Promise] = {
    "unknown_lab": _("This lab is not known here."),
    "unknown_unit": _("Choose the unit that the laboratory prints."),
    "no_number": _("Enter a number with a point, such as 0.4."),
    "too_large": _("Check the number: it is too large."),
    "too_many": _("These are more values than one report has."),
    "twice": _("This lab stands here twice for the same sample."),
    "ahead": _("This time is still to come where the patient is."),
    "too_old": _("Check the day: it is too long ago."),
    "confirm": _("Hardly anybody has such a value. Check number and unit, then say that it is right."),
}
_UNUSUAL: str | Promise = _(
    "%(lab)s %(value)s: hardly anybody has such a value. Check number and unit. If the report says so, "
    "say that it is right."
)
_IN_ANOTHER_UNIT: str | Promise = _(
    "%(lab)s %(value)s: hardly anybody has such a value. If the report says %(other)s, choose %(unit)s: "
    "that is %(kept)s. If it says %(value)s, say that it is right."
)
_IN_THE_USUAL_UNIT: str | Promise = _(
    "%(lab)s %(value)s: hardly anybody has such a value. If the report says %(other)s, choose %(unit)s. "
    "If it says %(value)s, say that it is right."
)
_YES_NO = {"True": _("yes"), "False": _("no")}
_TRANSPLANTS = {"auto": _("own cells"), "allo": _("donor cells"), "none": _("none")}

# Before the number of the day at the end, with which its word stays.
_BEFORE_DAY = re.compile(r" (?=-?\d+$)")
# What stands for "micro" in the document's plain letters.
_MICRO = re.compile(r"\bu(?=(?:L|g|mol|kat)\b)")
# One thousand cells a microliter is one 10^9 a liter: four spellings of one number, and one is shown.
_ONE_SPELLING = {"10^9/L": "K/uL", "G/L": "K/uL", "10^3/uL": "K/uL"}
# Below it two digits behind the point are too few: 4 neutrophils per µL are not none.
_SMALL = 0.1


def fact(name: str) -> str:
    """A fact by its name; a slip shows the code and hides nothing."""
    return str(FACTS.get(name, name))


def score(key: str) -> str:
    """A score by its name, which stays in one piece."""
    return str(SCORES[key]).replace("-", "\u2011")


def wrong_lab(code: str) -> str:
    """Why a value cannot be kept, by the code of services/risk/labs.WrongLab."""
    return str(WRONG_LABS[code])


def unusual(lab: str, value: str, told: str) -> str:
    """What is asked of a value that hardly anybody has, with the unit in which its number would be usual."""
    labs = rules().document.labs
    found = {"lab": str(LABS[lab]), "value": measured(value, told)}
    for other in (usual_unit(lab), *other_units(lab)):
        meant = usual_in(labs, name=lab, value=value, typed=told, other=other)
        if meant is not None:
            found |= {
                "other": measured(value, other),
                "kept": measured(number(meant), usual_unit(lab)),
                "unit": unit(other),
            }
            text = _IN_ANOTHER_UNIT if other != usual_unit(lab) else _IN_THE_USUAL_UNIT
            return str(text) % found
    return str(_UNUSUAL) % found


def units_to_choose(lab: str) -> str:
    """What is said where none was chosen: the units that this lab is printed in."""
    offered = get_text_list([unit(one) for one in (usual_unit(lab), *other_units(lab))], gettext("or"))
    return gettext("Choose the unit that the laboratory prints: %(units)s.") % {"units": offered}


def care_task(code: str, day: int) -> str:
    """Such as "Call by a nurse (day 3 at home)"; one that is asked once is called by its name alone."""
    name = str(CARE_TASKS.get(code, code))
    return gettext("%(task)s (day %(day)s at home)") % {"task": name, "day": day} if code in _BY_DAY else name


def evidence(one: Mapping[str, Any]) -> str:
    """Such as "Neutrophils (ANC): 0.4 K/µL, day 12"."""
    name, value = one["name"], _value(one["name"], one["value"])
    words = f"{fact(name)}: {measured(value, one['unit'])}" if value else fact(name)
    if one["day"] is None:
        return words
    dated = gettext("%(what)s, day %(day)s") % {"what": words, "day": one["day"]}
    return _BEFORE_DAY.sub("\u00a0", dated)


def usual_unit(lab: str) -> str:
    """The one unit, in the document's letters, in which staff enter and read this lab."""
    kept = rules().document.labs[lab].unit
    return _ONE_SPELLING.get(kept, kept)


def other_units(lab: str) -> tuple[str, ...]:
    """Those in which a laboratory may print another number; spellings of the same are left out."""
    units = rules().document.labs[lab].units
    return tuple(one for one, factor in units.items() if factor != 1)


def unit(told: str) -> str:
    """A unit as US laboratories print it: "K/µL" for the document's "10^9/L", whose number is the same."""
    return _MICRO.sub("µ", _ONE_SPELLING.get(told, told))


def measured(value: str, told: str) -> str:
    """A number and its unit, which no line parts: "47 K/µL"."""
    shown = unit(told)
    return f"{value}{before_unit(shown, get_language() or '')}{shown}" if shown else value


def number(told: object) -> str:
    """A stored fraction with as many digits as a reader wants: 3 for 3/1, 2.03 for 203/100."""
    above, _slash, below = str(told).partition("/")
    try:
        value = float(above) / float(below or 1)
    except ValueError:
        return str(told)
    if 0 < value < _SMALL:
        return f"{value:.2g}"
    # Half goes up, as EASIX is shown.
    rounded = int(value * 100 + 0.5 + 1e-9) / 100
    return f"{rounded:g}" if rounded < 10**6 else f"{rounded:.0f}"


def two_digits(told: object) -> str:
    """As EASIX is shown: half goes up."""
    value = Fraction(str(told))
    return f"{((value * 100 + Fraction(1, 2)).__floor__()) / 100:.2f}"


def is_found(path: str) -> bool:
    """Whether its numbers were found in their source; others await a clinician's signature."""
    return rules().row_of(path).ground is Ground.FOUND


def source(path: str) -> str:
    """Where the number comes from, as the document says it."""
    return rules().row_of(path).source


def _value(name: str, value: object) -> str:
    if isinstance(value, bool) or str(value) in _YES_NO:
        return "" if str(value) == "True" else str(_YES_NO[str(value)])
    if name == "prior_hct":
        return str(_TRANSPLANTS.get(str(value), value))
    if name == "disease":
        return diseases.in_words(str(value))
    if name == "product":
        known = products.find(str(value))
        return f"{known.code} ({known.brand})" if known else str(value)
    if name == "hematotox" and str(value) in GROUPS:
        return str(GROUPS[str(value)])
    return two_digits(value) if name == "easix" else number(value)
