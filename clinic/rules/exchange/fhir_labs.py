"""A laboratory value of a FHIR bundle, told from what is none or none of ours."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from clinic.rules.exchange.csv_rows import is_day
from clinic.rules.exchange.fhir_parts import list_of, map_of, moment_of, text_of
from clinic.rules.exchange.rows import Trouble, trouble_of_text
from clinic.rules.fhir.elements import UCUM
from clinic.rules.fhir.labs import lab_named, unit_written

# FHIR R4, ObservationStatus: what counts. A preliminary value is not yet one.
_COUNTS = ("final", "amended", "corrected")
_WITHDRAWN = "entered-in-error"

Facts = dict[str, Any]


def lab_of(one: Mapping[str, Any]) -> tuple[Facts, list[tuple[str, str]]] | None:
    """What it says and what is wrong with it; None for what is no lab of ours, or does not count yet.

    `taken` stays as it was sent: a day, or a moment with its offset, which a patient's clock makes a day of.
    """
    codings = list_of(map_of(one, "code"), "coding")
    lab = lab_named((text_of(coding, "system"), text_of(coding, "code")) for coding in codings)
    status = text_of(one, "status")
    if not lab or status not in (*_COUNTS, _WITHDRAWN):
        return None
    quantity = map_of(one, "valueQuantity")
    taken = text_of(one, "effectiveDateTime") or text_of(one, "effectiveInstant")
    facts: Facts = {"lab": lab, "value": _number(quantity), "unit": _unit(quantity), "taken": taken}
    if status == _WITHDRAWN:
        facts["is_withdrawn"] = True
    troubles = [(name, Trouble.NEEDED.value) for name in ("value", "unit", "taken") if not facts[name]]
    if text_of(quantity, "comparator"):
        troubles.append(("value", Trouble.NO_EXACT_VALUE.value))
    if taken and not is_day(taken) and moment_of(taken) is None:
        troubles.append(("taken", Trouble.NO_DAY.value))
    for name in ("value", "unit", "taken"):
        if (wrong := trouble_of_text(facts[name])) is not None:
            troubles.append((name, wrong))
            facts[name] = ""
    return facts, troubles


def _number(quantity: Any) -> str:
    """Its digits, never with an exponent."""
    value = map_of(quantity, "value")
    if isinstance(value, bool) or not isinstance(value, int | float):
        return ""
    return format(Decimal(str(value)), "f")


def _unit(quantity: Any) -> str:
    """By its code in UCUM where there is one; what a screen shows else."""
    code = text_of(quantity, "code") if text_of(quantity, "system") == UCUM else ""
    return unit_written(code or text_of(quantity, "unit"))


def sampled_at(taken: str) -> datetime | None:
    """The moment; None where only the day is said."""
    return None if is_day(taken) else moment_of(taken)
