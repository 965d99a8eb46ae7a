"""The rota of some clinics for a stretch of time, read in two queries and put as the rules want it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import cached_property
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, Q

from clinic.models import Clinic, Shift, ShiftPattern, Staff
from clinic.prepared import PreparedQuery
from clinic.rules.rota import shifts as rota
from clinic.rules.rota.shifts import DatedShift, Layer, ShiftSpan, WeeklyPattern


@dataclass(frozen=True)
class Rota:
    """Patterns and shifts of one clinic that may matter in a stretch of time, and the people in them."""

    clinic: Clinic
    zone: ZoneInfo
    patterns: tuple[WeeklyPattern, ...]
    dated: tuple[DatedShift, ...]
    people: dict[int, Staff]

    @cached_property
    def is_used(self) -> bool:
        """Whether somebody must be on: a rota that ran out is still one, until the clinic gives it up.

        A clinic that never had one pages its standing list and nobody else.
        """
        if self.clinic.rota_ended_at is not None:
            return False
        return bool(self.patterns or self.dated) or was_ever_used(self.clinic)

    @property
    def layers(self) -> tuple[Layer, ...]:
        """Layers in which somebody is ever on."""
        used = {one.layer for one in self.patterns} | {one.layer for one in self.dated}
        return tuple(layer for layer in Layer if layer in used)

    def without(self, staff_id: int) -> "Rota":
        """The same rota as if this person were on no shift."""
        return replace(
            self,
            patterns=tuple(one for one in self.patterns if one.staff != staff_id),
            dated=tuple(one for one in self.dated if one.staff != staff_id),
        )

    def timeline(self, layer: Layer, start: datetime, end: datetime) -> tuple[ShiftSpan, ...]:
        """Who is on the layer from start to end."""
        return rota.timeline(self.patterns, self.dated, layer, self.zone, start, end)

    def on_at(self, at: datetime) -> tuple[ShiftSpan, ...]:
        """Who is on at this moment, by layer."""
        found = (rota.on_shift_at(self.patterns, self.dated, layer, self.zone, at) for layer in Layer)
        return tuple(span for span in found if span)


def was_ever_used(clinic: Clinic) -> bool:
    """Whether anybody was ever put on a shift there that was not taken off again."""
    dated = Shift.objects.filter(clinic=clinic, cancelled_at__isnull=True)
    return ShiftPattern.objects.filter(clinic=clinic).exists() or dated.exists()


# No other clinic's person is ever paged here, by whatever door they came on the rota.
_weekly = PreparedQuery(
    lambda clinic_ids, ended_after, first_until: ShiftPattern.objects.filter(
        Q(ended_at__isnull=True) | Q(ended_at__gt=ended_after),
        clinic__in=clinic_ids,
        staff__clinic=F("clinic"),
        first_date__lte=first_until,
    ).select_related("staff__user", "staff__clinic"),
    list[UUID],
    datetime,
    date,
)
_dated = PreparedQuery(
    lambda clinic_ids, start, end: Shift.objects.filter(
        clinic__in=clinic_ids,
        staff__clinic=F("clinic"),
        cancelled_at__isnull=True,
        starts_at__lt=end,
        ends_at__gt=start,
    ).select_related("staff__user", "staff__clinic"),
    list[UUID],
    datetime,
    datetime,
)


def load(*, clinics: Iterable[Clinic], start: datetime, end: datetime) -> dict[UUID, Rota]:
    """The rotas of these clinics; two queries, however many clinics and people."""
    listed = list(clinics)
    clinic_ids = [clinic.pk for clinic in listed]
    patterns: dict[UUID, list[ShiftPattern]] = defaultdict(list)
    shifts: dict[UUID, list[Shift]] = defaultdict(list)
    # A pattern that ended since may still have a shift running.
    for pattern in _weekly(clinic_ids, start - rota.LONGEST_WEEKLY, end.date() + rota.A_DAY):
        patterns[pattern.clinic_id].append(pattern)
    for shift in _dated(clinic_ids, start, end):
        shifts[shift.clinic_id].append(shift)
    return {clinic.pk: _rota(clinic, patterns[clinic.pk], shifts[clinic.pk]) for clinic in listed}


def _rota(clinic: Clinic, patterns: list[ShiftPattern], shifts: list[Shift]) -> Rota:
    return Rota(
        clinic=clinic,
        zone=ZoneInfo(clinic.time_zone),
        patterns=tuple(_pattern(row) for row in patterns),
        dated=tuple(
            DatedShift(row.pk, row.staff_id, Layer(row.layer), row.starts_at, row.ends_at, row.staff.ended_at)
            for row in shifts
        ),
        people={row.staff_id: row.staff for row in patterns} | {row.staff_id: row.staff for row in shifts},
    )


def _pattern(row: ShiftPattern) -> WeeklyPattern:
    return WeeklyPattern(
        id=row.pk,
        staff=row.staff_id,
        layer=Layer(row.layer),
        weekdays=frozenset(row.weekdays),
        starts=row.starts,
        ends=row.ends,
        first=row.first_date,
        every_weeks=row.every_weeks,
        until=row.ended_at,
        leaves_at=row.staff.ended_at,
    )
