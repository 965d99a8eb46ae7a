"""Situations that many tests start from, made through the services as they come about in life."""

from datetime import datetime
from typing import Any
from uuid import uuid4

from clinic.models import Escalation, Patient
from clinic.services import protocols, reports, scoring
from tests import factories

FEVER = {"temp_value": "38.6", "temp_unit": "C"}
FEVER_AND_CONFUSION = {**FEVER, "confusion": 1}
NAUSEA = {"temp_value": "36.8", "temp_unit": "C", "vomiting": 1}


def report_by_family(patient: Patient, answers: dict[str, Any], at: datetime) -> Any:
    """A scored report by a caregiver of the patient, who is linked where nobody is yet."""
    link = patient.care_team.filter(ended_at__isnull=True).first()
    link = link or factories.CareTeamMemberFactory(patient=patient)
    report = reports.submit(
        report_id=uuid4(),
        patient=patient,
        by=link.user,
        protocol_version=protocols.current_version(clinic=patient.clinic),
        observed_at=at,
        sent_at=at,
        language="en",
        answers=answers,
        now=at,
    ).report
    scoring.score(report_id=report.pk, now=at)
    return report


def escalate(patient: Patient, answers: dict[str, Any], at: datetime) -> Escalation:
    """A report that puts the patient on the worklist."""
    report_by_family(patient, answers, at)
    return Escalation.objects.exclude(state="resolved").get(patient=patient)
