"""One person's own shifts, swaps, tests and numbers; for their page and for their calendar."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Q

from clinic.access import own_roles
from clinic.models import CalendarFeed, PagerDrill, PhoneCode, ShiftNotice, ShiftSwap, Staff, User
from clinic.models.rota import LayerName, SwapState
from clinic.queries.rota import on_call, shift_rows, week
from clinic.rules.rota.icalendar import Event
from clinic.rules.rota.shifts import A_DAY, Layer, ShiftSpan

SHOWN_AHEAD = timedelta(days=28)
# So that a shift which runs already is not taken for one that begins then.
JUST_BEFORE = timedelta(minutes=1)
# A calendar also keeps what was, for as long as people look back.
FEED_BACK, FEED_AHEAD = timedelta(days=28), timedelta(days=84)


@dataclass(frozen=True)
class MyShift:
    """One shift of mine; moments in the clinic's zone, which is the one the rota is written in."""

    staff_id: int
    clinic_name: str
    layer: str
    label: str
    starts_at: datetime
    ends_at: datetime
    is_now: bool
    asked: str = ""
    clinic_slug: str = ""

    @property
    def code(self) -> str:
        """The beginning, as addresses and forms carry it."""
        return f"{self.starts_at.astimezone(UTC):%Y%m%dT%H%MZ}"

    @property
    def may_hand_over(self) -> bool:
        return not self.is_now and not self.asked

    @property
    def may_hand_over_now(self) -> bool:
        return self.is_now and not self.asked


@dataclass(frozen=True)
class AskedShift:
    """A shift that a colleague asks me to take, in the clinic's zone.

    `hours_on_end`: so long I would be on call without a pause, with shifts of my own that meet it; 0 where
    none does.
    """

    swap: ShiftSwap
    starts_at: datetime
    ends_at: datetime
    hours_on_end: int


@dataclass(frozen=True)
class MyNumber:
    """The number on which I am paged for one clinic."""

    staff: Staff
    is_certain: bool
    code_pending: bool


@dataclass(frozen=True)
class MyShiftsOverview:
    """Everything on the page of my shifts."""

    shifts: tuple[MyShift, ...]
    numbers: tuple[MyNumber, ...]
    notices: tuple[ShiftNotice, ...]
    test_pages: tuple[PagerDrill, ...]
    to_answer: tuple[AskedShift, ...]
    asked: tuple[ShiftSwap, ...]
    feed: CalendarFeed | None
    several_clinics: bool


def overview(*, user: User, now: datetime) -> MyShiftsOverview:
    """My next four weeks and what waits for my answer."""
    roles = list(own_roles(user).select_related("clinic", "user").order_by("clinic__name"))
    swaps = list(_open_swaps(roles, now))
    mine = {role.pk for role in roles}
    asked = {(s.from_staff_id, s.layer, s.starts_at): s for s in swaps if s.from_staff_id in mine}
    own = _own_shifts(roles, now - A_DAY, now + SHOWN_AHEAD + A_DAY)
    return MyShiftsOverview(
        shifts=tuple(
            _shift(role, span, now, asked)
            for role, span in own
            if span.ends_at > now and span.starts_at < now + SHOWN_AHEAD
        ),
        numbers=tuple(_number(role, now) for role in roles),
        notices=tuple(
            ShiftNotice.objects.filter(
                staff__in=roles, confirmed_at__isnull=True, ends_at__gt=now
            ).select_related("clinic")
        ),
        test_pages=tuple(
            PagerDrill.objects.filter(
                staff__in=roles, answered_at__isnull=True, sent_at__gt=now - 14 * A_DAY
            ).select_related("staff__clinic")
        ),
        to_answer=tuple(
            _asked_shift(swap, [span for _role, span in own]) for swap in swaps if swap.to_staff_id in mine
        ),
        asked=tuple(asked.values()),
        feed=CalendarFeed.objects.filter(user=user, revoked_at__isnull=True).first(),
        several_clinics=len(roles) > 1,
    )


def calendar_events(*, user: User, now: datetime) -> tuple[Event, ...]:
    """My shifts as calendar events: the layer and the clinic, nothing about any patient."""
    roles = list(own_roles(user).select_related("clinic", "user"))
    # A day more at both ends, so that no shift is cut where the calendar begins or ends.
    spans = _own_shifts(roles, now - FEED_BACK - A_DAY, now + FEED_AHEAD + A_DAY)
    return tuple(
        Event(
            uid=f"{span.source}-{span.source_id}-{span.starts_at:%Y%m%dT%H%M}@rota",
            starts_at=span.starts_at,
            ends_at=span.ends_at,
            title=f"{role.clinic.sms_brand}: {LayerName(span.layer).label}",
        )
        for role, span in spans
        if span.ends_at > now - FEED_BACK and span.starts_at < now + FEED_AHEAD
    )


def shift_to_hand_over(
    *, user: User, staff_id: int, layer: str, starts_at: datetime, now: datetime
) -> tuple[MyShift, list[week.ShiftCandidate]] | None:
    """One of my coming shifts and the colleagues who might take it; None when it is not mine."""
    roles = list(own_roles(user).filter(pk=staff_id).select_related("clinic", "user"))
    for role, span in _own_shifts(roles, starts_at - JUST_BEFORE, starts_at + SHOWN_AHEAD):
        if (span.layer, span.starts_at) == (layer, starts_at) and starts_at > now:
            others = [one for one in week.shift_candidates(role.clinic, now) if one.id != role.pk]
            return _shift(role, span, now, {}), others
    return None


def _own_shifts(roles: Iterable[Staff], start: datetime, end: datetime) -> list[tuple[Staff, ShiftSpan]]:
    listed = list(roles)
    rotas = shift_rows.load(clinics=[role.clinic for role in listed], start=start, end=end)
    found = [
        (role, span)
        for role in listed
        for layer in Layer
        for span in rotas[role.clinic_id].timeline(layer, start, end)
        if span.staff == role.pk
    ]
    return sorted(found, key=lambda pair: pair[1].starts_at)


def _shift(
    role: Staff, span: ShiftSpan, now: datetime, asked: dict[tuple[int, str, datetime], ShiftSwap]
) -> MyShift:
    zone = ZoneInfo(role.clinic.time_zone)
    swap = asked.get((role.pk, str(span.layer), span.starts_at))
    return MyShift(
        staff_id=role.pk,
        clinic_name=role.clinic.name,
        layer=span.layer,
        label=str(LayerName(span.layer).label),
        starts_at=span.starts_at.astimezone(zone),
        ends_at=span.ends_at.astimezone(zone),
        is_now=span.starts_at <= now < span.ends_at,
        asked=swap.to_staff.user.name if swap else "",
        clinic_slug=role.clinic.slug,
    )


def _asked_shift(swap: ShiftSwap, own: list[ShiftSpan]) -> AskedShift:
    """With how long I would be on call on end: own shifts that meet it, and those that meet them."""
    starts_at, ends_at = swap.starts_at, swap.ends_at
    for span in own:
        if span.starts_at <= ends_at < span.ends_at:
            ends_at = span.ends_at
    for span in reversed(own):
        if span.starts_at < starts_at <= span.ends_at:
            starts_at = span.starts_at
    zone = ZoneInfo(swap.clinic.time_zone)
    meets = (starts_at, ends_at) != (swap.starts_at, swap.ends_at)
    return AskedShift(
        swap=swap,
        starts_at=swap.starts_at.astimezone(zone),
        ends_at=swap.ends_at.astimezone(zone),
        hours_on_end=round((ends_at - starts_at).total_seconds() / 3600) if meets else 0,
    )


def _number(role: Staff, now: datetime) -> MyNumber:
    pending = PhoneCode.objects.filter(staff=role, used_at__isnull=True, expires_at__gt=now).exists()
    return MyNumber(staff=role, is_certain=on_call.is_covering(role, now), code_pending=pending)


def _open_swaps(roles: list[Staff], now: datetime) -> Iterable[ShiftSwap]:
    rows = ShiftSwap.objects.filter(
        Q(from_staff__in=roles) | Q(to_staff__in=roles), state=SwapState.ASKED, ends_at__gt=now
    )
    return rows.select_related("clinic", "from_staff__user", "to_staff__user").order_by("starts_at")
