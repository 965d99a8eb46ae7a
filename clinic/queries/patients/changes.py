"""Changes to a patient, old and new value, in the reader's language; the audit trail keeps codes."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from clinic.models import AuditEvent, FactCorrection, Patient
from clinic.models.patient import Tier
from clinic.queries.core import diseases
from clinic.queries.protocols.versions import current_rules_for
from clinic.rules.core.zones import place_of

FACTS_CHANGED, BASELINE_STORED = "patient.facts_changed", "patient.baseline_stored"
HOME_CHECK_BASELINE_SET = "home_check.baseline_set"


def in_words(row: AuditEvent, patient: Patient, language: str) -> str:
    """All of one change, such as "Risk tier: Standard → High"; empty where the row tells of no change."""
    if row.action == FACTS_CHANGED:
        return facts_in_words(row.detail)
    if row.action in (BASELINE_STORED, HOME_CHECK_BASELINE_SET):
        return " · ".join(_changes_in_words(row.detail, _item_labels(patient, language)))
    return ""


def facts_in_words(detail: Mapping[str, Any]) -> str:
    """Risk facts and the way to the clinic, {field: {"from", "to"}}."""
    return " · ".join(_changes_in_words(detail, _fact_labels()))


def correction_in_words(row: FactCorrection) -> Iterator[str]:
    """Each fact that was put right, such as "Given name: Waltr → Walter"."""
    labels = {
        "given_name": _("Given name"),
        "family_name": _("Family name"),
        "birth_date": _("Date of birth"),
        "hospital_number": _("Hospital number"),
        "product": _("Product"),
        "target": _("Target"),
        "disease": _("Disease"),
        "near_centre_days": _("Stay near the center, days"),
        "no_driving_days": _("No driving, days"),
        "language": _("Language"),
        "time_zone": _("Time zone of the home"),
        "infusion_date": _("Day of infusion"),
    }
    for name, label in labels.items():
        if name in row.changes:
            change = row.changes[name]
            yield f"{label}: {_fact(name, change['from'])} → {_fact(name, change['to'])}"


def _fact(name: str, value: str | int | None) -> str:
    if value in (None, ""):
        return "–"
    value = str(value)
    if name in ("birth_date", "infusion_date"):
        return date_format(date.fromisoformat(value))
    if name == "disease":
        return diseases.in_words(value)
    if name == "time_zone":
        return place_of(value)
    return str(dict(settings.LANGUAGES).get(value, value)) if name == "language" else value


def _changes_in_words(detail: Mapping[str, Any], labels: Mapping[str, str]) -> Iterator[str]:
    for name, label in labels.items():
        change = detail.get(name)
        if not isinstance(change, Mapping):
            continue
        before, after = _value(name, change["from"]), _value(name, change["to"])
        # Of a proposal to stay below what is suggested.
        stays = _("%(fact)s: stays %(value)s") % {"fact": label, "value": after}
        yield stays if before == after else f"{label}: {before} → {after}"


def _value(name: str, value: object) -> str:
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if name == "nearest_emergency":
        return str(value) or "–"
    if name == "tier":
        return str(Tier(str(value)).label)
    return date_format(date.fromisoformat(str(value))) if name == "masked_until" else f"{value:g}"


def _fact_labels() -> dict[str, str]:
    return {
        "tier": _("Risk tier"),
        "immune_risk": _("Weak immune system"),
        "neutropenia": _("Low neutrophils now"),
        "platelets_low": _("Low platelets now"),
        "masked_until": _("Medicine may hide a fever until"),
        "minutes_to_centre": _("Minutes to the clinic"),
        "nearest_emergency": _("Nearest emergency room"),
    }


def _item_labels(patient: Patient, language: str) -> dict[str, str]:
    rules = current_rules_for(patient)
    return {key: rules.question(key).label(language) for key in rules.baselines} if rules else {}
