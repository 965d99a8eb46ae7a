"""A patient as the rules know them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from clinic.models import Patient
from clinic.rules.checkins.schedule import day_of
from clinic.rules.protocols.scoring import assessment


def context_of(patient: Patient, at: datetime) -> assessment.PatientContext:
    """What the rules may know of a patient at a moment; the day is counted in the patient's zone."""
    zone = ZoneInfo(patient.time_zone)
    masked = patient.masked_until is not None and at.astimezone(zone).date() <= patient.masked_until
    return assessment.PatientContext(
        day=day_of(patient.infusion_date, at, zone),
        tier=patient.tier,
        target=patient.target,
        product=patient.product,
        immune_risk=patient.immune_risk,
        neutropenia=patient.neutropenia,
        platelets_low=patient.platelets_low,
        masked=masked,
        baseline=patient.baseline,
    )
