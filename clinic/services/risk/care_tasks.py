"""Staff say that a care task is done or not needed, and take back what was a mistake."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic.access import get_care_task_entry, get_patient, require_managing
from clinic.models import CareTaskEntry, Patient, User
from clinic.models.care_task import CareTaskAct
from clinic.queries.risk import care_tasks as queries
from clinic.rules.risk.care_tasks import State
from clinic.services.core import audit

LONGEST_WORDS = 500


class TaskRefused(Exception):
    """`code` is "not_asked": it is not asked for today (any more); "no_reason"; or "taken_back_already"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def close(
    *, patient_id: UUID, by: User, task: str, day: int, act: CareTaskAct, words: str, now: datetime
) -> CareTaskEntry:
    """It is done, or not needed for a reason; tapped twice, what stands there already is the answer.

    NotVisible, NotAllowed, TaskRefused.
    """
    visible = get_patient(by, patient_id)
    require_managing(by, visible)
    if act != CareTaskAct.DONE and not words.strip():
        raise TaskRefused("no_reason")
    with transaction.atomic():
        patient = _locked(visible)
        found = {one.task.key: one for one in queries.of_patient(patient, now)}.get((task, day))
        if found is None or found.task.state is State.AHEAD:
            raise TaskRefused("not_asked")
        if found.task.state is State.CLOSED and found.last is not None:
            return found.last
        return _record(patient, task, day, act, words, by, now)


def take_back(*, patient_id: UUID, entry_id: UUID, by: User, words: str, now: datetime) -> CareTaskEntry:
    """It was a mistake: it stays on record, and the task is asked for again where it still is.

    NotVisible, NotAllowed, TaskRefused.
    """
    found = get_care_task_entry(by, patient_id, entry_id)
    require_managing(by, found.patient)
    if not words.strip():
        raise TaskRefused("no_reason")
    with transaction.atomic():
        patient = _locked(found.patient)
        newest = queries.newest_entries([patient]).get(patient.pk, {}).get((found.task, found.day))
        if newest != found or found.act == CareTaskAct.TAKEN_BACK:
            raise TaskRefused("taken_back_already")
        return _record(patient, found.task, found.day, CareTaskAct.TAKEN_BACK, words, by, now)


def _locked(visible: Patient) -> Patient:
    patient = Patient.objects.select_for_update().get(pk=visible.pk)
    patient.clinic = visible.clinic
    return patient


def _record(
    patient: Patient, task: str, day: int, act: CareTaskAct, words: str, by: User, now: datetime
) -> CareTaskEntry:
    """With the patient locked, so that each act has its number."""
    entry = CareTaskEntry.objects.create(
        patient=patient,
        course_number=patient.course_number,
        number=CareTaskEntry.objects.filter(patient=patient).count() + 1,
        task=task,
        day=day,
        act=act,
        words=words.strip()[:LONGEST_WORDS],
        at=now,
        by=by,
    )
    audit.record_about(patient, f"care_task.{act}", by, now, {"task": task, "day": day})
    return entry
