"""Makes and ends shifts. Only people who can be reached for certain fill one."""

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction

from clinic.access import Permission, get_shift, get_shift_pattern, require
from clinic.models import Clinic, Shift, ShiftPattern, Staff, User
from clinic.models.rota import LayerName
from clinic.queries.rota import on_call
from clinic.queries.rota.week import roles_of_layer
from clinic.rules.rota.shifts import Layer
from clinic.services.core import audit, live
from clinic.services.rota import coverage

# A wrong year or month would leave a layer with one person for good.
LONGEST_SHIFT = timedelta(days=14)
FURTHEST_AHEAD = timedelta(days=366)


class NotReachable(Exception):
    """The person has not proven their number, or has not answered a test on it lately."""


class WrongRole(Exception):
    """The person's role is not one for this layer, or has ended, or is at another clinic."""


class BadTimes(Exception):
    """Ends before it begins, is over already, or is too long or too far away."""


class ShiftsLeft(Exception):
    """Somebody is still on a shift that is running or to come."""


@dataclass(frozen=True)
class WeeklyTimes:
    """On which weekdays (0 is Monday), from when to when by the clinic's clock, from which day on."""

    weekdays: tuple[int, ...]
    starts: time
    ends: time
    first_date: date
    every_weeks: int = 1


@transaction.atomic
def add_pattern(
    *, clinic: Clinic, staff: Staff, layer: str, times: WeeklyTimes, by: User, now: datetime
) -> ShiftPattern:
    """A shift of every week. NotAllowed, WrongRole, NotReachable, BadTimes."""
    require(by, Permission.MANAGE_STAFF, clinic)
    require_eligible(clinic=clinic, staff=staff, layer=layer, now=now)
    if not times.weekdays or times.first_date > (now + FURTHEST_AHEAD).date():
        raise BadTimes
    row = ShiftPattern.objects.create(
        clinic=clinic,
        staff=staff,
        layer=layer,
        weekdays=sorted(set(times.weekdays)),
        starts=times.starts,
        ends=times.ends,
        first_date=times.first_date,
        every_weeks=times.every_weeks,
        created_at=now,
        created_by=by,
    )
    _begin_rota(clinic)
    _follow_up_change(clinic, "shift_pattern.added", row.pk, by, now, staff=staff.pk, layer=layer)
    return row


def end_pattern(*, pattern_id: int, by: User, now: datetime) -> None:
    """End a weekly pattern: no new shift begins; a running one ends as planned. NotVisible, NotAllowed."""
    row = get_shift_pattern(by, pattern_id)
    require(by, Permission.MANAGE_STAFF, row.clinic_id)
    with transaction.atomic():
        if ShiftPattern.objects.filter(pk=row.pk, ended_at__isnull=True).update(ended_at=now, ended_by=by):
            _follow_up_change(
                row.clinic, "shift_pattern.ended", row.pk, by, now, staff=row.staff_id, layer=row.layer
            )


@transaction.atomic
def add_shift(
    *,
    clinic: Clinic,
    staff: Staff,
    layer: str,
    starts_at: datetime,
    ends_at: datetime,
    by: User,
    now: datetime,
) -> Shift:
    """One shift with a date, over whatever the week says. NotAllowed, WrongRole, NotReachable, BadTimes."""
    require(by, Permission.MANAGE_STAFF, clinic)
    require_eligible(clinic=clinic, staff=staff, layer=layer, now=now)
    long = ends_at - starts_at > LONGEST_SHIFT or starts_at > now + FURTHEST_AHEAD
    if not starts_at < ends_at or ends_at <= now or long:
        raise BadTimes
    row = Shift.objects.create(
        clinic=clinic,
        staff=staff,
        layer=layer,
        starts_at=starts_at,
        ends_at=ends_at,
        created_at=now,
        created_by=by,
    )
    _begin_rota(clinic)
    _follow_up_change(clinic, "shift.added", row.pk, by, now, staff=staff.pk, layer=layer)
    return row


def cancel_shift(*, shift_id: int, by: User, now: datetime) -> None:
    """Take a shift with a date back: the week holds again. NotVisible, NotAllowed."""
    row = get_shift(by, shift_id)
    require(by, Permission.MANAGE_STAFF, row.clinic_id)
    with transaction.atomic():
        rows = Shift.objects.filter(pk=row.pk, cancelled_at__isnull=True)
        if rows.update(cancelled_at=now, cancelled_by=by):
            _follow_up_change(
                row.clinic, "shift.cancelled", row.pk, by, now, staff=row.staff_id, layer=row.layer
            )


@transaction.atomic
def set_filled_layers(*, clinic: Clinic, layers: list[str], by: User, now: datetime) -> None:
    """Which layers must have somebody at every minute; the primary one always. NotAllowed."""
    require(by, Permission.MANAGE_STAFF, clinic)
    wanted = [layer for layer in LayerName.values if layer in layers or layer == LayerName.PRIMARY]
    clinic.filled_layers = wanted
    clinic.save(update_fields=["filled_layers"])
    _follow_up_change(clinic, "rota.layers_set", clinic.pk, by, now, layers=wanted)


@transaction.atomic
def end_rota(*, clinic: Clinic, by: User, now: datetime) -> None:
    """Keep no rota any more: pages go down the standing list, and no shift is missing.

    The next shift that is made begins a rota again. NotAllowed, ShiftsLeft.
    """
    require(by, Permission.MANAGE_STAFF, clinic)
    weekly = ShiftPattern.objects.filter(clinic=clinic, ended_at__isnull=True)
    dated = Shift.objects.filter(clinic=clinic, cancelled_at__isnull=True, ends_at__gt=now)
    if weekly.exists() or dated.exists():
        raise ShiftsLeft
    clinic.rota_ended_at = now
    clinic.save(update_fields=["rota_ended_at"])
    _follow_up_change(clinic, "rota.ended", clinic.pk, by, now)


def require_eligible(*, clinic: Clinic, staff: Staff, layer: str, now: datetime) -> None:
    """WrongRole or NotReachable, unless the person may be put on this layer."""
    fits = staff.clinic_id == clinic.pk and staff.role in roles_of_layer(Layer(layer))
    if not fits or staff.ended_at is not None or not staff.user.is_active:
        raise WrongRole
    if not on_call.is_covering(staff, now):
        raise NotReachable


def _begin_rota(clinic: Clinic) -> None:
    if clinic.rota_ended_at is not None:
        clinic.rota_ended_at = None
        clinic.save(update_fields=["rota_ended_at"])


def _follow_up_change(
    clinic: Clinic, action: str, subject_id: object, by: User, now: datetime, **detail: object
) -> None:
    audit.record(
        action=action,
        by=by,
        now=now,
        clinic_id=clinic.pk,
        subject_type=action.split(".")[0],
        subject_id=subject_id,
        detail=detail,
    )
    coverage.check_clinic(clinic=clinic, now=now)
    live.publish_change(clinic_id=clinic.pk, kind="rota", ref=clinic.slug, level=None, now=now)
