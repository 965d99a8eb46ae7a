"""EASIX and its two relatives: how the vessels' lining fares, from LDH, creatinine or CRP, and platelets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from clinic.rules.risk.labs import LabRecord


@dataclass(frozen=True)
class Easix:
    """Exact values, to be shown with two digits; None where a lab is missing."""

    easix: Fraction | None
    modified: Fraction | None
    simplified: Fraction | None


def easix(labs: Mapping[str, Fraction | None]) -> Easix:
    """LDH (U/L) x creatinine (mg/dL) / platelets (10^9/L); modified by CRP (mg/dL), simplified with neither.

    Source: Pennisi, Blood Adv 2021;5:3397; the cut-off of EASIX before lymphodepletion, Korell, Front
    Immunol 2022. Population: CD19 lymphoma (121). Validity: in 154 Dutch patients it hardly told who would
    have ICANS (AUC 0.61), so it is one minor point. No cut-off of the modified one was found: it is kept and
    drawn, never used by a rule.
    """
    ldh, platelets = labs.get("ldh"), labs.get("platelets")
    if ldh is None or not platelets:
        return Easix(None, None, None)
    creatinine, crp = labs.get("creatinine"), labs.get("crp")
    simplified = ldh / platelets
    return Easix(
        easix=None if creatinine is None else simplified * creatinine,
        modified=None if crp is None else simplified * crp,
        simplified=simplified,
    )


def easix_by_day(record: LabRecord) -> dict[int, Easix]:
    """Of each day on which LDH and platelets were taken: labs of different days are never put together."""
    taken: dict[int, dict[str, Fraction | None]] = {}
    for value in record.values:
        taken.setdefault(value.day, {})[value.name] = value.value
    found = {day: easix(labs) for day, labs in taken.items()}
    return {day: one for day, one in found.items() if one.simplified is not None}
