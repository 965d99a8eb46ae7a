"""The worklist: everything that waits for a person, worst first, then the longest waiting.

A console asks for the whole list once, and after a change for the rows that a frame named.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from clinic.access import NotVisible, Permission, list_clinics_with
from clinic.models import Clinic, Escalation, User
from clinic.models.escalation import EscalationState as State
from clinic.queries.desk import alarms
from clinic.queries.desk import handovers as handover
from clinic.queries.desk import worklist_statements as statements
from clinic.queries.desk.alarms import Engine, OpenAlarm
from clinic.queries.desk.worklist_rows import WorklistRow, may_act, rows_of
from clinic.queries.desk.worklist_statements import ListView
from clinic.queries.patients import look_alikes
from clinic.rules.core.enums import Level
from clinic.rules.paging import ladder

__all__ = ["ListView"]

# So many rows are read one by one; beyond that the whole list is cheaper.
ROWS_AT_ONCE = 20


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
    alarms: tuple[OpenAlarm, ...]
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
    def first_alarms(self) -> tuple[OpenAlarm, ...]:
        """Those that stand above what waits."""
        return tuple(alarm for alarm in self.alarms if alarm.stands_first)

    @property
    def notices(self) -> tuple[OpenAlarm, ...]:
        """The other alarms: below what waits, so that they hide no emergency."""
        return tuple(alarm for alarm in self.alarms if not alarm.stands_first)

    @property
    def notice_count(self) -> int:
        """All that stands below what waits: alarms, handovers, the end of the person's own shift."""
        return len(self.notices) + len(self.handovers) + bool(self.shift_ends_at)

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
    shown = statements.WAITING_LIMIT if view.more else statements.WAITING_SHOWN
    rows = rows_of(user=user, escalations=statements.shown(clinic_ids, view), now=now)
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
        handled_found=_found_taken(statements.in_hand, clinic_ids, view, handled, handled_total),
        set_aside=set_aside,
        set_aside_total=set_aside_total,
        set_aside_found=_found_taken(statements.set_aside, clinic_ids, view, set_aside, set_aside_total),
        drills=_drills(user, clinic_ids),
        alarms=alarms.open_alarms(clinics=chosen, user=user),
        handovers=handover.unsigned_handovers(user=user, clinics=chosen, now=now),
        shift_ends_at=handover.shift_end_to_hand_over(user=user, now=now),
        engine=alarms.engine(now=now),
        unscored=_unscored(clinic_ids),
        has_no_patient=not total and statements.some_patient.first(clinic_ids) is None,
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
    rows = rows_of(user=user, escalations=statements.named(clinic_ids, wanted), now=now)
    fitting = statements.left_by(view, wanted) if view.is_narrowed else None
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


def _found(chosen: Collection[Clinic], view: ListView, counts: Mapping[UUID, "_Counts"]) -> int:
    """How many wait in this view; by what is counted already, unless somebody searches."""
    if view.words:
        return statements.waiting([clinic.pk for clinic in chosen], view).count()
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
    limit = statements.WAITING_LIMIT if view.more else statements.HANDLED_SHOWN
    return len(shown) if len(shown) < limit else rows(clinic_ids, view).count()


def _below(clinic_ids: Collection[UUID], shown: Iterable[WorklistRow]) -> tuple[WaitingBelow, ...]:
    waiting = (
        statements.real_escalations(clinic_ids)
        .filter(state=State.OPEN)
        .exclude(pk__in=[row.id for row in shown])
    )
    rows = waiting.order_by("-severity", "waiting_since", "pk").values_list("pk", "level", "waiting_since")
    return tuple(
        WaitingBelow(pk, Level(level), since) for pk, level, since in rows[: statements.WAITING_LIMIT]
    )


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


def _unscored(clinic_ids: Collection[UUID]) -> int:
    return sum(count for _state, count in statements.waiting_to_be_scored(clinic_ids))


def _drills(user: User, clinic_ids: Collection[UUID]) -> tuple[DrillRow, ...]:
    found = statements.open_drills(clinic_ids)
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


def _counts(clinics: Iterable[Clinic]) -> Mapping[UUID, _Counts]:
    found: dict[UUID, _Counts] = defaultdict(_Counts)
    for clinic_id, level, state, is_set_aside, count in statements.counted([clinic.pk for clinic in clinics]):
        counts = found[clinic_id]
        if state == State.OPEN:
            counts.by_level[Level(level)] += count
        elif is_set_aside:
            counts.set_aside += count
        else:
            counts.handled += count
    return found


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
