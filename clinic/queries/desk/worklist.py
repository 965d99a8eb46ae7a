"""The worklist: everything that waits for a person, worst first, then the longest waiting.

A console asks for the whole list once, and after a change for the rows that a frame named.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from clinic.access import NotVisible, Permission, list_clinics_with
from clinic.models import Clinic, Escalation, Patient, Report, User
from clinic.models.escalation import EscalationState as State
from clinic.models.report import ReportState
from clinic.prepared import PreparedQuery, PreparedRows
from clinic.queries.desk import alarms
from clinic.queries.desk import handovers as handover
from clinic.queries.desk.alarms import Engine
from clinic.queries.desk.worklist_rows import WorklistRow, may_act, rows_of
from clinic.queries.patients import look_alikes, searching
from clinic.rules.core.enums import Level
from clinic.rules.paging import ladder

# So many rows stand on the page, in at most 60 kB; a search, a level or "show more" reaches the rest.
WAITING_SHOWN = 41
HANDLED_SHOWN = 20
# More than anybody can answer; the page says so when there are more.
WAITING_LIMIT = 200
# So many rows are read one by one; beyond that the whole list is cheaper.
ROWS_AT_ONCE = 20


@dataclass(frozen=True)
class ListView:
    """What of the list somebody looks at: one clinic, one level, a search, more rows."""

    clinic_slug: str = ""
    level: Level | None = None
    words: str = ""
    more: bool = False

    @property
    def is_narrowed(self) -> bool:
        return self.level is not None or bool(self.words)


@dataclass(frozen=True)
class LevelCount:
    """How many wait at one level."""

    level: Level
    count: int
    chosen: bool


@dataclass(frozen=True)
class WaitingBelow:
    """A waiting row that is not on the page: enough to hear that it is new, and how loud."""

    id: UUID
    level: Level
    waiting_since: datetime


@dataclass(frozen=True)
class ClinicChoice:
    """One choice of the clinic switcher, with what waits there."""

    slug: str
    name: str
    waiting: int
    urgent: int
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
    """Read at `at`; `version` grows with every change at the person's clinics.

    `waiting`, `handled` and `set_aside` are what the view shows; each total counts the whole, and of it
    the view's level and search leave so many as are found.
    """

    at: datetime
    version: int
    view: ListView
    # The version of each clinic: a frame names the one that it made.
    versions: tuple[tuple[UUID, int], ...]
    clinics: tuple[ClinicChoice, ...]
    levels: tuple[LevelCount, ...]
    waiting: tuple[WorklistRow, ...]
    waiting_total: int
    waiting_found: int
    below: tuple[WaitingBelow, ...]
    handled: tuple[WorklistRow, ...]
    handled_total: int
    handled_found: int
    set_aside: tuple[WorklistRow, ...]
    set_aside_total: int
    set_aside_found: int
    drills: tuple[DrillRow, ...]
    alarms: tuple[alarms.OpenAlarm, ...]
    handovers: tuple[handover.UnsignedHandover, ...]
    # When the person's own shift ends, while it is time to hand over.
    shift_ends_at: datetime | None
    engine: Engine
    # Reports that nobody has scored yet: any of them may be urgent.
    unscored: int
    # Nobody has ever been enrolled at these clinics; asked only where nothing waits.
    has_no_patient: bool

    @property
    def several_clinics(self) -> bool:
        return len(self.clinics) > 1

    @property
    def loudest(self) -> Level | None:
        """The worst level that calls out, shown or not."""
        return next((one.level for one in self.levels if one.count and ladder.pages_staff(one.level)), None)

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
        return not (self.waiting_total or self.handled_total or self.set_aside_total or self.alarms)


@dataclass(frozen=True)
class Standing:
    """How far the list has moved, and what it says of reports and engines that no version counts."""

    at: datetime
    version: int
    engine: Engine
    unscored: int


@dataclass(frozen=True)
class ChangedRows:
    """Some rows as they are now, and what the top of the list counts. `places` are those of waiting rows.

    What is asked for and not among `rows` is on the list no more.
    """

    at: datetime
    version: int
    versions: tuple[tuple[UUID, int], ...]
    view: ListView
    levels: tuple[LevelCount, ...]
    clinics: tuple[ClinicChoice, ...]
    waiting_total: int
    handled_total: int
    set_aside_total: int
    rows: tuple[WorklistRow, ...]
    # Those of `rows` that the view's level or search leaves out.
    left_out: frozenset[UUID]
    unscored: int

    @property
    def several_clinics(self) -> bool:
        return len(self.clinics) > 1

    loudest = Worklist.loudest
    urgent_elsewhere = Worklist.urgent_elsewhere


def worklist(*, user: User, now: datetime, clinic_slug: str = "", view: ListView | None = None) -> Worklist:
    """What waits at the clinics that this person may watch, or at one of them; NotVisible otherwise."""
    view = view or ListView(clinic_slug=clinic_slug)
    watched, chosen = _clinics(user, view)
    counts = _counts(watched)
    clinic_ids = [clinic.pk for clinic in chosen]
    shown = WAITING_LIMIT if view.more else WAITING_SHOWN
    rows = rows_of(user=user, escalations=_shown(clinic_ids, view), now=now)
    top = tuple(row for row in rows if row.is_waiting)
    handled = tuple(row for row in rows if not row.is_waiting and not row.is_set_aside)
    set_aside = tuple(row for row in rows if row.is_set_aside)
    handled_total = sum(counts[clinic.pk].handled for clinic in chosen)
    set_aside_total = sum(counts[clinic.pk].set_aside for clinic in chosen)
    total = sum(counts[clinic.pk].waiting for clinic in chosen)
    return Worklist(
        at=now,
        version=sum(clinic.live_version for clinic in watched),
        versions=_versions(watched),
        view=view,
        clinics=_clinic_choices(watched, chosen, counts),
        levels=_levels(chosen, counts, view),
        waiting=top,
        waiting_total=total,
        waiting_found=len(top) if len(top) < shown else _found(chosen, view, counts),
        below=_below(clinic_ids, top) if total > len(top) else (),
        handled=handled,
        handled_total=handled_total,
        handled_found=_found_taken(_in_hand, clinic_ids, view, handled, handled_total),
        set_aside=set_aside,
        set_aside_total=set_aside_total,
        set_aside_found=_found_taken(_set_aside, clinic_ids, view, set_aside, set_aside_total),
        drills=_drills(user, clinic_ids),
        alarms=alarms.open_alarms(clinics=chosen, user=user),
        handovers=handover.unsigned_handovers(user=user, clinics=chosen, now=now),
        shift_ends_at=handover.shift_end_to_hand_over(user=user, now=now),
        engine=alarms.engine(now=now),
        unscored=_unscored(clinic_ids),
        has_no_patient=not total and _some_patient.first(clinic_ids) is None,
    )


def standing(*, user: User, view: ListView, now: datetime) -> Standing:
    """Where the list stands, without its rows; NotVisible as for the list."""
    watched, chosen = _clinics(user, view)
    return Standing(
        at=now,
        version=sum(clinic.live_version for clinic in watched),
        engine=alarms.engine(now=now),
        unscored=_unscored([clinic.pk for clinic in chosen]),
    )


def changed_rows(*, user: User, view: ListView, ids: Collection[UUID], now: datetime) -> ChangedRows:
    """The rows of these escalations, as a view of the list has them; NotVisible as for the list."""
    watched, chosen = _clinics(user, view)
    counts = _counts(watched)
    wanted = list(ids)[:ROWS_AT_ONCE]
    clinic_ids = [clinic.pk for clinic in chosen]
    rows = rows_of(user=user, escalations=_named(clinic_ids, wanted), now=now)
    fitting = _left_by(view, wanted) if view.is_narrowed else None
    return ChangedRows(
        at=now,
        version=sum(clinic.live_version for clinic in watched),
        versions=_versions(watched),
        view=view,
        levels=_levels(chosen, counts, view),
        clinics=_clinic_choices(watched, chosen, counts),
        waiting_total=sum(counts[clinic.pk].waiting for clinic in chosen),
        handled_total=sum(counts[clinic.pk].handled for clinic in chosen),
        set_aside_total=sum(counts[clinic.pk].set_aside for clinic in chosen),
        rows=tuple(rows),
        left_out=frozenset(row.id for row in rows if fitting is not None and row.id not in fitting),
        unscored=_unscored(clinic_ids),
    )


def _clinics(user: User, view: ListView) -> tuple[list[Clinic], list[Clinic]]:
    # With the clinics come their versions, read before any row: a change in between costs one refetch too
    # many, never one too few.
    watched = list_clinics_with(user, Permission.WATCH_CONSOLE)
    chosen = [clinic for clinic in watched if view.clinic_slug in ("", clinic.slug)]
    if not chosen:
        raise NotVisible("clinic")
    return watched, chosen


def _versions(watched: Iterable[Clinic]) -> tuple[tuple[UUID, int], ...]:
    return tuple((clinic.pk, clinic.live_version) for clinic in watched)


def _fitting(rows: QuerySet[Escalation], view: ListView) -> QuerySet[Escalation]:
    if view.level is not None:
        rows = rows.filter(severity=view.level.rank)
    if view.words:
        rows = rows.filter(patient__in=Patient.objects.filter(searching.found_by(view.words)).values("pk"))
    return rows


def _shown(clinic_ids: Collection[UUID], view: ListView) -> list[Escalation]:
    """The first of what waits, is in hand and is set aside, of this view."""
    if not (view.is_narrowed or view.more):
        return [*_first_waiting(clinic_ids), *_first_in_hand(clinic_ids), *_first_set_aside(clinic_ids)]
    waiting = _waiting(clinic_ids, view)[: WAITING_LIMIT if view.more else WAITING_SHOWN]
    taken_shown = WAITING_LIMIT if view.more else HANDLED_SHOWN
    in_hand = _in_hand(clinic_ids, view)[:taken_shown]
    return [*waiting, *in_hand, *_set_aside(clinic_ids, view)[:taken_shown]]


def _waiting(clinic_ids: Collection[UUID], view: ListView) -> QuerySet[Escalation]:
    rows = _with_names(_real_escalations(clinic_ids)).filter(state=State.OPEN)
    return _fitting(rows.order_by("-severity", "waiting_since", "pk"), view)


def _in_hand(clinic_ids: Collection[UUID], view: ListView) -> QuerySet[Escalation]:
    return _taken(clinic_ids, view).filter(snoozed_until__isnull=True)


def _set_aside(clinic_ids: Collection[UUID], view: ListView) -> QuerySet[Escalation]:
    return _taken(clinic_ids, view).filter(snoozed_until__isnull=False)


def _taken(clinic_ids: Collection[UUID], view: ListView) -> QuerySet[Escalation]:
    rows = _with_names(_real_escalations(clinic_ids)).filter(state=State.ACKNOWLEDGED)
    return _fitting(rows.order_by("-severity", "acknowledged_at", "pk"), view)


_WHOLE = ListView()
_first_waiting = PreparedQuery(lambda ids: _waiting(ids, _WHOLE)[:WAITING_SHOWN], list[UUID])
_first_in_hand = PreparedQuery(lambda ids: _in_hand(ids, _WHOLE)[:HANDLED_SHOWN], list[UUID])
_first_set_aside = PreparedQuery(lambda ids: _set_aside(ids, _WHOLE)[:HANDLED_SHOWN], list[UUID])


def _found(chosen: Collection[Clinic], view: ListView, counts: Mapping[UUID, "_Counts"]) -> int:
    """How many wait in this view; by what is counted already, unless somebody searches."""
    if view.words:
        return _waiting([clinic.pk for clinic in chosen], view).count()
    return sum(one.count for one in _levels(chosen, counts, view) if view.level in (None, one.level))


def _found_taken(
    rows: Callable[[Collection[UUID], ListView], QuerySet[Escalation]],
    clinic_ids: Collection[UUID],
    view: ListView,
    shown: Collection[WorklistRow],
    total: int,
) -> int:
    """How many of these the view leaves; counted only where somebody narrows it and more may be left."""
    if not view.is_narrowed:
        return total
    limit = WAITING_LIMIT if view.more else HANDLED_SHOWN
    return len(shown) if len(shown) < limit else rows(clinic_ids, view).count()


def _below(clinic_ids: Collection[UUID], shown: Iterable[WorklistRow]) -> tuple[WaitingBelow, ...]:
    waiting = _real_escalations(clinic_ids).filter(state=State.OPEN).exclude(pk__in=[row.id for row in shown])
    rows = waiting.order_by("-severity", "waiting_since", "pk").values_list("pk", "level", "waiting_since")
    return tuple(WaitingBelow(pk, Level(level), since) for pk, level, since in rows[:WAITING_LIMIT])


@dataclass
class _Counts:
    by_level: dict[Level, int] = field(default_factory=lambda: defaultdict(int))
    handled: int = 0
    set_aside: int = 0

    @property
    def waiting(self) -> int:
        return sum(self.by_level.values())

    @property
    def urgent(self) -> int:
        return sum(count for level, count in self.by_level.items() if ladder.pages_staff(level))


_LEVELS = sorted((level for level in Level if level is not Level.NONE), key=lambda level: -level.rank)


def _levels(
    chosen: Iterable[Clinic], counts: Mapping[UUID, _Counts], view: ListView
) -> tuple[LevelCount, ...]:
    at_chosen = [counts[clinic.pk] for clinic in chosen]
    return tuple(
        LevelCount(level, sum(one.by_level[level] for one in at_chosen), level == view.level)
        for level in _LEVELS
    )


def _left_by(view: ListView, ids: Collection[UUID]) -> set[UUID]:
    return set(_fitting(Escalation.objects.filter(pk__in=ids), view).values_list("pk", flat=True))


def _with_names(rows: QuerySet[Escalation]) -> QuerySet[Escalation]:
    return rows.select_related("patient", "clinic", "acknowledged_by")


def _unscored(clinic_ids: Collection[UUID]) -> int:
    return sum(count for _state, count in _waiting_to_be_scored(clinic_ids))


def _drills(user: User, clinic_ids: Collection[UUID]) -> tuple[DrillRow, ...]:
    found = _open_drills(clinic_ids)
    acts_at = may_act(user) if found else frozenset()
    marks = look_alikes.marks_of(row.patient for row in found)
    return tuple(
        DrillRow(
            id=row.pk,
            patient_id=row.patient_id,
            patient_name=row.patient.full_name,
            clinic_name=row.clinic.name,
            since=row.opened_at,
            can_answer=row.clinic_id in acts_at,
            mark=marks.get(row.patient_id),
        )
        for row in found
    )


_open_drills = PreparedQuery(
    lambda clinic_ids: (
        Escalation.objects.filter(~Q(state=State.RESOLVED), clinic__in=clinic_ids, is_drill=True)
        .select_related("patient", "clinic")
        .order_by("opened_at")[:WAITING_LIMIT]
    ),
    list[UUID],
)


def _real_escalations(clinic_ids: Collection[UUID]) -> QuerySet[Escalation]:
    """Written as the partial index `escalation_worklist` is, so that it is used."""
    return Escalation.objects.filter(~Q(state=State.RESOLVED), clinic__in=clinic_ids).filter(is_drill=False)


def _counts(clinics: Iterable[Clinic]) -> Mapping[UUID, _Counts]:
    found: dict[UUID, _Counts] = defaultdict(_Counts)
    for clinic_id, level, state, is_set_aside, count in _counted([clinic.pk for clinic in clinics]):
        counts = found[clinic_id]
        if state == State.OPEN:
            counts.by_level[Level(level)] += count
        elif is_set_aside:
            counts.set_aside += count
        else:
            counts.handled += count
    return found


_counted = PreparedRows(
    lambda clinic_ids: (
        _real_escalations(clinic_ids)
        .annotate(is_set_aside=Q(snoozed_until__isnull=False))
        .values_list("clinic_id", "level", "state", "is_set_aside")
        .annotate(count=Count("pk"))
    ),
    list[UUID],
)
_named = PreparedQuery(
    lambda clinic_ids, ids: _with_names(_real_escalations(clinic_ids).filter(pk__in=ids)),
    list[UUID],
    list[UUID],
)
_some_patient = PreparedQuery(
    lambda clinic_ids: Patient.objects.filter(clinic__in=clinic_ids, is_synthetic=False)[:1],
    list[UUID],
)
_waiting_to_be_scored = PreparedRows(
    lambda clinic_ids: (
        Report.objects.filter(state=ReportState.RECEIVED, patient__clinic__in=clinic_ids, is_drill=False)
        .values_list("state")
        .annotate(count=Count("pk"))
        .order_by()
    ),
    list[UUID],
)


def _clinic_choices(
    watched: Iterable[Clinic], chosen: list[Clinic], counts: Mapping[UUID, _Counts]
) -> tuple[ClinicChoice, ...]:
    return tuple(
        ClinicChoice(
            slug=clinic.slug,
            name=clinic.name,
            waiting=counts[clinic.pk].waiting,
            urgent=counts[clinic.pk].urgent,
            chosen=clinic in chosen,
        )
        for clinic in watched
    )
