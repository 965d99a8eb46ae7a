"""Which forms about what became of people are due, late, missing or filled in: of a patient, of a clinic."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from clinic.models import Clinic, Escalation, LifeEvent, OutcomeRecord, Patient
from clinic.models.escalation import Outcome
from clinic.models.life_event import LifeEventKind
from clinic.queries.core import courses
from clinic.queries.outcomes import words
from clinic.rules.core.courses import Course
from clinic.rules.outcomes import forms, time_points
from clinic.rules.outcomes.forms import Part
from clinic.rules.outcomes.time_points import State

# More of them are no list to work through.
SHOWN = 200
# A stay that begins so soon after somebody was sent to emergency care is what came of it.
_SAME_STAY = timedelta(hours=24)
_MOST_PRESSING = (State.LATE, State.DUE, State.MISSING)


@dataclass(frozen=True)
class FormState:
    """One form of one course. `day` is 0 after a death; `record_id` is what stands, if anything does."""

    part: Part
    day: int
    state: State
    due_on: date
    record_id: UUID | None
    recorded_at: datetime | None = None
    recorded_by: str = ""

    @property
    def name(self) -> str:
        return words.form_name(self.part, self.day)

    @property
    def state_word(self) -> str:
        return str(words.STATES[self.state])


@dataclass(frozen=True)
class CourseForms:
    """A course and its forms, the first time point first."""

    patient: Patient
    course: Course
    forms: tuple[FormState, ...]


@dataclass(frozen=True)
class DueForm:
    """A form of a clinic's list."""

    patient: Patient
    course: Course
    form: FormState


@dataclass(frozen=True)
class DueForms:
    """The list, the late ones first; `counts` are of all, beyond those shown too."""

    rows: tuple[DueForm, ...]
    counts: Mapping[State, int]

    @property
    def counts_in_words(self) -> list[tuple[str, int]]:
        return [(str(words.STATES[state]), count) for state, count in self.counts.items()]


def standing(rows: QuerySet[OutcomeRecord]) -> QuerySet[OutcomeRecord]:
    """Without what was replaced."""
    return rows.filter(replaced_by__isnull=True)


def every_version(patient: Patient) -> QuerySet[OutcomeRecord]:
    """What stands and what was replaced."""
    rows = OutcomeRecord.objects.filter(patient=patient)
    return rows.select_related("recorded_by", "replaced_by")


def of_patient(patient: Patient, *, now: datetime) -> tuple[CourseForms, ...]:
    """All courses, the last one first."""
    return tuple(reversed(_of_patients([patient], now)))


def of_clinic(clinic: Clinic, *, now: datetime) -> DueForms:
    """What is asked of the clinic now. Who went on to another clinic is that clinic's to ask about."""
    transferred = LifeEvent.objects.filter(
        patient__clinic=clinic, kind=LifeEventKind.TRANSFERRED, taken_back_at=None
    )
    rows = Patient.objects.filter(clinic=clinic, is_synthetic=False, erased_at=None)
    found = [
        DueForm(one.patient, one.course, form)
        for one in _of_patients(rows.exclude(pk__in=transferred.values("patient")), now)
        for form in one.forms
        if form.state in _MOST_PRESSING
    ]
    found.sort(key=lambda one: (_MOST_PRESSING.index(one.form.state), one.form.due_on, str(one.patient.pk)))
    counts = {state: sum(one.form.state is state for one in found) for state in _MOST_PRESSING}
    return DueForms(tuple(found[:SHOWN]), counts)


def _of_patients(patients: Iterable[Patient], now: datetime) -> list[CourseForms]:
    """Three queries more, however many there are."""
    people = courses.of_patients(patients)
    pks = [patient.pk for patient, _theirs in people]
    events = LifeEvent.objects.filter(patient__in=pks, kind=LifeEventKind.DIED, taken_back_at=None)
    died = dict(events.values_list("patient_id", "at"))
    records: dict[tuple[UUID, int], list[OutcomeRecord]] = defaultdict(list)
    rows = OutcomeRecord.objects.filter(patient__in=pks).select_related("recorded_by")
    for row in standing(rows):
        records[row.patient_id, row.course_number].append(row)
    return [
        CourseForms(
            patient,
            course,
            tuple(
                _forms(patient, course, records[patient.pk, course.number], died.get(patient.pk), after, now)
            ),
        )
        for patient, theirs in people
        for course, after in zip(theirs, (*theirs[1:], None), strict=True)
    ]


def _forms(
    patient: Patient,
    course: Course,
    records: list[OutcomeRecord],
    died_at: datetime | None,
    after: Course | None,
    now: datetime,
) -> Iterable[FormState]:
    zone = ZoneInfo(patient.time_zone)
    today = (now.astimezone(zone).date() - course.infusion_date).days
    died = (died_at.astimezone(zone).date() - course.infusion_date).days if died_at else None
    next_day = (after.infusion_date - course.infusion_date).days if after else None
    # Whoever died, or was infused again, is asked about only until then.
    ended_on = min((day for day in (died, next_day) if day is not None), default=None)
    follow_ups = {row.day: row for row in records if row.part == Part.FOLLOW_UP}
    contacts = forms.contact_days([row.answers for row in follow_ups.values()], course.infusion_date)
    for point, state in time_points.states(today, contacts, ended_on):
        row = follow_ups.get(point.day)
        yield _form(course, Part.FOLLOW_UP, point.day, State.RECORDED if row else state, row)
    if died is not None and after is None:
        row = next((one for one in records if one.part == Part.DEATH), None)
        yield _form(course, Part.DEATH, 0, State.RECORDED if row else State.DUE, row, due_day=died)


def _form(
    course: Course, part: Part, day: int, state: State, row: OutcomeRecord | None, due_day: int | None = None
) -> FormState:
    due_on = date.fromordinal(course.infusion_date.toordinal() + (day if due_day is None else due_day))
    if row is None:
        return FormState(part, day, state, due_on, None)
    return FormState(part, day, state, due_on, row.pk, row.recorded_at, row.recorded_by.name)


def answers_of(
    patient: Patient, course: Course, part: Part, day: int
) -> tuple[OutcomeRecord | None, dict[str, Any]]:
    """What stands of this form, and its answers: its own, or for the first time those known from before."""
    rows = standing(OutcomeRecord.objects.filter(patient=patient, course_number=course.number))
    own = rows.filter(part=part, day=day).first()
    if own is not None:
        return own, dict(own.answers)
    return None, prefilled(patient, course, part, list(rows))


def prefilled(patient: Patient, course: Course, part: Part, records: list[OutcomeRecord]) -> dict[str, Any]:
    """What events and earlier forms say already: the last contact after a death, the day of a relapse."""
    zone = ZoneInfo(patient.time_zone)
    if part is Part.DEATH:
        return {}
    found: dict[str, Any] = {}
    events = LifeEvent.objects.filter(patient=patient, taken_back_at=None)
    for kind, at in events.order_by("at").values_list("kind", "at"):
        day = at.astimezone(zone).date()
        if day < course.infusion_date:
            continue
        if kind == LifeEventKind.RELAPSED:
            found.setdefault("progressed_on", day.isoformat())
        if kind == LifeEventKind.DIED:
            found["contact_on"] = day.isoformat()
    found |= _visits(patient, course, records, zone)
    for row in sorted(records, key=lambda one: one.day):
        kept = ("crs_", "icans_", "iec_hs", "tocilizumab_", "steroid_", "icaht_early", "progressed_on")
        found |= {key: value for key, value in row.answers.items() if key.startswith(kept)}
    return found


def _visits(patient: Patient, course: Course, records: list[OutcomeRecord], zone: ZoneInfo) -> dict[str, Any]:
    """Alerts that sent somebody to emergency care since the last contact, and no stay came of it."""
    sent = Escalation.objects.filter(
        patient=patient, outcome=Outcome.SENT_TO_EMERGENCY, is_drill=False, resolved_at__isnull=False
    )
    stays = LifeEvent.objects.filter(patient=patient, kind=LifeEventKind.ADMITTED, taken_back_at=None)
    admitted = list(stays.values_list("at", flat=True))
    contacts = forms.contact_days([row.answers for row in records], course.infusion_date)
    known_until = course.infusion_date + timedelta(days=max(contacts)) if contacts else None
    days = sorted(
        {
            at.astimezone(zone).date()
            for at in sent.values_list("resolved_at", flat=True)
            if at and not any(at <= stay <= at + _SAME_STAY for stay in admitted)
        }
    )
    days = [day for day in days if day >= course.infusion_date and (known_until is None or day > known_until)]
    return {f"visit{number}_on": day.isoformat() for number, day in enumerate(days[: forms.VISITS], start=1)}
