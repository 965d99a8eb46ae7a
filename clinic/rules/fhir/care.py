"""What was given, for what, where the patient was, and what staff did about an alert."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from clinic.rules.core.enums import Level
from clinic.rules.fhir import elements
from clinic.rules.fhir.elements import OURS, Resource, reference, resource, text
from clinic.rules.fhir.people import Person

# FHIR's Procedure has no element for the day for which it is planned.
PLANNED_DAY = f"{OURS}:planned-day"
# FHIR's four steps, the more pressing the later.
_PRIORITIES = {
    Level.WATCH: "routine",
    Level.SAME_DAY: "urgent",
    Level.URGENT: "asap",
    Level.EMERGENCY: "stat",
}
_TASK_STATES = {"open": "requested", "acknowledged": "in-progress", "resolved": "completed"}
_BY_TELEPHONE = elements.concept(
    "http://terminology.hl7.org/CodeSystem/v3-ParticipationMode", "PHONE", "telephone"
)


@dataclass(frozen=True)
class CourseFacts:
    """One infusion; `disease` in words, empty where nobody knows it. `relapsed`: since then."""

    patient_key: object
    number: int
    infusion_date: date
    product: str
    disease: str
    relapsed: bool

    @property
    def condition_key(self) -> str:
        return f"{self.patient_key}-disease-{self.number}"


@dataclass(frozen=True)
class AlertFacts:
    """An escalation. `about` are the reports in it, the first one first."""

    key: object
    patient_key: object
    level: Level
    state: str
    opened_at: datetime
    resolved_at: datetime | None
    owner: Person | None
    outcome: str
    note: str
    about: tuple[object, ...]


@dataclass(frozen=True)
class CallFacts:
    """Something said between a family and staff; `reached` of a call that nobody answered is False."""

    key: object
    patient_key: object
    what: str
    at: datetime
    sender: Person
    recipient: Person | None
    words: str
    by_telephone: bool
    reached: bool = True
    alert_key: object | None = None


def condition(course: CourseFacts) -> Resource | None:
    """The disease of a course; None where nobody knows it."""
    if not course.disease:
        return None
    relapse = elements.concept("http://terminology.hl7.org/CodeSystem/condition-clinical", "relapse")
    return resource(
        "Condition",
        course.condition_key,
        clinicalStatus=relapse if course.relapsed else {},
        code=text(course.disease),
        subject=reference("Patient", course.patient_key),
    )


def infusion(course: CourseFacts, *, today: date) -> Resource:
    """One that is still to come is in preparation."""
    return resource(
        "Procedure",
        f"{course.patient_key}-infusion-{course.number}",
        status="completed" if course.infusion_date <= today else "preparation",
        code=text("Infusion of CAR-T cells"),
        subject=reference("Patient", course.patient_key),
        performedDateTime=course.infusion_date.isoformat() if course.infusion_date <= today else None,
        extension=[]
        if course.infusion_date <= today
        else [{"url": PLANNED_DAY, "valueDate": course.infusion_date.isoformat()}],
        reasonReference=[reference("Condition", course.condition_key)] if course.disease else [],
        usedCode=[text(course.product)],
    )


def hospital_stay(
    *,
    key: object,
    patient_key: object,
    admitted_at: datetime,
    discharged_at: datetime | None,
    is_over: bool,
    reason: str,
    was_mistake: bool,
) -> Resource:
    """`is_over` without a discharge: it ended with something else, such as a death."""
    status = "finished" if is_over else "in-progress"
    return resource(
        "Encounter",
        key,
        status="entered-in-error" if was_mistake else status,
        **{
            "class": {
                "system": "http://terminology.hl7.org/CodeSystem/v3-ActCode",
                "code": "IMP",
                "display": "inpatient encounter",
            }
        },
        subject=reference("Patient", patient_key),
        period=elements.period(admitted_at, discharged_at),
        reasonCode=[text(reason)] if reason else [],
    )


def alert(facts: AlertFacts) -> Resource:
    """A case that waits for staff: as a task, which somebody takes and finishes."""
    return resource(
        "Task",
        facts.key,
        status=_TASK_STATES[facts.state],
        businessStatus=text(facts.outcome),
        intent="order",
        priority=_PRIORITIES[facts.level],
        code=elements.concept(f"{OURS}:level", facts.level.value, words="Alert of monitoring at home"),
        focus=reference("QuestionnaireResponse", facts.about[0]) if facts.about else {},
        **{"for": reference("Patient", facts.patient_key)},
        executionPeriod=elements.period(facts.opened_at, facts.resolved_at),
        authoredOn=facts.opened_at.isoformat(),
        owner=facts.owner.reference() if facts.owner else {},
        note=[{"text": facts.note}] if facts.note else [],
        input=[
            {"type": text("Report"), "valueReference": reference("QuestionnaireResponse", one)}
            for one in facts.about
        ],
    )


def communication(facts: CallFacts) -> Resource:
    """A call, or what somebody wrote."""
    return resource(
        "Communication",
        facts.key,
        status="completed" if facts.reached else "not-done",
        statusReason={} if facts.reached else text("Nobody answered"),
        category=[text(facts.what)],
        medium=[_BY_TELEPHONE] if facts.by_telephone else [],
        subject=reference("Patient", facts.patient_key),
        about=[reference("Task", facts.alert_key)] if facts.alert_key else [],
        sent=facts.at.isoformat(),
        sender=facts.sender.reference(),
        recipient=[facts.recipient.reference()] if facts.recipient else [],
        payload=[{"contentString": facts.words}] if facts.words else [],
    )
