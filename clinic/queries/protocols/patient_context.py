"""What the rules may know of a patient at a moment: the facts that staff set, and the earlier reports."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from operator import attrgetter
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from clinic.models import ClinicTransfer, Patient, Report
from clinic.prepared import PreparedRows
from clinic.queries.core import courses, products
from clinic.rules.core.courses import Course
from clinic.rules.patients.ages import age_on
from clinic.rules.protocols.document.additions import Addition, additions_for, asked_before_start
from clinic.rules.protocols.document.phases import day_of
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring.assessment import History, PastReport, PatientContext

# Trend rules look back at most 168 hours and two reports; see clinic/rules/protocols/scoring/trends.py.
HISTORY_LIMIT = 60


class StoredAnswers(Mapping[str, Any]):
    """Answers as JSON, read once somebody looks at them."""

    def __init__(self, stored: str) -> None:
        self._stored = stored

    @cached_property
    def _said(self) -> dict[str, Any]:
        said: dict[str, Any] = json.loads(self._stored)
        return said

    def __getitem__(self, key: str) -> Any:
        return self._said[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._said)

    def __len__(self) -> int:
        return len(self._said)

    def __eq__(self, other: object) -> bool:
        return self._said == (other._said if isinstance(other, StoredAnswers) else other)

    __hash__ = None  # type: ignore[assignment]


@dataclass(frozen=True)
class Earlier:
    """What was seen at a moment: the id of the report, and its answers."""

    id: str
    at: datetime
    answers: Mapping[str, Any]


def context_of(patient: Patient, at: datetime) -> PatientContext:
    """The facts of a moment; day and product are those of its course, in the patient's zone."""
    return _context(patient, courses.at(patient, at), at)


def _context(patient: Patient, course: Course, at: datetime) -> PatientContext:
    zone = ZoneInfo(patient.time_zone)
    today = at.astimezone(zone).date()
    return PatientContext(
        day=day_of(course.infusion_date, at, zone),
        tier=patient.tier,
        target=products.target_of(course),
        product=products.code_of(course),
        age=age_on(patient.birth_date, today) if patient.birth_date else None,
        immune_risk=patient.immune_risk,
        neutropenia=patient.neutropenia,
        platelets_low=patient.platelets_low,
        masked=patient.masked_until is not None and today <= patient.masked_until,
        baseline=patient.baseline,
        minutes_to_centre=patient.minutes_to_centre,
        no_transport=is_without_transport(patient, at),
        findings=patient.findings.split(),
        home_day=_home_day(patient, course, at, zone),
    )


def _home_day(patient: Patient, course: Course, at: datetime, zone: ZoneInfo) -> int | None:
    """None before they came home, and where that was before this course."""
    if patient.home_since is None or at < patient.home_since:
        return None
    day = day_of(course.infusion_date, patient.home_since, zone)
    return day if day >= 0 else None


def is_without_transport(patient: Patient, at: datetime) -> bool:
    """Whether the family has said that they cannot come in that night."""
    return patient.no_transport_until is not None and at < patient.no_transport_until


def read_context(stored: Mapping[str, Any]) -> PatientContext:
    """A context as it was stored with a level. One from before additions knew none of what they ask."""
    unknown: dict[str, Any] = {
        "minutes_to_centre": None,
        "no_transport": False,
        "findings": [],
        "home_day": None,
    }
    return PatientContext(**{**unknown, **stored})


def additions_of(protocol: Protocol, patient: Patient, at: datetime) -> tuple[Addition, ...]:
    """What the clinic adds to this patient's monitoring, by what is known now."""
    # Every report and plan asks; most clinics have switched none on.
    if not any(one.active for one in protocol.additions):
        return ()
    return additions_for(protocol.additions, context_of(patient, at))


def additions_now(protocol: Protocol, patient: Patient, now: datetime) -> tuple[Addition, ...]:
    """The same in the current course, for lists of many: no statement for each of them."""
    if not any(one.active for one in protocol.additions):
        return ()
    return additions_for(protocol.additions, _context(patient, courses.current(patient), now))


def before_start_of(protocol: Protocol, patient: Patient, now: datetime) -> Mapping[str, tuple[str, ...]]:
    """What the clinic asks for before this patient is monitored, and the codes of the additions that do."""
    if not any(one.active for one in protocol.additions):
        return {}
    return asked_before_start(protocol.additions, context_of(patient, now))


def history_of(
    patient: Patient, *, observed_at: datetime, known_at: datetime, apart_from: Report | None
) -> History:
    """What was seen before a moment, in the same course, as the trend rules want it.

    No report is history of its own.

    The order in which things were seen decides, not that in which they arrived: a late report must not
    claim a change since something that was seen after it.
    """
    seen = seen_before(
        patient,
        observed_at=observed_at,
        known_at=known_at,
        apart_from=apart_from,
        begins_at=courses.begins_at(patient, observed_at),
        at_most=HISTORY_LIMIT,
    )
    return History(
        reports=tuple(
            PastReport(hours_ago=(observed_at - one.at) / timedelta(hours=1), answers=one.answers)
            for one in seen
        )
    )


def seen_before(
    patient: Patient,
    *,
    observed_at: datetime,
    known_at: datetime,
    at_most: int,
    apart_from: Report | None = None,
    begins_at: datetime | None = None,
) -> list[Earlier]:
    """What had been seen by the first moment, the last seen first; with what another clinic handed over."""
    # No moment is before this one, and no report has this id.
    since, apart = begins_at or _EVER, apart_from.pk if apart_from else _NONE
    found = (
        [
            Earlier(str(pk), at, StoredAnswers(answers))
            for pk, at, answers in _history(patient.pk, observed_at, known_at, since, apart)
        ]
        if at_most == HISTORY_LIMIT
        else [
            Earlier(str(pk), at, answers)
            for pk, at, answers in _earlier_since(patient.pk, observed_at, known_at, since, apart)[:at_most]
        ]
    )
    if not patient.came_by_transfer:
        return found
    brought = (one for one in _handed_over(patient) if one.at <= observed_at)
    found += [one for one in brought if begins_at is None or one.at >= begins_at]
    # Stable: the order of arrival stays among those that were seen at one moment.
    return sorted(found, key=attrgetter("at"), reverse=True)[:at_most]


def _handed_over(patient: Patient) -> list[Earlier]:
    histories = ClinicTransfer.objects.filter(new_patient=patient).values_list("history", flat=True)
    return [
        Earlier(one["id"], datetime.fromisoformat(one["at"]), one["answers"])
        for history in histories
        for one in history
    ]


def _earlier_since(
    patient_id: UUID, observed_at: datetime, known_at: datetime, since: datetime, apart_from: UUID
) -> QuerySet[Report, tuple[UUID, datetime, Any]]:
    rows = earlier_reports(Patient(pk=patient_id), observed_at=observed_at, known_at=known_at)
    rows = rows.filter(observed_at__gte=since).exclude(pk=apart_from)
    return rows.values_list("pk", "observed_at", "answers")


# The answers as the database stores them: of sixty reports a trend reads two, of an ordinary report none.
_history = PreparedRows(
    lambda *values: _earlier_since(*values)[:HISTORY_LIMIT],
    *(UUID, datetime, datetime, datetime, UUID),
    as_stored=[2],
)
_EVER, _NONE = datetime(1900, 1, 1, tzinfo=UTC), UUID(int=0)


def earlier_reports(patient: Patient, *, observed_at: datetime, known_at: datetime) -> QuerySet[Report]:
    """What had been seen by the first moment, of all that had come in by the second; the last seen first.

    A report that had been corrected by then is left out; its correction takes its place. So is one that was
    known by then to be about somebody else. A drill says nothing about the patient.
    """
    rows = Report.objects.filter(
        patient=patient, observed_at__lte=observed_at, received_at__lte=known_at, is_drill=False
    )
    rows = rows.exclude(correction__received_at__lte=known_at)
    rows = rows.exclude(mistake__at__lte=known_at, mistake__of_another_person=True)
    return rows.order_by("-observed_at", "-received_at", "-pk")
