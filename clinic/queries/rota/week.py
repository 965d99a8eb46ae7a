"""The rota as a calendar: one week of one clinic, who is on now, and what makes it up."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from clinic.access import Permission, can, choose_clinic
from clinic.models import Clinic, Shift, ShiftPattern, Staff, User, WeeklyTest
from clinic.models.rota import LayerName
from clinic.models.staff import Role
from clinic.queries.rota import on_call, shift_rows
from clinic.rules.rota import shifts
from clinic.rules.rota.shifts import A_DAY, Layer, ShiftSource, ShiftSpan

A_WEEK = timedelta(days=7)
# As far as the gap warning looks; clinic/services/rota/coverage.py.
AHEAD = timedelta(days=14)
# Beyond this nobody plans, and dates would run out of the calendar.
YEARS = 5


@dataclass(frozen=True)
class ShiftPiece:
    """Part of a shift on one day, or a gap where somebody must be; `name` is empty for a gap."""

    starts_at: datetime
    ends_at: datetime
    name: str
    is_mine: bool
    is_dated: bool
    is_certain: bool
    is_now: bool
    begins_before: bool
    ends_after: bool

    @property
    def is_gap(self) -> bool:
        return not self.name


@dataclass(frozen=True)
class RotaLayerDay:
    """One layer on one day."""

    layer: str
    label: str
    pieces: tuple[ShiftPiece, ...]


@dataclass(frozen=True)
class RotaDay:
    """One day of the week."""

    date: date
    is_today: bool
    layers: tuple[RotaLayerDay, ...]


@dataclass(frozen=True)
class OnLayerNow:
    """Who is on a layer now, until when (None: for two weeks and more); nobody where the layer is empty."""

    layer: str
    label: str
    staff: Staff | None
    until: datetime | None
    is_certain: bool
    must_be_filled: bool = False


@dataclass(frozen=True)
class ShiftCandidate:
    """One person who may be put on a shift, and whether they can be reached for certain."""

    id: int
    name: str
    role: str
    role_code: str
    phone: object
    verified_at: datetime | None
    tested_at: datetime | None
    is_certain: bool


@dataclass(frozen=True)
class RotaWeek:
    """What the rota page shows. Moments are in the clinic's zone."""

    clinic: Clinic
    clinics: tuple[Clinic, ...]
    monday: date
    days: tuple[RotaDay, ...]
    on_now: tuple[OnLayerNow, ...]
    standing: tuple[Staff, ...]
    order: on_call.PagingOrder
    gaps: tuple[shifts.Gap, ...]
    is_used: bool
    patterns: tuple[ShiftPattern, ...]
    dated: tuple[Shift, ...]
    people: tuple[ShiftCandidate, ...]
    may_edit: bool
    # Nobody is on any more and nobody will be: the clinic may say that it keeps no rota.
    has_run_out: bool = False
    last_test: WeeklyTest | None = None

    @property
    def several_clinics(self) -> bool:
        return len(self.clinics) > 1

    @property
    def sunday(self) -> date:
        return self.monday + 6 * A_DAY

    @property
    def previous(self) -> date:
        return self.monday - A_WEEK

    @property
    def next(self) -> date:
        return self.monday + A_WEEK

    @property
    def previous_month(self) -> date:
        return _first_of_month(self.monday.replace(day=1) - A_DAY)

    @property
    def next_month(self) -> date:
        return _first_of_month(self.monday.replace(day=28) + 4 * A_DAY)


def week(*, user: User, clinic_slug: str, day: str, now: datetime) -> RotaWeek:
    """The week of a day (ISO; this week when empty or unreadable) at one of the person's clinics.

    NotVisible: no such clinic for this person.
    """
    clinic, clinics = choose_clinic(user, clinic_slug, Permission.WATCH_CONSOLE)
    zone = ZoneInfo(clinic.time_zone)
    monday = _monday(day, now.astimezone(zone).date())
    start, end = _midnight(monday, zone), _midnight(monday + A_WEEK, zone)
    found = shift_rows.load(clinics=[clinic], start=min(start, now), end=max(end, now + AHEAD))[clinic.pk]
    may_edit = can(user, Permission.MANAGE_STAFF, clinic)
    patterns, dated = tuple(_patterns(clinic)), tuple(_dated(clinic, now))
    standing = on_call.standing_lists([clinic.pk]).get(clinic.pk, [])
    return RotaWeek(
        clinic=clinic,
        clinics=clinics,
        monday=monday,
        days=tuple(_days(clinic, found, monday, user, now)),
        on_now=tuple(_on_layers_now(clinic, found, now)),
        standing=tuple(standing),
        order=on_call.order_of(found, standing, at=now),
        gaps=tuple(_gaps(clinic, found, now)),
        is_used=found.is_used,
        patterns=patterns,
        dated=dated,
        # Whoever cannot be reached for certain is what an administrator has to mend.
        people=tuple(sorted(shift_candidates(clinic, now), key=lambda one: one.is_certain))
        if may_edit
        else (),
        may_edit=may_edit,
        has_run_out=found.is_used and not patterns and not dated,
        last_test=clinic.weekly_tests.order_by("-sent_at").first() if may_edit else None,
    )


def shift_candidates(clinic: Clinic, now: datetime) -> list[ShiftCandidate]:
    """Everybody at the clinic whose role answers alerts, by name."""
    rows = Staff.objects.filter(
        clinic=clinic, ended_at__isnull=True, user__is_active=True, role__in=[Role.NURSE, Role.PHYSICIAN]
    )
    return [
        ShiftCandidate(
            id=row.pk,
            name=row.user.name,
            role=row.get_role_display(),
            role_code=row.role,
            phone=row.phone,
            verified_at=row.phone_verified_at,
            tested_at=row.phone_tested_at,
            is_certain=on_call.is_covering(row, now),
        )
        for row in rows.select_related("user").order_by("user__name", "pk")
    ]


def roles_of_layer(layer: Layer) -> tuple[str, ...]:
    """Who may be on a layer: all of them act on alerts; the physician's layer is for physicians."""
    return (Role.PHYSICIAN,) if layer == Layer.PHYSICIAN else (Role.NURSE, Role.PHYSICIAN)


def shown_layers(clinic: Clinic, found: shift_rows.Rota) -> list[Layer]:
    """Layers that are used or must be filled."""
    return [layer for layer in Layer if layer in found.layers or layer in clinic.filled_layers]


def _days(
    clinic: Clinic, found: shift_rows.Rota, monday: date, user: User, now: datetime
) -> Iterable[RotaDay]:
    layers = shown_layers(clinic, found)
    today = now.astimezone(found.zone).date()
    for number in range(7):
        day = monday + number * A_DAY
        start, end = _midnight(day, found.zone), _midnight(day + A_DAY, found.zone)
        yield RotaDay(
            date=day,
            is_today=day == today,
            layers=tuple(
                RotaLayerDay(
                    layer,
                    str(LayerName(layer).label),
                    tuple(_pieces(clinic, found, layer, start, end, user, now)),
                )
                for layer in layers
            ),
        )


def _pieces(
    clinic: Clinic,
    found: shift_rows.Rota,
    layer: Layer,
    start: datetime,
    end: datetime,
    user: User,
    now: datetime,
) -> list[ShiftPiece]:
    """Shifts and, in a layer that must be filled, gaps that are not over yet; in order of time."""
    spans = found.timeline(layer, start - A_DAY, end + A_DAY)
    pieces = [
        _piece(found, span, start, end, user, now)
        for span in spans
        if span.starts_at < end and span.ends_at > start
    ]
    if layer in clinic.filled_layers and found.is_used:
        open_time = on_call.gaps(found, layer, start, end)
        pieces += [_gap(gap, now) for gap in open_time if gap.ends_at > now]
    return sorted(pieces, key=lambda piece: piece.starts_at)


def _piece(
    found: shift_rows.Rota, span: ShiftSpan, start: datetime, end: datetime, user: User, now: datetime
) -> ShiftPiece:
    staff = found.people[span.staff]
    return ShiftPiece(
        starts_at=span.starts_at,
        ends_at=span.ends_at,
        name=staff.user.name,
        is_mine=staff.user_id == user.pk,
        is_dated=span.source == ShiftSource.DATED,
        is_certain=on_call.is_covering(staff, now),
        is_now=max(span.starts_at, start) <= now < min(span.ends_at, end),
        begins_before=span.starts_at < start,
        ends_after=span.ends_at > end,
    )


def _gap(gap: shifts.Gap, now: datetime) -> ShiftPiece:
    return ShiftPiece(
        starts_at=gap.starts_at,
        ends_at=gap.ends_at,
        name="",
        is_mine=False,
        is_dated=False,
        is_certain=False,
        is_now=gap.starts_at <= now < gap.ends_at,
        begins_before=False,
        ends_after=False,
    )


def _on_layers_now(clinic: Clinic, found: shift_rows.Rota, now: datetime) -> Iterable[OnLayerNow]:
    on = {span.layer: span for span in found.on_at(now)}
    for layer in shown_layers(clinic, found) if found.is_used else ():
        span = on.get(layer)
        staff = found.people[span.staff] if span else None
        yield OnLayerNow(
            layer=layer,
            label=str(LayerName(layer).label),
            staff=staff,
            until=_until(found, span, now) if span else None,
            is_certain=bool(staff and on_call.is_covering(staff, now)),
            must_be_filled=layer in clinic.filled_layers,
        )


def _until(found: shift_rows.Rota, span: ShiftSpan, now: datetime) -> datetime | None:
    """The end of the time that this person is on without a break; None when it is two weeks and more."""
    ends_at = shifts.merged(found.timeline(span.layer, now, now + AHEAD))[0].ends_at
    return ends_at if ends_at < now + AHEAD else None


def _gaps(clinic: Clinic, found: shift_rows.Rota, now: datetime) -> Iterable[shifts.Gap]:
    for layer in on_call.filled_layers(clinic) if found.is_used else ():
        yield from on_call.gaps(found, layer, now, now + AHEAD)


def _patterns(clinic: Clinic) -> Iterable[ShiftPattern]:
    rows = ShiftPattern.objects.filter(clinic=clinic, ended_at__isnull=True).select_related("staff__user")
    return sorted(rows, key=lambda row: (list(Layer).index(Layer(row.layer)), row.weekdays, row.starts))


def _dated(clinic: Clinic, now: datetime) -> Iterable[Shift]:
    rows = Shift.objects.filter(clinic=clinic, cancelled_at__isnull=True, ends_at__gt=now)
    return rows.select_related("staff__user").order_by("starts_at", "pk")[:100]


def _monday(day: str, today: date) -> date:
    try:
        wanted = date.fromisoformat(day)
    except ValueError:
        wanted = today
    if abs(wanted.year - today.year) > YEARS:
        wanted = today
    return wanted - timedelta(days=wanted.weekday())


def _first_of_month(day: date) -> date:
    return day.replace(day=1)


def _midnight(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, tzinfo=zone).astimezone(UTC)
