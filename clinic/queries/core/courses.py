"""A patient's courses, and to which of them a moment belongs.

Today's stands on the patient's own row. Only who has had a second infusion costs another query.
"""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F

from clinic.models import Clinic, LifeEvent, Patient
from clinic.models import Course as CourseRow
from clinic.models.life_event import LifeEventKind
from clinic.models.patient import PatientStatus
from clinic.rules.core import courses as rules
from clinic.rules.core.courses import Course
from clinic.rules.protocols.document.phases import day_of


def current(patient: Patient) -> Course:
    """The course of the last infusion."""
    return Course(
        number=patient.course_number,
        infusion_date=patient.infusion_date,
        product=patient.product,
        target=patient.target,
        protocol_code=patient.protocol_code,
        disease=patient.disease,
    )


def earlier(patient: Patient) -> tuple[Course, ...]:
    """The courses before it, in their order; one whose event was taken back has never been."""
    if patient.course_number == 1:
        return ()
    rows = CourseRow.objects.filter(patient=patient, number__lt=patient.course_number)
    rows = rows.filter(begun_by__taken_back_at=None).order_by("number")
    return tuple(_of_row(row) for row in rows)


def _of_row(row: CourseRow) -> Course:
    return Course(row.number, row.infusion_date, row.product, row.target, row.protocol_code, row.disease)


def of_patient(patient: Patient) -> tuple[Course, ...]:
    """All of them, the current one last."""
    return (*earlier(patient), current(patient))


def of_patients(patients: Iterable[Patient]) -> list[tuple[Patient, tuple[Course, ...]]]:
    """The same for many, in one query more."""
    everybody = list(patients)
    rows = CourseRow.objects.filter(patient__in=everybody, number__lt=F("patient__course_number"))
    rows = rows.filter(begun_by__taken_back_at=None).order_by("patient_id", "number")
    before: dict[UUID, list[Course]] = {}
    for row in rows:
        before.setdefault(row.patient_id, []).append(_of_row(row))
    return [(one, (*before.get(one.pk, ()), current(one))) for one in everybody]


def at(patient: Patient, moment: datetime) -> Course:
    """The course to which this moment belongs."""
    return rules.course_at(of_patient(patient), moment, ZoneInfo(patient.time_zone))


def day_at(patient: Patient, moment: datetime) -> int:
    """Days since the infusion of that course, where the patient is."""
    return day_of(at(patient, moment).infusion_date, moment, ZoneInfo(patient.time_zone))


def counted_until(patients: Iterable[Patient]) -> Mapping[UUID, datetime]:
    """When the days of these patients stopped counting: of those who died, or whom another clinic has.

    One query, and none where all of them are monitored.
    """
    over = [one.pk for one in patients if one.status in (PatientStatus.DIED, PatientStatus.ENDED)]
    if not over:
        return {}
    last = LifeEvent.objects.filter(
        patient__in=over, kind__in=(LifeEventKind.DIED, LifeEventKind.TRANSFERRED), taken_back_at=None
    )
    return dict(last.values_list("patient_id", "at"))


def shown_day(patient: Patient, now: datetime, until: Mapping[UUID, datetime] | None = None) -> int:
    """The day that stands beside the name: the last that counted, of `counted_until`, or today's."""
    ends = counted_until([patient]) if until is None else until
    return day_of(patient.infusion_date, min(now, ends.get(patient.pk, now)), ZoneInfo(patient.time_zone))


def begins_at(patient: Patient, moment: datetime) -> datetime | None:
    """Since when the course of this moment has counted; None in the first."""
    zone, found = ZoneInfo(patient.time_zone), of_patient(patient)
    return rules.begins_at(found, rules.course_at(found, moment, zone), zone)


def earlier_days_0(clinic: Clinic) -> dict[UUID, list[date]]:
    """The day 0 of every course before the current one, by patient and in their order; one query."""
    rows = CourseRow.objects.filter(patient__clinic=clinic, number__lt=F("patient__course_number"))
    rows = rows.filter(begun_by__taken_back_at=None).order_by("patient_id", "number")
    found: dict[UUID, list[date]] = {}
    for patient_id, infusion_date in rows.values_list("patient_id", "infusion_date"):
        found.setdefault(patient_id, []).append(infusion_date)
    return found
