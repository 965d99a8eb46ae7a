"""Who reports as planned: a clinic's check-ins by phase. What is over is counted once, the rest is read.

`counted` says what a tally of one patient holds, `of_clinic` adds tallies up. A tally counts only while all
that it rests on is as it was; of whoever has none the check-ins themselves are read, so a page is never wrong
and at worst slow.
"""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property
from hashlib import sha256
from operator import itemgetter
from typing import NamedTuple
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, Min, QuerySet

from clinic.models import Checkin, CheckinTally, Clinic, Patient
from clinic.models.checkin import CheckinKind, CheckinState
from clinic.queries.core import courses
from clinic.queries.protocols.versions import current_rules
from clinic.rules.checkins.schedule import missed_from
from clinic.rules.protocols.document.additions import usual_gap
from clinic.rules.protocols.document.parts import Phase
from clinic.rules.protocols.document.phases import phases_through
from clinic.rules.protocols.document.protocol import Protocol

WEEK = timedelta(days=7)
# The longest stretch that a page shows, and as far back as a tally reaches.
WEEKS_KEPT = 26
# Raised when what is counted changes in code: every tally is counted anew.
_WAY_OF_COUNTING = 1
# A check-in is taken for over only so long afterwards: by then a report that came in time is committed.
_UNTIL_COMMITTED = timedelta(hours=1)

Weeks = dict[str, dict[str, list[int]]]


class Person(NamedTuple):
    """What of a patient decides in which phase a check-in falls."""

    id: UUID
    days_0: tuple[date, ...]
    time_zone: str


@dataclass(frozen=True)
class Counting:
    """By what the check-ins of one clinic are counted."""

    rules: Protocol
    zone: str

    def basis(self, person: Person) -> str:
        """Another one wherever the same check-ins could be counted otherwise."""
        return sha256(f"{self._of_clinic}{person.days_0}{person.time_zone}".encode()).hexdigest()

    @cached_property
    def _of_clinic(self) -> str:
        said = repr((_WAY_OF_COUNTING, self.zone, self.rules.phases))
        return sha256(said.encode()).hexdigest()


@dataclass(frozen=True)
class Tallied:
    """What is over of one patient's check-ins, those due before `through`, by week and phase."""

    through: datetime
    weeks: Weeks


@dataclass
class Monitoring:
    """Of the check-ins of some weeks; `watched` is for how long they stand, `patients` whose they are.

    `planned_of` and `answered_of` are the same two by patient.
    """

    planned: Counter[str] = field(default_factory=Counter)
    answered: Counter[str] = field(default_factory=Counter)
    planned_of: Counter[UUID] = field(default_factory=Counter)
    answered_of: Counter[UUID] = field(default_factory=Counter)
    watched: timedelta = timedelta(0)
    patients: set[UUID] = field(default_factory=set)

    def add(self, patient_id: UUID, phase: str, planned: int, answered: int) -> None:
        self.planned[phase] += planned
        self.answered[phase] += answered
        self.planned_of[patient_id] += planned
        self.answered_of[patient_id] += answered


Row = tuple[UUID, datetime, datetime | None]


def of_clinic(clinic: Clinic, rules: Protocol, start: datetime, now: datetime) -> Monitoring:
    """Each planned check-in stands for the time until the next one, so pauses count for nothing.

    `start` is the beginning of a Monday where the clinic is, at most WEEKS_KEPT weeks ago.
    """
    counting = Counting(rules, clinic.time_zone)
    # In this order: what is tallied meanwhile would be missed by both in the other.
    oldest = _oldest_tally(clinic)
    lately = list(_after_tallies(clinic, max(start, oldest), now)) if oldest else []
    people = people_of(clinic)
    found = Monitoring()
    gaps = {phase.code: usual_gap(phase) for phase in rules.phases}
    first = start.astimezone(ZoneInfo(clinic.time_zone)).date().isoformat()
    through: dict[UUID, datetime] = {}
    for patient_id, tally in _tallies(clinic, counting, people, now):
        if oldest and tally.through >= oldest:
            through[patient_id] = tally.through
            _add_weeks(found, patient_id, tally.weeks, first, gaps)
    rows: list[Row] = [row for row in lately if row[0] in through and row[1] >= through[row[0]]]
    uncounted = [pk for pk in people if pk not in through]
    if uncounted:
        rows += checkins_of(uncounted, start, now).order_by()
    phases: dict[tuple[tuple[date, ...], str], list[tuple[datetime, Phase]]] = {}
    for patient_id, due_at, received_at in rows:
        # Many have the same day 0.
        course = people[patient_id][1:]
        if course not in phases:
            phases[course] = _phases_of(people[patient_id], rules)
        phase = _phase_at(phases[course], due_at)
        found.patients.add(patient_id)
        found.watched += gaps[phase.code]
        until = missed_from(phase, due_at)
        if until <= now:
            is_answered = received_at is not None and received_at <= until
            found.add(patient_id, phase.code, 1, int(is_answered))
    return found


def counted(counting: Counting, person: Person, rows: Iterable[Row], now: datetime) -> Tallied:
    """What a tally of these check-ins holds; they are one patient's, in the order in which they were due."""
    over_by, rows = now - _UNTIL_COMMITTED, list(rows)
    phases = _phases_of(person, counting.rules)
    not_over = (due for _, due, _ in rows if missed_from(_phase_at(phases, due), due) > over_by)
    through = min([over_by, *not_over])
    return Tallied(through, weeks_before(counting, person, rows, through))


def weeks_before(counting: Counting, person: Person, rows: Iterable[Row], through: datetime) -> Weeks:
    """How many of one patient's check-ins were due before then and answered in time, by week and phase."""
    zone, phases = ZoneInfo(counting.zone), _phases_of(person, counting.rules)
    weeks: Weeks = defaultdict(dict)
    for _patient_id, due_at, received_at in rows:
        if due_at >= through:
            continue
        phase = _phase_at(phases, due_at)
        day = due_at.astimezone(zone).date()
        monday = day - timedelta(days=day.weekday())
        numbers = weeks[monday.isoformat()].setdefault(phase.code, [0, 0])
        numbers[0] += 1
        numbers[1] += received_at is not None and received_at <= missed_from(phase, due_at)
    return dict(weeks)


def kept_from(clinic: Clinic, now: datetime) -> datetime:
    """The Monday from which a tally counts, at midnight where the clinic is."""
    zone = ZoneInfo(clinic.time_zone)
    today = now.astimezone(zone).date()
    monday = today - timedelta(days=today.weekday()) - (WEEKS_KEPT - 1) * WEEK
    return datetime.combine(monday, time(), tzinfo=zone)


def checkins_of(patient_ids: Sequence[UUID], start: datetime, now: datetime) -> QuerySet[Checkin, Row]:
    """Whose they are, when they were due and when the report came that answered them."""
    return _in_time(start, now).filter(patient__in=patient_ids).values_list(*_COLUMNS).order_by("due_at")


def counting_of(clinic: Clinic) -> Counting | None:
    """None where a clinic has no rules, and so plans nothing."""
    rules = current_rules(clinic)
    return Counting(rules, clinic.time_zone) if rules else None


def people_of(clinic: Clinic) -> dict[UUID, Person]:
    """Every real patient of the clinic; two queries."""
    before = courses.earlier_days_0(clinic)
    rows = _patients(clinic).values_list("pk", "infusion_date", "time_zone")
    return {pk: Person(pk, (*before.get(pk, ()), day_0), zone) for pk, day_0, zone in rows}


_COLUMNS = ("patient_id", "due_at", "report__received_at")


def _in_time(start: datetime, now: datetime) -> QuerySet[Checkin]:
    rows = Checkin.objects.filter(kind=CheckinKind.SCHEDULED, due_at__gte=start, due_at__lte=now)
    return rows.exclude(state=CheckinState.DROPPED)


def _patients(clinic: Clinic) -> QuerySet[Patient]:
    return Patient.objects.filter(clinic=clinic, is_synthetic=False)


def _oldest_tally(clinic: Clinic) -> datetime | None:
    """From when on check-ins are not tallied of everybody, so that nobody looks for them before."""
    rows = CheckinTally.objects.filter(patient__in=_patients(clinic))
    oldest: datetime | None = rows.aggregate(oldest=Min("through"))["oldest"]
    return oldest


def _tallies(
    clinic: Clinic, counting: Counting, people: Mapping[UUID, Person], now: datetime
) -> Iterator[tuple[UUID, Tallied]]:
    """Those that hold, one after the other: thousands kept at once cost more than to read them."""
    rows = _patients(clinic).filter(checkin_tally__counted_at__lte=now)
    named = (f"checkin_tally__{name}" for name in ("basis", "through", "weeks"))
    for pk, basis, through, weeks in rows.values_list("pk", *named).iterator(chunk_size=500):
        if pk in people and basis == counting.basis(people[pk]):
            yield pk, Tallied(through, weeks)


def _after_tallies(clinic: Clinic, start: datetime, now: datetime) -> QuerySet[Checkin, Row]:
    """What came due after what is tallied, of everybody who has a tally."""
    rows = _in_time(start, now).filter(patient__clinic=clinic, patient__is_synthetic=False)
    return rows.filter(due_at__gte=F("patient__checkin_tally__through")).values_list(*_COLUMNS)


def _add_weeks(
    found: Monitoring, patient_id: UUID, weeks: Weeks, first: str, gaps: Mapping[str, timedelta]
) -> None:
    sums: dict[str, list[int]] = {}
    for monday, by_phase in weeks.items():
        if monday < first:
            continue
        for code, (planned, answered) in by_phase.items():
            of_phase = sums.setdefault(code, [0, 0])
            of_phase[0] += planned
            of_phase[1] += answered
    for code, (planned, answered) in sums.items():
        found.patients.add(patient_id)
        found.add(patient_id, code, planned, answered)
        found.watched += planned * gaps[code]


def _phases_of(person: Person, rules: Protocol) -> list[tuple[datetime, Phase]]:
    return phases_through(rules, person.days_0, ZoneInfo(person.time_zone))


def _phase_at(phases: Sequence[tuple[datetime, Phase]], due_at: datetime) -> Phase:
    begun = bisect_right(phases, due_at, key=itemgetter(0))
    return phases[max(begun - 1, 0)][1]
