"""The worklist: everything that waits for a person, worst first, then the longest waiting."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Q, QuerySet

from clinic.access import NotVisible, Permission, clinics_with
from clinic.models import Clinic, Escalation, Report, User
from clinic.models.escalation import EscalationState as State
from clinic.models.report import ReportState
from clinic.queries.desk import alarms
from clinic.queries.desk import handovers as handover
from clinic.queries.desk.alarms import Engine
from clinic.queries.escalations import holders
from clinic.queries.patients import look_alikes
from clinic.queries.reports import household, reasons
from clinic.queries.reports.reasons import LateReport
from clinic.queries.rota import on_call
from clinic.rules.core.enums import Level
from clinic.rules.paging import ladder
from clinic.rules.protocols.document.phases import day_of

# More than anybody can answer; the page says so when there are more.
WAITING_LIMIT = 200
HANDLED_LIMIT = 50


@dataclass(frozen=True)
class WorklistRow:
    """One escalation as the list shows it."""

    id: UUID
    level: Level
    state: str
    version: int
    patient_id: UUID
    patient_name: str
    day: int
    clinic_name: str
    waiting_since: datetime
    reasons: tuple[str, ...]
    more_reasons: int
    # The reasons are of a report that came late.
    late: LateReport | None
    taken_by: str
    taken_at: datetime | None
    can_take: bool
    age: timedelta
    lease: holders.LeaseStatus
    is_test: bool = False
    # Two of the household reported different things, and nobody has said which is right.
    has_disagreement: bool = False
    mark: look_alikes.Mark | None = None

    @property
    def is_sounding(self) -> bool:
        """Urgent and emergency call out until somebody takes them."""
        return ladder.pages_staff(self.level)


@dataclass(frozen=True)
class ClinicChoice:
    """One choice of the clinic switcher, with what waits there."""

    slug: str
    name: str
    waiting: int
    urgent: int
    on_call: tuple[on_call.Person, ...]
    chosen: bool


@dataclass(frozen=True)
class DrillRow:
    """A test alarm of a family that prepares for going home."""

    id: UUID
    patient_id: UUID
    patient_name: str
    clinic_name: str
    since: datetime
    can_answer: bool
    mark: look_alikes.Mark | None = None


@dataclass(frozen=True)
class Worklist:
    """Read at `at`; `version` grows with every change at the person's clinics."""

    at: datetime
    version: int
    clinics: tuple[ClinicChoice, ...]
    waiting: tuple[WorklistRow, ...]
    waiting_total: int
    handled: tuple[WorklistRow, ...]
    handled_total: int
    drills: tuple[DrillRow, ...]
    alarms: tuple[alarms.OpenAlarm, ...]
    handovers: tuple[handover.UnsignedHandover, ...]
    # When the person's own shift ends, while it is time to hand over.
    shift_ends_at: datetime | None
    engine: Engine
    # Reports that nobody has scored yet: any of them may be urgent.
    unscored: int

    @property
    def several_clinics(self) -> bool:
        return len(self.clinics) > 1

    @property
    def urgent_elsewhere(self) -> tuple[ClinicChoice, ...]:
        """Clinics left out by the switcher where something urgent waits."""
        return tuple(clinic for clinic in self.clinics if clinic.urgent and not clinic.chosen)

    @property
    def is_settled(self) -> bool:
        """Whether the list is complete, so that an empty one means that nothing is waiting."""
        return self.engine.is_well and not self.unscored

    @property
    def is_empty(self) -> bool:
        return not (self.waiting or self.handled or self.alarms)


def worklist(*, user: User, clinic_slug: str, now: datetime) -> Worklist:
    """What waits at the clinics that this person may watch, or at one of them; NotVisible otherwise."""
    # The version is read first: a change in between costs one refetch too many, never one too few.
    watched = list(clinics_with(user, Permission.WATCH_CONSOLE).order_by("name", "pk"))
    chosen = [clinic for clinic in watched if clinic_slug in ("", clinic.slug)]
    if not chosen:
        raise NotVisible("clinic")
    counts = _counts(watched)
    unresolved = _unresolved(chosen)
    waiting = unresolved.filter(state=State.OPEN).order_by("-severity", "waiting_since", "pk")[:WAITING_LIMIT]
    handled = unresolved.filter(state=State.ACKNOWLEDGED).order_by("-severity", "acknowledged_at", "pk")
    found = [*waiting, *handled[:HANDLED_LIMIT]]
    rows = _rows(user, found, now)
    return Worklist(
        at=now,
        version=sum(clinic.live_version for clinic in watched),
        clinics=_clinic_choices(watched, chosen, counts, now),
        waiting=tuple(row for row in rows if row.state == State.OPEN),
        waiting_total=sum(counts[clinic.pk].waiting for clinic in chosen if clinic.pk in counts),
        handled=tuple(row for row in rows if row.state == State.ACKNOWLEDGED),
        handled_total=sum(counts[clinic.pk].handled for clinic in chosen if clinic.pk in counts),
        drills=_drills(user, chosen),
        alarms=alarms.open_alarms(clinics=chosen, user=user),
        handovers=handover.unsigned_handovers(user=user, clinics=chosen, now=now),
        shift_ends_at=handover.shift_end_to_hand_over(user=user, now=now),
        engine=alarms.engine(now=now),
        unscored=_unscored(chosen),
    )


@dataclass(frozen=True)
class _Counts:
    waiting: int
    urgent: int
    handled: int


def _unresolved(clinics: Iterable[Clinic]) -> QuerySet[Escalation]:
    """Written as the partial index `escalation_worklist` is, so that it is used."""
    return _real_escalations(clinics).select_related("patient", "clinic", "acknowledged_by")


def _unscored(clinics: Iterable[Clinic]) -> int:
    reports = Report.objects.filter(
        state=ReportState.RECEIVED, patient__clinic__in=[clinic.pk for clinic in clinics], is_drill=False
    )
    return reports.count()


def _drills(user: User, clinics: Iterable[Clinic]) -> tuple[DrillRow, ...]:
    rows = Escalation.objects.filter(
        ~Q(state=State.RESOLVED), clinic__in=[clinic.pk for clinic in clinics], is_drill=True
    )
    found = list(rows.select_related("patient", "clinic").order_by("opened_at")[:WAITING_LIMIT])
    may_act = _may_act(user) if found else frozenset()
    marks = look_alikes.marks_of(row.patient for row in found)
    return tuple(
        DrillRow(
            id=row.pk,
            patient_id=row.patient_id,
            patient_name=row.patient.full_name,
            clinic_name=row.clinic.name,
            since=row.opened_at,
            can_answer=row.clinic_id in may_act,
            mark=marks.get(row.patient_id),
        )
        for row in found
    )


def _may_act(user: User) -> frozenset[UUID]:
    return frozenset(clinics_with(user, Permission.ACT_ON_ESCALATIONS).values_list("pk", flat=True))


def _real_escalations(clinics: Iterable[Clinic]) -> QuerySet[Escalation]:
    rows = Escalation.objects.filter(~Q(state=State.RESOLVED), clinic__in=[clinic.pk for clinic in clinics])
    return rows.filter(is_drill=False)


def _counts(clinics: Iterable[Clinic]) -> dict[UUID, _Counts]:
    open_rows = Q(state=State.OPEN)
    rows = (
        _real_escalations(clinics)
        .values("clinic_id")
        .annotate(
            waiting=Count("pk", filter=open_rows),
            urgent=Count("pk", filter=open_rows & Q(severity__gte=ladder.PAGED_FROM.rank)),
            handled=Count("pk", filter=Q(state=State.ACKNOWLEDGED)),
        )
    )
    return {row["clinic_id"]: _Counts(row["waiting"], row["urgent"], row["handled"]) for row in rows}


def _clinic_choices(
    watched: Iterable[Clinic], chosen: list[Clinic], counts: Mapping[UUID, _Counts], now: datetime
) -> tuple[ClinicChoice, ...]:
    people = on_call.people_by_clinic(watched, at=now)
    none = _Counts(0, 0, 0)
    return tuple(
        ClinicChoice(
            slug=clinic.slug,
            name=clinic.name,
            waiting=counts.get(clinic.pk, none).waiting,
            urgent=counts.get(clinic.pk, none).urgent,
            on_call=people.get(clinic.pk, ()),
            chosen=clinic in chosen,
        )
        for clinic in watched
    )


def _rows(user: User, escalations: list[Escalation], now: datetime) -> list[WorklistRow]:
    fired = reasons.of_escalations([row.pk for row in escalations], user.language)
    may_act = _may_act(user)
    holds = holders.of_escalations(escalations, user)
    differs = household.with_unsettled(ids=[row.pk for row in escalations])
    marks = look_alikes.marks_of(row.patient for row in escalations)
    rows = [
        _row(row, fired.get(row.pk, ()), holds[row.pk], row.clinic_id in may_act, now) for row in escalations
    ]
    return [replace(row, has_disagreement=row.id in differs, mark=marks.get(row.patient_id)) for row in rows]


def _row(
    escalation: Escalation,
    fired: tuple[reasons.ReasonLine, ...],
    hold: holders.LeaseStatus,
    may_act: bool,
    now: datetime,
) -> WorklistRow:
    patient = escalation.patient
    top = fired[: reasons.REASONS_SHOWN]
    return WorklistRow(
        id=escalation.pk,
        level=Level(escalation.level),
        state=escalation.state,
        version=escalation.version,
        patient_id=patient.pk,
        patient_name=patient.full_name,
        day=day_of(patient.infusion_date, now, ZoneInfo(patient.time_zone)),
        clinic_name=escalation.clinic.name,
        waiting_since=escalation.waiting_since,
        reasons=tuple(reason.why for reason in top),
        more_reasons=len(fired) - len(top),
        late=top[0].late if top else None,
        taken_by=escalation.acknowledged_by.name if escalation.acknowledged_by else "",
        taken_at=escalation.acknowledged_at,
        can_take=may_act and escalation.state == State.OPEN,
        age=max(now - escalation.waiting_since, timedelta(0)),
        lease=hold,
        is_test=patient.is_synthetic,
    )
