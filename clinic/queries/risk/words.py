"""Labs, facts, scores and reasons in the words of staff."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clinic.queries.core import diseases, products
from clinic.queries.risk.document import rules
from clinic.rules.risk.shape import Ground

_l = gettext_lazy
LABS: dict[str, str | Promise] = {
    "platelets": _l("Platelets"),
    "anc": _l("Neutrophils (ANC)"),
    "hb": _l("Hemoglobin"),
    "crp": "CRP",
    "ferritin": _l("Ferritin"),
    "ldh": "LDH",
    "creatinine": _l("Creatinine"),
    "igg": "IgG",
    "cd4": _l("CD4 cells"),
    "cd19": _l("CD19 B cells"),
    "lvef": _l("Ejection fraction (LVEF)"),
    "bilirubin": _l("Bilirubin"),
}
SUBJECTS: dict[str, str | Promise] = {
    "tier": _l("High risk tier"),
    "neutropenia": _l("Low neutrophils"),
    "platelets_low": _l("Low platelets"),
    "immune_risk": _l("Weak immune system"),
    "masked": _l("Fever may be hidden"),
}
SCORES: dict[str, str | Promise] = {
    "hematotox": "CAR-HEMATOTOX",
    "easix": "EASIX",
    "m_easix": _l("EASIX with CRP (m-EASIX)"),
    "s_easix": _l("EASIX without creatinine (s-EASIX)"),
    "hct_ci": "HCT-CI",
    "severe4": "CIRS, Severe4",
    "egfr": _l("Kidney (eGFR)"),
    "icaht_early": _l("Low neutrophils, days 0 to 30 (ICAHT, early)"),
    "icaht_late": _l("Low neutrophils after day 30 (ICAHT, late)"),
}
FACTS: dict[str, str | Promise] = {
    **LABS,
    "age": _l("Age"),
    "product": _l("Product"),
    "disease": _l("Disease"),
    "sex": _l("Sex"),
    "ecog": "ECOG",
    "frailty": _l("Clinical Frailty Scale"),
    "hematotox": "CAR-HEMATOTOX",
    "easix": "EASIX",
    "hct_ci": "HCT-CI",
    "severe4": _l("Severe4: breathing, upper gut, liver or kidney"),
    "comorbidity": _l("HCT-CI or CIRS"),
    "ldh_upper_limit": _l("Upper limit of LDH"),
    "bridging": _l("Bridging therapy"),
    "prior_hct": _l("Earlier transplant"),
    "diabetes": _l("Diabetes on drugs"),
    "egfr": _l("Kidney (eGFR)"),
    "crs": _l("CRS, highest grade"),
    "icans": _l("ICANS, highest grade"),
    "iec_hs": _l("HLH-like illness (IEC-HS)"),
    "icaht_early": _l("Low neutrophils, early, grade"),
    "icaht_late": _l("Low neutrophils, late, grade"),
    "infection": _l("Infection, grade"),
    "steroid_days": _l("Days of steroids from 10 mg dexamethasone"),
    "minutes_to_centre": _l("Minutes to the clinic"),
    "lives_alone": _l("Lives alone"),
    "adults": _l("Adults who can stay"),
    "ivig": _l("Immunoglobulin given"),
    "masked_until": _l("Medicine may hide a fever, last day"),
}
REMINDERS: dict[str, str | Promise] = {
    "cbc": _l("Blood count"),
    "ferritin_crp": _l("Ferritin and CRP"),
    "igg": "IgG",
    "cd4": _l("CD4 cells"),
}
REASON_CODES: dict[str, str | Promise] = {
    "known_baseline": _l("Usual for this person"),
    "wrong_data": _l("A value or fact is wrong"),
    "clinical_judgement": _l("Clinical judgment"),
    "palliative_plan": _l("Palliative plan"),
    "other": _l("Another reason"),
}
GROUPS: dict[str, str | Promise] = {"high": _l("high"), "low": _l("low"), "unknown": _l("unknown")}
_WRONG_LABS: dict[str, str | Promise] = {
    "unknown_lab": _l("This lab is not known here."),
    "unknown_unit": _l("Choose the unit that the laboratory prints."),
    "no_number": _l("Enter a number with a point, such as 0.4."),
    "too_large": _l("Check the number: it is too large."),
    "too_many": _l("These are more values than one report has."),
    "twice": _l("This lab stands here twice for the same sample."),
    "ahead": _l("This time is still to come where the patient is."),
    "too_old": _l("Check the day: it is too long ago."),
    "confirm": _l("Hardly anybody has such a value. Check number and unit, then say that it is right."),
}
_YES_NO = {"True": _l("yes"), "False": _l("no")}
_TRANSPLANTS = {"auto": _l("own cells"), "allo": _l("donor cells"), "none": _l("none")}


def fact(name: str) -> str:
    """A fact by its name; a slip shows the code and hides nothing."""
    return str(FACTS.get(name, name))


def wrong_lab(code: str) -> str:
    """Why a value cannot be kept, by the code of services/risk/labs.WrongLab."""
    return str(_WRONG_LABS[code])


def evidence(one: Mapping[str, Any]) -> str:
    """Such as "Neutrophils (ANC) 0.4 10^9/L, day 12"."""
    name, value = one["name"], _value(one["name"], one["value"])
    words = f"{fact(name)} {value} {one['unit']}".strip() if value else fact(name)
    return words if one["day"] is None else _("%(what)s, day %(day)s") % {"what": words, "day": one["day"]}


def number(told: object) -> str:
    """A stored fraction with as many digits as a reader wants: 3 for 3/1, 2.03 for 203/100."""
    above, _slash, below = str(told).partition("/")
    try:
        value = float(above) / float(below or 1)
    except ValueError:
        return str(told)
    # Half goes up, as EASIX is shown.
    rounded = int(value * 100 + 0.5 + 1e-9) / 100
    return f"{rounded:g}" if rounded < 10**6 else f"{rounded:.0f}"


def two_digits(told: object) -> str:
    """As EASIX is shown: half goes up."""
    value = Fraction(str(told))
    return f"{((value * 100 + Fraction(1, 2)).__floor__()) / 100:.2f}"


def ground(path: str) -> str:
    """What a number rests on that awaits a clinician's signature; empty where it was found in a source."""
    row = rules().row_of(path)
    if row.ground is Ground.FOUND:
        return ""
    return _("remembered") if row.ground is Ground.REMEMBERED else _("proposed")


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
        return known.brand if known else str(value)
    if name == "hematotox" and str(value) in GROUPS:
        return str(GROUPS[str(value)])
    return two_digits(value) if name == "easix" else number(value)
