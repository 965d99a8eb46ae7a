"""What staff open: who looked at whose labs and risk is in the audit."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from clinic.access import Permission, get_lab_result, get_patient, require
from clinic.models import LabResult, Patient, RiskFactSheet, User
from clinic.queries.patients import look_alikes
from clinic.queries.risk import due, known, overview
from clinic.services.core import audit, closed_records


@dataclass(frozen=True)
class LabsPage:
    """`units`: of each lab the unit that was typed last for this patient."""

    patient: Patient
    mark: look_alikes.Mark | None
    today: date
    units: Mapping[str, str]


@dataclass(frozen=True)
class RiskPage:
    patient: Patient
    mark: look_alikes.Mark | None
    today: date
    overview: overview.Overview


@dataclass(frozen=True)
class FactsPage:
    patient: Patient
    mark: look_alikes.Mark | None
    sheet: RiskFactSheet | None


def open_labs(*, patient_id: UUID, by: User, now: datetime) -> LabsPage:
    """NotVisible, NotAllowed, RecordClosed."""
    patient = _opened(patient_id, by, now, Permission.MANAGE_PATIENTS)
    closed_records.require_cared_for(patient)
    rows = LabResult.objects.filter(patient=patient, struck_at=None).order_by("entered_at")
    return LabsPage(
        patient=patient,
        mark=look_alikes.marks_of([patient]).get(patient.pk),
        today=known.today_of(patient, now),
        units=dict(rows.values_list("lab", "typed_unit")),
    )


def open_risk(*, patient_id: UUID, by: User, now: datetime) -> RiskPage:
    """NotVisible, NotAllowed."""
    patient = _opened(patient_id, by, now, Permission.VIEW_PATIENTS)
    return RiskPage(
        patient=patient,
        mark=look_alikes.marks_of([patient]).get(patient.pk),
        today=known.today_of(patient, now),
        overview=overview.overview(patient=patient, user=by, now=now),
    )


def open_facts(*, patient_id: UUID, by: User, now: datetime) -> FactsPage:
    """NotVisible, NotAllowed, RecordClosed."""
    patient = _opened(patient_id, by, now, Permission.MANAGE_PATIENTS)
    closed_records.require_cared_for(patient)
    mark = look_alikes.marks_of([patient]).get(patient.pk)
    return FactsPage(patient=patient, mark=mark, sheet=known.newest_sheet(patient))


def open_due(*, clinic_slug: str, by: User, now: datetime) -> due.DuePage:
    """NotVisible."""
    page = due.of_clinic(user=by, clinic_slug=clinic_slug, now=now)
    audit.record(
        action="risk.listed",
        by=by,
        now=now,
        clinic_id=page.clinic.pk,
        subject_type="clinic",
        subject_id=page.clinic.pk,
    )
    return page


def require_lab(*, patient_id: UUID, result_id: UUID, by: User) -> None:
    """NotVisible where there is no such value of this patient."""
    get_lab_result(by, patient_id, result_id)


def _opened(patient_id: UUID, by: User, now: datetime, permission: Permission) -> Patient:
    patient = get_patient(by, patient_id)
    require(by, permission, patient.clinic_id)
    audit.record_about(patient, "risk.viewed", by, now)
    return patient
