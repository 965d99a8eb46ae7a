"""The care tasks of patients: what is due, what is ahead, and what staff put on record about them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from clinic.models import CareTaskEntry, Patient, RiskFactSheet
from clinic.models.care_task import CareTaskAct
from clinic.models.patient import PatientStatus
from clinic.queries.protocols.patient_context import additions_now
from clinic.queries.protocols.versions import current_rules_for
from clinic.queries.risk import known, words
from clinic.rules.patients.life_events import OVER
from clinic.rules.protocols.document.additions import HIGH_TIER, STEROIDS_GIVEN
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.risk.care_tasks import Act, CareTask, Key, LastAct, State, Stay, care_tasks

_AT_HOME = (PatientStatus.ACTIVE, PatientStatus.PAUSED)
_STEROIDS = ("steroid_days", "steroid_last_on")


@dataclass(frozen=True)
class ShownTask:
    """A care task in words, with the act that closed it or was taken back, if any."""

    task: CareTask
    label: str
    last: CareTaskEntry | None

    @property
    def is_due(self) -> bool:
        return self.task.state is State.DUE


@dataclass(frozen=True)
class TaskCard:
    """`acts`: everything on record of the current course, the newest first, also of what is asked no more."""

    due: tuple[ShownTask, ...]
    missed: tuple[ShownTask, ...]
    ahead: tuple[ShownTask, ...]
    acts: tuple["ShownAct", ...]


@dataclass(frozen=True)
class ShownAct:
    """`counts`: nothing newer was said about the same day of the task, and it was not taken back."""

    entry: CareTaskEntry
    label: str
    counts: bool


@dataclass(frozen=True)
class Beside:
    """What care tasks of many people need, read at once."""

    newest: Mapping[UUID, Mapping[Key, CareTaskEntry]]
    on_steroids: frozenset[UUID]


def beside(patients: Iterable[Patient]) -> Beside:
    """Two queries, however many there are."""
    people = list(patients)
    return Beside(newest=newest_entries(people), on_steroids=_given_steroids(people))


def newest_entries(patients: Iterable[Patient]) -> dict[UUID, dict[Key, CareTaskEntry]]:
    """The act that counts about each day of each task in the current course. One query."""
    courses = {one.pk: one.course_number for one in patients}
    found: dict[UUID, dict[Key, CareTaskEntry]] = {}
    rows = CareTaskEntry.objects.filter(patient__in=list(courses)).select_related("by")
    for row in rows.order_by("patient", "number"):
        if row.course_number == courses[row.patient_id]:
            found.setdefault(row.patient_id, {})[(row.task, row.day)] = row
    return found


def of_patient(patient: Patient, now: datetime) -> tuple[ShownTask, ...]:
    """All of one patient's, as of now."""
    return tasks_of(patient, current_rules_for(patient), beside([patient]), now)


def tasks_of(
    patient: Patient, protocol: Protocol | None, about: Beside, now: datetime
) -> tuple[ShownTask, ...]:
    """By what is known now. Nothing is asked about whoever is not looked after here any more."""
    if protocol is None or patient.status in OVER:
        return ()
    newest = about.newest.get(patient.pk, {})
    zone = ZoneInfo(patient.time_zone)
    acts = {key: LastAct(act=Act(row.act), on=row.at.astimezone(zone).date()) for key, row in newest.items()}
    asked = care_tasks(
        additions_now(protocol, patient, now),
        held=_held(patient, about),
        stay=_stay(patient),
        acts=acts,
        today=known.today_of(patient, now),
    )
    return tuple(ShownTask(one, words.care_task(one.task, one.day), newest.get(one.key)) for one in asked)


def card(patient: Patient, now: datetime) -> TaskCard:
    """What stands on the patient's page."""
    shown = of_patient(patient, now)
    rows = CareTaskEntry.objects.filter(patient=patient, course_number=patient.course_number)
    entries = list(rows.select_related("by").order_by("-number"))
    newest = {row.pk for row in newest_entries([patient]).get(patient.pk, {}).values()}
    return TaskCard(
        due=tuple(one for one in shown if one.is_due),
        missed=tuple(one for one in shown if one.task.state is State.MISSED),
        ahead=tuple(one for one in shown if one.task.state is State.AHEAD),
        acts=tuple(
            ShownAct(
                entry=row,
                label=words.care_task(row.task, row.day),
                counts=row.pk in newest and row.act != CareTaskAct.TAKEN_BACK,
            )
            for row in entries
        ),
    )


def _stay(patient: Patient) -> Stay:
    """Whoever was never away has been at home since day 0, as far as care tasks are concerned."""
    if patient.status not in _AT_HOME:
        return Stay(day_zero=patient.infusion_date, home_on=None)
    zone, since = ZoneInfo(patient.time_zone), patient.home_since
    home_on = since.astimezone(zone).date() if since else patient.infusion_date
    return Stay(day_zero=patient.infusion_date, home_on=max(home_on, patient.infusion_date))


def _held(patient: Patient, about: Beside) -> frozenset[str]:
    held = set(patient.findings.split())
    if patient.tier == "high":
        held.add(HIGH_TIER)
    if patient.pk in about.on_steroids:
        held.add(STEROIDS_GIVEN)
    return frozenset(held)


def _given_steroids(patients: list[Patient]) -> frozenset[UUID]:
    """Of whom the newest facts of the course say that there were steroids."""
    courses = {one.pk: one.course_number for one in patients}
    newest: dict[UUID, Any] = {}
    rows = RiskFactSheet.objects.filter(patient__in=list(courses)).order_by("patient", "number")
    told = rows.values_list("patient_id", "course_number", *(f"facts__{name}" for name in _STEROIDS))
    for patient_id, course_number, days, last_on in told:
        if course_number == courses[patient_id]:
            newest[patient_id] = days or last_on
    return frozenset(patient_id for patient_id, given in newest.items() if given)
