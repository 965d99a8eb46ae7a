"""A clinic's patients as the figures read them: when at home, what came in, what came of it, which groups."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Min

from clinic.models import (
    AuditEvent,
    Clinic,
    Escalation,
    EscalationEvent,
    LifeEvent,
    OutcomeRecord,
    OutcomeReview,
    Patient,
    Report,
    RiskFactSheet,
    RiskLowering,
    RiskRun,
)
from clinic.models.escalation import Cause, Outcome
from clinic.models.escalation import EscalationEventKind as EventKind
from clinic.models.life_event import LifeEventKind
from clinic.models.outcome import ReviewVerdict
from clinic.models.risk_lowering import LoweringEnd
from clinic.queries.core import courses
from clinic.queries.outcomes import forms_due, monitoring
from clinic.queries.outcomes.monitoring import Monitoring
from clinic.queries.protocols.versions import current_rules
from clinic.rules.core.courses import Course
from clinic.rules.core.enums import Level
from clinic.rules.outcomes import at_home, completeness, forms, groups, time_points
from clinic.rules.outcomes.at_home import Mark, hours_since
from clinic.rules.outcomes.competing_risks import FirstEvent, first_event
from clinic.rules.outcomes.followed import Followed, Opened, Received, Stay
from clinic.rules.outcomes.forms import Part
from clinic.rules.outcomes.summary import Counted
from clinic.rules.outcomes.time_points import State

# What was done where more than words were needed; nothing where words were enough, or nothing was wrong.
_ACTED = frozenset({Outcome.CLINIC_VISIT, Outcome.SENT_TO_EMERGENCY, Outcome.ADMITTED, Outcome.DIED})
_NOT_ACTED = frozenset({Outcome.ADVICE_GIVEN, Outcome.MISTAKEN_ENTRY})
_AWAY = (LifeEventKind.ADMITTED, LifeEventKind.ENDED, LifeEventKind.TRANSFERRED, LifeEventKind.DIED)
_MONITORING = {"patient.monitoring_started": True, "patient.resumed": True, "patient.paused": False}
# The event, its kind and when it happened.
_Event = tuple[UUID, str, datetime]
_URGENT = tuple(level.value for level in Level if level >= Level.URGENT)


@dataclass(frozen=True)
class _Facts:
    """Everything of a clinic by patient, fetched in as many queries as there are kinds."""

    events: Mapping[UUID, list[_Event]]
    # Admissions of which somebody has said that they were planned.
    planned: frozenset[UUID]
    marks: Mapping[UUID, list[Mark]]
    reports: Mapping[UUID, list[tuple[datetime, Level]]]
    escalations: Mapping[UUID, list[tuple[datetime, tuple[str, ...], datetime | None, str]]]
    records: Mapping[tuple[UUID, int], list[tuple[str, dict[str, Any]]]]
    # By course, as last left or computed in it.
    sexes: Mapping[tuple[UUID, int], str]
    hct_ci: Mapping[tuple[UUID, int], int]
    suggested: Mapping[tuple[UUID, int], str]
    # Alarms because nothing came in, whatever their level.
    silences: Mapping[UUID, list[datetime]]
    monitoring: Monitoring


def of_clinic(clinic: Clinic, *, now: datetime) -> tuple[Counted, ...]:
    """Every course that has begun, without drills, made-up people, and what was a mistake."""
    rows = Patient.objects.filter(clinic=clinic, is_synthetic=False, erased_at=None).order_by("pk")
    facts = _facts(clinic, now)
    return tuple(
        _person(patient, course, after, facts, now)
        for patient, theirs in courses.of_patients(rows)
        for course, after in zip(theirs, (*theirs[1:], None), strict=True)
        if course.infusion_date <= now.date()
    )


def _person(patient: Patient, course: Course, after: Course | None, facts: _Facts, now: datetime) -> Counted:
    zone = ZoneInfo(patient.time_zone)
    zero = datetime.combine(course.infusion_date, time(), tzinfo=zone)
    end = datetime.combine(after.infusion_date, time(), tzinfo=zone) if after else now
    events = [one for one in facts.events.get(patient.pk, ()) if zero <= one[2] < end]
    follow_ups = [
        answers
        for part, answers in facts.records.get((patient.pk, course.number), ())
        if part == Part.FOLLOW_UP
    ]
    death = next(
        (
            answers
            for part, answers in facts.records.get((patient.pk, course.number), ())
            if part == Part.DEATH
        ),
        {},
    )
    died = next((one for one in events if one[1] == LifeEventKind.DIED), None)
    died_at_home = died is not None and death.get("place") == "home"
    marks = list(facts.marks.get(patient.pk, ())) or [Mark(patient.created_at, is_home=True)]
    followed = Followed(
        at_home=at_home.spans(marks, zero=zero, end=end),
        reports=tuple(
            Received(hours_since(at, zero), level)
            for at, level in facts.reports.get(patient.pk, ())
            if zero <= at < end
        ),
        escalations=tuple(
            Opened(
                hours_since(at, zero),
                rules,
                hours_since(contact, zero) if contact else None,
                True if outcome in _ACTED else False if outcome in _NOT_ACTED else None,
            )
            for at, rules, contact, outcome in facts.escalations.get(patient.pk, ())
            if zero <= at < end
        ),
        stays=tuple(_stays(events, zero, facts.planned)),
        deaths_at_home=(hours_since(died[2], zero),) if died and died_at_home else (),
        silences=tuple(
            hours_since(at, zero) for at in facts.silences.get(patient.pk, ()) if zero <= at < end
        ),
    )
    states = time_points.states(
        (end.astimezone(zone).date() - course.infusion_date).days,
        forms.contact_days(follow_ups, course.infusion_date),
        (died[2].astimezone(zone).date() - course.infusion_date).days if died else None,
    )
    return Counted(
        followed=followed,
        first=_first(course, events, follow_ups, death, zone, end),
        bands=_bands(course, patient, facts),
        forms_due=len(states),
        forms_known=sum(state is State.RECORDED for _point, state in states),
        death_cause=str(death.get("cause", "")) if died else None,
        tiers={
            "set": patient.tier,
            "suggested": facts.suggested.get((patient.pk, course.number), groups.NOT_RECORDED),
        },
        # Check-ins of half a year are kept by patient: those of an earlier course are not told apart.
        check_ins=completeness.Answered(0, 0) if after else _check_ins(patient, facts.monitoring),
    )


def _check_ins(patient: Patient, found: Monitoring) -> completeness.Answered:
    return completeness.Answered(found.planned_of[patient.pk], found.answered_of[patient.pk])


def _stays(events: Iterable[_Event], zero: datetime, planned: frozenset[UUID]) -> Iterable[Stay]:
    """An admission counts as unplanned until somebody has said otherwise."""
    begun: tuple[datetime, bool] | None = None
    for pk, kind, at in events:
        if kind == LifeEventKind.ADMITTED:
            begun = (at, pk in planned)
        elif kind in (LifeEventKind.DISCHARGED, LifeEventKind.DIED) and begun is not None:
            yield Stay(hours_since(begun[0], zero), hours_since(at, zero), is_planned=begun[1])
            begun = None
    if begun is not None:
        yield Stay(hours_since(begun[0], zero), None, is_planned=begun[1])


def _first(
    course: Course,
    events: list[_Event],
    follow_ups: list[dict[str, Any]],
    death: Mapping[str, Any],
    zone: ZoneInfo,
    end: datetime,
) -> FirstEvent:
    def day_of(at: datetime) -> int:
        return (at.astimezone(zone).date() - course.infusion_date).days

    relapses = [day_of(at) for _pk, kind, at in events if kind == LifeEventKind.RELAPSED]
    if (told := forms.relapse_day(follow_ups, course.infusion_date)) is not None:
        relapses.append(told)
    deaths = [day_of(at) for _pk, kind, at in events if kind == LifeEventKind.DIED]
    contacts = forms.contact_days(follow_ups, course.infusion_date)
    # Somebody is known to be alive while they are monitored here, or went on living elsewhere.
    gone = [
        day_of(at) for _pk, kind, at in events if kind in (LifeEventKind.ENDED, LifeEventKind.TRANSFERRED)
    ]
    last = max([*contacts, *gone], default=None) if gone else max([*contacts, day_of(end)])
    return first_event(
        last_contact_day=max(0, last or 0),
        relapse_day=min(relapses, default=None),
        death_day=min(deaths, default=None),
        death_cause=str(death.get("cause", "unknown")),
    )


def _bands(course: Course, patient: Patient, facts: _Facts) -> dict[str, str]:
    age = _years(patient.birth_date, course.infusion_date) if patient.birth_date else None
    return {
        "age": groups.age_band(age),
        "sex": facts.sexes.get((patient.pk, course.number)) or groups.NOT_RECORDED,
        "language": patient.language or groups.NOT_RECORDED,
        "distance": groups.distance_band(patient.minutes_to_centre),
        "hct_ci": groups.hct_ci_band(facts.hct_ci.get((patient.pk, course.number))),
        "product": course.product or groups.NOT_RECORDED,
        "disease": course.disease or groups.NOT_RECORDED,
    }


def _years(born: date, on: date) -> int:
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


def overrides(clinic: Clinic) -> dict[str, int]:
    """How often two clinicians made less count than is suggested, by the code of their reason."""
    rows = RiskLowering.objects.filter(patient__clinic=clinic, patient__is_synthetic=False)
    confirmed = rows.filter(end=LoweringEnd.CONFIRMED, ends_on__isnull=False)
    return dict(confirmed.values_list("reason_code").annotate(n=Count("pk")).order_by("reason_code"))


def _facts(clinic: Clinic, now: datetime) -> _Facts:
    events: dict[UUID, list[_Event]] = defaultdict(list)
    marks: dict[UUID, list[Mark]] = defaultdict(list)
    rows = LifeEvent.objects.filter(patient__clinic=clinic, taken_back_at=None).order_by("at", "recorded_at")
    for patient_id, pk, kind, at in rows.values_list("patient_id", "pk", "kind", "at"):
        events[patient_id].append((pk, kind, at))
        if kind in _AWAY or kind == LifeEventKind.DISCHARGED:
            marks[patient_id].append(Mark(at, is_home=kind == LifeEventKind.DISCHARGED))
    acts = AuditEvent.objects.filter(clinic_id=clinic.pk, action__in=list(_MONITORING))
    for of_patient, action, at in acts.order_by("at").values_list("patient_id", "action", "at"):
        if of_patient is not None:
            marks[of_patient].append(Mark(at, is_home=_MONITORING[action]))
    reviews = OutcomeReview.objects.filter(patient__clinic=clinic, verdict=ReviewVerdict.PLANNED)
    return _Facts(
        events=events,
        planned=frozenset(reviews.values_list("event_id", flat=True)),
        marks=_begun(marks, clinic),
        reports=_reports(clinic),
        escalations=_escalations(clinic),
        records=_records(clinic),
        sexes=_sexes(clinic),
        hct_ci=_hct_ci(clinic),
        suggested=_suggested(clinic),
        silences=_silences(clinic),
        monitoring=_monitoring(clinic, now),
    )


def _monitoring(clinic: Clinic, now: datetime) -> Monitoring:
    rules = current_rules(clinic)
    return (
        monitoring.of_clinic(clinic, rules, monitoring.kept_from(clinic, now), now) if rules else Monitoring()
    )


def _suggested(clinic: Clinic) -> dict[tuple[UUID, int], str]:
    # Of two of one moment the newest is the current one.
    runs = RiskRun.objects.filter(patient__clinic=clinic).order_by("computed_at", "is_current")
    found = runs.values_list("patient_id", "course_number", "suggested__tier")
    return {(patient_id, number): tier for patient_id, number, tier in found}


def _silences(clinic: Clinic) -> dict[UUID, list[datetime]]:
    found: dict[UUID, list[datetime]] = defaultdict(list)
    rows = EscalationEvent.objects.filter(
        escalation__clinic=clinic,
        escalation__is_drill=False,
        escalation__patient__is_synthetic=False,
        cause=Cause.MISSED_CHECKIN,
    )
    for patient_id, at in rows.order_by("at").values_list("escalation__patient_id", "at"):
        found[patient_id].append(at)
    return found


def _sexes(clinic: Clinic) -> dict[tuple[UUID, int], str]:
    rows = RiskFactSheet.objects.filter(patient__clinic=clinic).order_by("number")
    sheets = rows.values_list("patient_id", "course_number", "facts")
    return {(patient_id, number): str(facts.get("sex", "")) for patient_id, number, facts in sheets}


def _hct_ci(clinic: Clinic) -> dict[tuple[UUID, int], int]:
    """Only the newest run of a course counts: a value that was struck out is unknown again."""
    # Of two of one moment the newest is the current one.
    runs = RiskRun.objects.filter(patient__clinic=clinic).order_by("computed_at", "is_current")
    found = runs.values_list("patient_id", "course_number", "result__scores__hct_ci")
    newest = {(patient_id, number): points for patient_id, number, points in found}
    return {course: int(points) for course, points in newest.items() if points is not None}


def _begun(marks: dict[UUID, list[Mark]], clinic: Clinic) -> dict[UUID, list[Mark]]:
    """Whoever was enrolled at home has no row that says so: monitored from then on."""
    acts = AuditEvent.objects.filter(clinic_id=clinic.pk, action="patient.monitoring_started")
    started = set(acts.values_list("patient_id", flat=True))
    enrolled = clinic.patients.exclude(status="preparing").values_list("pk", "created_at")
    for pk, created_at in enrolled:
        if pk not in started:
            marks.setdefault(pk, []).append(Mark(created_at, is_home=True))
    return marks


def _reports(clinic: Clinic) -> dict[UUID, list[tuple[datetime, Level]]]:
    found: dict[UUID, list[tuple[datetime, Level]]] = defaultdict(list)
    rows = Report.objects.newest().filter(
        patient__clinic=clinic, patient__is_synthetic=False, is_drill=False, assessment__isnull=False
    )
    values = rows.order_by("received_at").values_list("patient_id", "received_at", "assessment__level")
    for patient_id, at, level in values.iterator():
        found[patient_id].append((at, Level(level)))
    return found


def _escalations(clinic: Clinic) -> dict[UUID, list[tuple[datetime, tuple[str, ...], datetime | None, str]]]:
    """Those that reached urgent, by the moment at which they did."""
    rows = Escalation.objects.filter(clinic=clinic, is_drill=False, patient__is_synthetic=False)
    moves = EscalationEvent.objects.filter(
        escalation__in=rows,
        kind__in=(EventKind.OPENED, EventKind.ROSE, EventKind.WORSENED, EventKind.CAUSE_ADDED),
        level__in=_URGENT,
    )
    rules: dict[UUID, list[str]] = defaultdict(list)
    since: dict[UUID, datetime] = {}
    values = moves.order_by("at", "pk").values_list(
        "escalation_id", "at", "cause", "report__assessment__reasons"
    )
    for pk, at, cause, reasons in values.iterator():
        since.setdefault(pk, at)
        rules[pk] += [cause] if cause else []
        rules[pk] += [one["rule"] for one in reasons or () if one["level"] in _URGENT]
    called = dict(
        EscalationEvent.objects.filter(escalation__in=rows, kind=EventKind.CALLED)
        .values_list("escalation_id")
        .annotate(first=Min("at"))
    )
    found: dict[UUID, list[tuple[datetime, tuple[str, ...], datetime | None, str]]] = defaultdict(list)
    for pk, patient_id, outcome in rows.values_list("pk", "patient_id", "outcome"):
        if pk in since:
            found[patient_id].append((since[pk], tuple(dict.fromkeys(rules[pk])), called.get(pk), outcome))
    return found


def _records(clinic: Clinic) -> dict[tuple[UUID, int], list[tuple[str, dict[str, Any]]]]:
    found: dict[tuple[UUID, int], list[tuple[str, dict[str, Any]]]] = defaultdict(list)
    rows = forms_due.standing(OutcomeRecord.objects.filter(patient__clinic=clinic))
    values = rows.order_by("day").values_list("patient_id", "course_number", "part", "answers")
    for patient_id, number, part, answers in values:
        found[patient_id, number].append((part, answers))
    return found
