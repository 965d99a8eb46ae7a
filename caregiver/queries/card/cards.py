"""The emergency card: who this is, what a crew must know, and what happened in the last 24 hours."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from caregiver.models import CardLink
from caregiver.queries.household import report_summaries
from caregiver.queries.household.today import day_of_patient
from clinic.access import patients_cared_for_by
from clinic.models import AuditEvent, Patient, Report, User
from clinic.models.patient import PatientStatus
from clinic.queries.core import courses, diseases
from clinic.queries.core.products import target_of
from clinic.rules.core.courses import Course

SHOWN_FOR = timedelta(hours=24)
# What opening a code is called in the audit trail.
OPENED_ACTION = "card_link.opened"


@dataclass(frozen=True)
class CardCode:
    """A code that still opens the card, and when somebody opened it."""

    id: UUID
    made_at: datetime
    made_by: str
    expires_at: datetime
    opened: tuple[datetime, ...]


@dataclass(frozen=True)
class Card:
    """One patient's card as of a moment."""

    patient: Patient
    target: str
    # In words; empty where nobody knows it.
    disease: str
    day: int
    as_of: datetime
    # The clinic's own words in English; empty where it has none and the product's words stand.
    warning: str
    rows: tuple[report_summaries.ReportSummary, ...]
    codes: tuple[CardCode, ...]
    # The infusions before the one from which the day counts, in their order.
    earlier: tuple[Course, ...] = ()


def of_caregiver(*, by: User, now: datetime) -> list[Card]:
    """Everybody alive whom this person looks after. The queries do not grow with the reports or the codes."""
    living = patients_cared_for_by(by).exclude(status=PatientStatus.DIED)
    patients = list(living.select_related("clinic").order_by("given_name", "pk"))
    codes = _codes(patients, now)
    reports = report_summaries.since(patients=patients, moment=now - SHOWN_FOR)
    return [
        _card(patient, reports[patient.pk], by.language, now, tuple(codes[patient.pk]), by.temperature_unit)
        for patient in patients
    ]


def who_has_died(*, by: User) -> Patient | None:
    """Somebody whose card nobody needs any more."""
    died = patients_cared_for_by(by).filter(status=PatientStatus.DIED)
    return died.select_related("clinic").order_by("given_name", "pk").first()


def of_patient(*, patient: Patient, language: str, now: datetime) -> Card:
    """The card as an emergency room sees it: without the codes, which are the family's business."""
    reports = report_summaries.since(patients=[patient], moment=now - SHOWN_FOR)
    return _card(patient, reports[patient.pk], language, now, ())


def _card(
    patient: Patient,
    reports: Iterable[Report],
    language: str,
    now: datetime,
    codes: tuple[CardCode, ...],
    unit: str = "",
) -> Card:
    """With temperatures in this unit, or as they were typed."""
    return Card(
        patient=patient,
        target=target_of(patient),
        disease=diseases.in_words(patient.disease),
        day=day_of_patient(patient, now),
        as_of=now,
        warning=patient.clinic.card_warning,
        rows=tuple(report_summaries.of_report(report, language, unit) for report in reports),
        codes=codes,
        earlier=courses.earlier(patient),
    )


def _codes(patients: list[Patient], now: datetime) -> dict[UUID, list[CardCode]]:
    links = list(
        CardLink.objects.filter(patient__in=patients, expires_at__gt=now, ended_at=None)
        .select_related("made_by")
        .order_by("-made_at", "pk")
    )
    opened: dict[str, list[datetime]] = {str(link.pk): [] for link in links}
    looks = AuditEvent.objects.filter(
        patient_id__in=[link.patient_id for link in links], action=OPENED_ACTION, subject_id__in=list(opened)
    )
    for subject_id, at in looks.order_by("at").values_list("subject_id", "at"):
        opened[subject_id].append(at)
    found: dict[UUID, list[CardCode]] = {patient.pk: [] for patient in patients}
    for link in links:
        times = tuple(opened[str(link.pk)])
        found[link.patient_id].append(
            CardCode(link.pk, link.made_at, link.made_by.name, link.expires_at, times)
        )
    return found
