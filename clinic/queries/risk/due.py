"""A clinic's patients whose labs or care tasks are due, whose risk waits for an answer, or of whom facts are
missing.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from uuid import UUID

from django.db.models import Max

from clinic.access import Permission, can, choose_clinic, patients_visible_to
from clinic.models import Clinic, LabResult, Patient, RiskLowering, RiskRun, User
from clinic.models.risk_lowering import LoweringEnd
from clinic.queries.patients import look_alikes
from clinic.queries.protocols.patient_context import additions_now
from clinic.queries.protocols.versions import current_rules, current_rules_for
from clinic.queries.risk import care_tasks, known, words
from clinic.queries.risk.document import rules
from clinic.rules.patients.life_events import OVER
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.risk import raising
from clinic.rules.risk.labs import LabRecord, LabValue
from clinic.rules.risk.reminders import asked_besides, reminders


@dataclass(frozen=True)
class PatientDue:
    """`is_assessed`: there is a lab or a fact. `missing`: how many required facts nobody has recorded."""

    patient: Patient
    mark: look_alikes.Mark | None
    day: int
    waiting: tuple[str, ...]
    due: tuple[str, ...]
    tasks: tuple[care_tasks.ShownTask, ...]
    missing: int
    is_assessed: bool


@dataclass(frozen=True)
class DuePage:
    clinic: Clinic
    clinics: tuple[Clinic, ...]
    patients: tuple[PatientDue, ...]
    # Somebody here has a care task that is due.
    asks_tasks: bool
    may_enter: bool
    may_download: bool

    @property
    def asks_answers(self) -> bool:
        """Whether a column for it would hold anything; so the next two."""
        return any(one.waiting for one in self.patients)

    @property
    def asks_labs(self) -> bool:
        return any(one.due for one in self.patients)

    @property
    def asks_facts(self) -> bool:
        return any(one.missing or not one.is_assessed for one in self.patients)


def of_clinic(*, user: User, clinic_slug: str, now: datetime) -> DuePage:
    """Whoever is not over, those first who wait for an answer, then those with labs or care tasks due.

    NotVisible.

    As many statements for many patients as for one.
    """
    clinic, clinics = choose_clinic(user, clinic_slug, Permission.VIEW_PATIENTS)
    rows = patients_visible_to(user).filter(clinic=clinic).exclude(status__in=list(OVER))
    patients = list(rows.order_by("family_name", "given_name", "pk"))
    of_clinic = {"patient__clinic": clinic}
    runs = {
        run.patient_id: run for run in RiskRun.objects.filter(is_current=True, **of_clinic).defer("facts")
    }
    newest: dict[UUID, dict[str, date]] = defaultdict(dict)
    counted = LabResult.objects.filter(struck_at=None, **of_clinic).values_list("patient", "lab")
    for patient_id, lab, day in counted.annotate(newest=Max("taken_on")).order_by():
        newest[patient_id][lab] = day
    held: dict[UUID, set[str]] = defaultdict(set)
    lowered = RiskLowering.objects.filter(end=LoweringEnd.CONFIRMED, ends_on__gt=now.date(), **of_clinic)
    for row in lowered:
        held[row.patient_id] |= {raising.subject_of(name) for name in row.changes}
    marks = look_alikes.marks_of(patients)
    codes = {one.protocol_code for one in patients}
    protocols = {code: current_rules(clinic, code) for code in codes}
    beside = care_tasks.beside(patients)
    found = [
        _due(
            one,
            marks.get(one.pk),
            runs.get(one.pk),
            overdue(one, protocols[one.protocol_code], newest[one.pk], now),
            care_tasks.tasks_of(one, protocols[one.protocol_code], beside, now),
            held[one.pk],
            now,
        )
        for one in patients
    ]
    return DuePage(
        clinic=clinic,
        clinics=clinics,
        # Stable, so that by name within.
        patients=tuple(sorted(found, key=_first_waiting)),
        asks_tasks=any(one.tasks for one in found),
        may_enter=can(user, Permission.MANAGE_PATIENTS, clinic),
        may_download=can(user, Permission.HAND_OUT_RECORDS, clinic),
    )


def _first_waiting(one: PatientDue) -> tuple[bool, bool, bool]:
    return (not one.waiting, not (one.due or one.tasks), not one.missing)


def _due(
    patient: Patient,
    mark: look_alikes.Mark | None,
    run: RiskRun | None,
    due: tuple[str, ...],
    tasks: tuple[care_tasks.ShownTask, ...],
    held: set[str],
    now: datetime,
) -> PatientDue:
    today = known.today_of(patient, now)
    day = (today - patient.infusion_date).days
    waiting: frozenset[str] = frozenset()
    if run is not None and run.course_number == patient.course_number:
        waiting = raising.beyond(run.suggested, raising.by_hand_of(vars(patient)), today) - held
    return PatientDue(
        patient=patient,
        mark=mark,
        day=day,
        waiting=tuple(str(label) for one, label in words.SUBJECTS.items() if one in waiting),
        due=due,
        tasks=tuple(task for task in tasks if task.is_due),
        missing=len(run.result["suggestion"]["missing"]) if run else 0,
        is_assessed=run is not None,
    )


def overdue_now(patient: Patient, now: datetime) -> tuple[str, ...]:
    """The labs of one patient that are due, in words."""
    counted = LabResult.objects.filter(patient=patient, struck_at=None).values_list("lab")
    newest = dict(counted.annotate(newest=Max("taken_on")).order_by())
    return overdue(patient, current_rules_for(patient), newest, now)


def overdue(
    patient: Patient, protocol: Protocol | None, newest: Mapping[str, date], now: datetime
) -> tuple[str, ...]:
    """What everybody is asked for, and what the clinic adds for somebody like them, in words.

    By the days of the newest samples alone: what they came to does not matter here.
    """
    values = tuple(
        LabValue(
            lab, Fraction(0), (taken - patient.infusion_date).days, typed_value="", typed_unit="", source=""
        )
        for lab, taken in newest.items()
    )
    day = (known.today_of(patient, now) - patient.infusion_date).days
    record = LabRecord(day=day, values=tuple(sorted(values, key=_by_day)))
    asked, added = rules().document.reminders, additions_now(protocol, patient, now) if protocol else ()
    names = {*reminders(asked, record), *asked_besides(asked, added, record)}
    return tuple(str(label) for name, label in words.REMINDERS.items() if name in names)


def _by_day(value: LabValue) -> tuple[int, str]:
    return (value.day, value.name)
