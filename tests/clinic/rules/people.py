"""Made-up people as the rules know them: what a test does not name is unremarkable."""

from typing import Any

from clinic.rules.protocols.scoring.assessment import PatientContext

UNREMARKABLE: dict[str, Any] = {
    "tier": "standard",
    "target": "",
    "product": "",
    "age": None,
    "immune_risk": False,
    "neutropenia": False,
    "platelets_low": False,
    "masked": False,
    "baseline": {},
}


def a_person(**facts: Any) -> PatientContext:
    """On the day that the test names."""
    return PatientContext(**{**UNREMARKABLE, **facts})
