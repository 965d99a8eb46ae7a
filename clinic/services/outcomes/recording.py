"""Puts on record what became of somebody at a time point, or what they died of."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction

from clinic.access import Permission, can, get_patient, require_managing
from clinic.models import LifeEvent, OutcomeRecord, Patient, User
from clinic.models.life_event import LifeEventKind
from clinic.queries.core import courses
from clinic.queries.outcomes import forms_due
from clinic.queries.outcomes.forms_due import CourseForms
from clinic.queries.patients import look_alikes
from clinic.rules.core.courses import Course
from clinic.rules.outcomes import forms
from clinic.rules.outcomes.forms import Part, Problem
from clinic.rules.outcomes.time_points import TIME_POINTS
from clinic.services.core import audit

# The form that stands was another one when this was written.
CHANGED_MEANWHILE = "changed_meanwhile"


class WrongAnswers(Exception):
    """Nothing was stored; `problems` says which answer is not taken and why."""

    def __init__(self, problems: Mapping[str, Problem]) -> None:
        super().__init__(str(dict(problems)))
        self.problems = dict(problems)


class NotAsked(Exception):
    """There is no such form: no such time point, one that is still to come, or nobody has died."""


class ChangedMeanwhile(Exception):
    """Somebody else has stored this form since it was opened. `record` is what stands."""

    def __init__(self, record: OutcomeRecord | None) -> None:
        super().__init__(CHANGED_MEANWHILE)
        self.record = record


@dataclass(frozen=True)
class Overview:
    """A patient's forms, for staff who may see the patient."""

    patient: Patient
    courses: tuple[CourseForms, ...]
    may_record: bool
    mark: look_alikes.Mark | None


@dataclass(frozen=True)
class OpenForm:
    """One form with what stands, or what is known already."""

    patient: Patient
    course: Course
    part: Part
    day: int
    record: OutcomeRecord | None
    answers: dict[str, Any]
    may_record: bool
    mark: look_alikes.Mark | None


def overview(*, patient_id: UUID, by: User, now: datetime) -> Overview:
    """What is due and what is on record; that somebody looked is in the audit. NotVisible."""
    patient = get_patient(by, patient_id)
    audit.record_about(patient, "patient.outcomes_viewed", by, now)
    return Overview(
        patient=patient,
        courses=forms_due.of_patient(patient, now=now),
        may_record=can(by, Permission.MANAGE_PATIENTS, patient.clinic_id),
        mark=look_alikes.marks_of([patient]).get(patient.pk),
    )


def open_form(*, patient_id: UUID, course: int, part: Part, day: int, by: User, now: datetime) -> OpenForm:
    """For the page of one form. NotVisible, NotAsked."""
    patient = get_patient(by, patient_id)
    found = _course(patient, course)
    _check_asked(patient, found, part, day, now)
    audit.record_about(patient, "patient.outcomes_viewed", by, now)
    record, answers = forms_due.answers_of(patient, found, part, day)
    return OpenForm(
        patient=patient,
        course=found,
        part=part,
        day=day,
        record=record,
        answers=answers,
        may_record=can(by, Permission.MANAGE_PATIENTS, patient.clinic_id),
        mark=look_alikes.marks_of([patient]).get(patient.pk),
    )


def record(
    *,
    patient_id: UUID,
    course: int,
    part: Part,
    day: int,
    given: Mapping[str, Any],
    replaces: UUID | None,
    by: User,
    now: datetime,
) -> OutcomeRecord:
    """Store a form, or a correction of the one that stands (`replaces`). Sent twice it is stored once.

    NotVisible, NotAllowed, NotAsked, WrongAnswers, ChangedMeanwhile.
    """
    patient = get_patient(by, patient_id)
    require_managing(by, patient)
    found = _course(patient, course)
    _check_asked(patient, found, part, day, now)
    today = now.astimezone(ZoneInfo(patient.time_zone)).date()
    answers, problems = forms.read(given, part=part, day=day, infused_on=found.infusion_date, today=today)
    if problems:
        raise WrongAnswers(problems)
    with transaction.atomic():
        # One at a time, so that two who fill in one form at once do not both begin it.
        Patient.objects.select_for_update().get(pk=patient.pk)
        stands, _known = forms_due.answers_of(patient, found, part, day)
        if stands is not None and stands.answers == answers:
            return stands
        if (stands.pk if stands else None) != replaces:
            raise ChangedMeanwhile(stands)
        made = OutcomeRecord.objects.create(
            patient=patient,
            course_number=found.number,
            part=part,
            day=day,
            answers=answers,
            recorded_at=now,
            recorded_by=by,
            replaces=stands,
        )
        detail = {"part": part.value, "day": day, "course": found.number, "corrects": stands is not None}
        audit.record_about(patient, "patient.outcome_recorded", by, now, detail)
    return made


def _course(patient: Patient, number: int) -> Course:
    for found in courses.of_patient(patient):
        if found.number == number:
            return found
    raise NotAsked


def _check_asked(patient: Patient, course: Course, part: Part, day: int, now: datetime) -> None:
    if part is Part.DEATH:
        events = LifeEvent.objects.filter(patient=patient, kind=LifeEventKind.DIED, taken_back_at=None)
        if day != 0 or not events.exists():
            raise NotAsked
        return
    today = (now.astimezone(ZoneInfo(patient.time_zone)).date() - course.infusion_date).days
    # A contact in the window before the day counts as well.
    if not any(point.day == day and min(point.opens, point.day) <= today for point in TIME_POINTS):
        raise NotAsked
