"""How far the family's last test alarm has come."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID, uuid4

from caregiver.queries.household.reports import ReportProgress, progress_of, with_progress
from caregiver.queries.household.today import day_of_patient
from clinic.access import get_cared_for
from clinic.models import Patient, Report, User
from clinic.models.patient import PatientStatus


@dataclass(frozen=True)
class DrillStatus:
    """`next_report_id` is what the next test would be called, so that a double tap sends one."""

    patient: Patient
    day: int
    may_send: bool
    next_report_id: UUID
    report: Report | None
    status: ReportProgress | None


def of_patient(*, by: User, patient_id: UUID, now: datetime) -> DrillStatus:
    """The last test of this patient, whoever of the family sent it. NotVisible."""
    patient = get_cared_for(by, patient_id)
    tests = with_progress(Report.objects.filter(patient=patient, is_drill=True))
    report = tests.order_by("-received_at", "-pk").first()
    return DrillStatus(
        patient=patient,
        day=day_of_patient(patient, now),
        may_send=patient.status == PatientStatus.PREPARING,
        next_report_id=uuid4(),
        report=report,
        status=progress_of(report) if report else None,
    )
