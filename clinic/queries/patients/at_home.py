"""How a family is reached by telephone and what it lacks at home, for whoever calls them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import get_language_info
from django.utils.translation import gettext_lazy as _

from clinic.models import Patient, RiskFactSheet
from clinic.rules.risk.fact_sheet import ANOTHER_LANGUAGE

# What the facts say that whoever calls must know. What nobody has asked about is not said to be missing.
_NOTES: Mapping[tuple[str, object], str | Promise] = {
    ("interpreter", True): _("an interpreter is needed"),
    ("phone", "plain"): _("a telephone that can only call and text"),
    ("phone", "none"): _("no telephone"),
    ("signal", False): _("no reliable signal"),
    ("someone_else", False): _("nobody else to call"),
    ("night_cover", False): _("nobody there at night"),
    ("thermometer", False): _("no thermometer"),
    ("cuff", False): _("no blood pressure cuff"),
    ("oximeter", False): _("no oximeter"),
}


@dataclass(frozen=True)
class AtHome:
    """`call_language`: in words, empty where nobody has asked. `minutes_to_emergency`: to the nearest one."""

    call_language: str
    minutes_to_emergency: int | None
    notes: tuple[str, ...]


def of_patient(patient: Patient) -> AtHome:
    """From the facts of the current course. One query."""
    rows = RiskFactSheet.objects.filter(patient=patient, course_number=patient.course_number)
    sheet: Mapping[str, Any] = rows.order_by("-number").values_list("facts", flat=True).first() or {}
    return AtHome(
        call_language=_language_in_words(sheet.get("call_language", "")),
        minutes_to_emergency=sheet.get("minutes_to_emergency"),
        notes=tuple(str(words) for (name, told), words in _NOTES.items() if sheet.get(name) == told),
    )


def _language_in_words(code: str) -> str:
    if code == ANOTHER_LANGUAGE:
        return str(_("another language"))
    return str(get_language_info(code)["name_translated"]) if code else ""
