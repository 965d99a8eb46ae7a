"""Which monitoring fits a patient: what the clinic has switched on for somebody like them, in words."""

from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from clinic.models import Patient
from clinic.models.patient import PatientStatus
from clinic.queries.protocols.patient_context import context_of
from clinic.queries.protocols.versions import current_rules_for
from clinic.rules.protocols.scoring.assessment import plan_of

# Those that ship with the program; another is called by its own code.
_ADDITIONS: dict[str, str | Promise] = {
    "high_risk": _("High risk tier: twice a day for longer"),
    "early_brain": _("High EASIX: the thinking check is always asked for"),
    "slow_counts": _("High CAR-HEMATOTOX: blood counts three times a week"),
    "low_counts": _("Severe low counts: daily for longer"),
    "after_reaction": _("After a severe reaction: daily for longer"),
    "after_discharge": _("Home after a severe reaction: twice a day for a week"),
    "low_immunity": _("Low IgG or CD4: three times a week"),
    "after_bcma": _("After a BCMA product: movement and handwriting"),
    "heart": _("Weak heart, or an illness of it: pulse and blood pressure"),
    "diabetes": _("Diabetes: a glucose plan while on steroids"),
    "kidneys": _("Weak kidneys: eating and drinking"),
    "frail": _("Frail, or 75 and older: a call sooner"),
    "far": _("Far from the clinic: an alarm sooner"),
    "reached_otherwise": _("Interpreter, help with reading or no smartphone: staff call sooner"),
    "few_helpers": _("Alone, or one adult: the second contact sooner"),
}


def addition_in_words(code: str) -> str:
    """What an addition is called."""
    return str(_ADDITIONS.get(code, code.replace("_", " ")))


def fitted(patient: Patient, now: datetime) -> tuple[str, ...]:
    """What is added to this patient's monitoring today; nothing for whoever is not monitored."""
    rules = current_rules_for(patient) if patient.status == PatientStatus.ACTIVE else None
    if rules is None or not rules.additions:
        return ()
    return tuple(addition_in_words(one.code) for one in plan_of(rules, context_of(patient, now)).added)
