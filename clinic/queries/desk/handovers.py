"""Shift handovers: the sheet before it is given, one that was given, and those that wait for signatures."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from uuid import UUID

from django.db.models import Count, Q
from phonenumber_field.phonenumber import PhoneNumber

from clinic.access import (
    Permission,
    can,
    choose_clinic,
    clinics_with,
    get_handover,
    handovers_visible_to,
    own_roles,
)
from clinic.models import Clinic, Escalation, Handover, HandoverItem, Staff, User
from clinic.models.checkin import CheckinState
from clinic.models.escalation import EscalationState
from clinic.models.handover import HandoverState, LineKind, SignedAs
from clinic.prepared import PreparedQuery
from clinic.queries.core import staff_roles
from clinic.queries.desk import handover_lines
from clinic.queries.desk.handover_lines import HandoverLine
from clinic.queries.patients import look_alikes
from clinic.queries.reports import reasons
from clinic.queries.rota import on_call, shift_rows
from clinic.rules.core.enums import Level
from clinic.rules.rota import shifts

# The console asks whether to hand over from this long before a shift ends until this long after.
ASKED_BEFORE = timedelta(minutes=45)
ASKED_AFTER = timedelta(minutes=60)
# As far as a shift is followed to its end.
FOLLOWED = timedelta(days=2)
PAST_SHOWN = 50


@dataclass(frozen=True)
class LineGroup:
    """One kind of lines under its heading."""

    kind: str
    title: str
    lines: tuple["HandoverLine | SheetLine", ...]


@dataclass(frozen=True)
class HandoverRecipient:
    """Who may take over, and where they stand among those who are paged at this moment.

    `is_proposed`: paged first once the giver's shift has ended.
    """

    staff_id: int
    name: str
    role: str
    is_proposed: bool
    is_on_call: bool
    is_next_in_line: bool
    # When the rota puts them first, after whoever is now.
    on_call_from: datetime | None


@dataclass(frozen=True)
class HandoverDraft:
    """The sheet as it would be given now."""

    clinic: Clinic
    clinics: tuple[Clinic, ...]
    lines: tuple[HandoverLine, ...]
    colleagues: tuple[HandoverRecipient, ...]
    shift_ends_at: datetime | None
    # The person's sheet that is still open; there is one at a time.
    open_id: UUID | None

    @property
    def groups(self) -> tuple[LineGroup, ...]:
        return _parts(self.lines)


@dataclass(frozen=True)
class SheetLine:
    """A line of a sheet that was given, as things stood then, and what has become of it."""

    id: int
    line: HandoverLine
    note: str
    signed_by: str
    signed_at: datetime | None
    signed_as: str
    # Without a signature: the escalation was closed, the family phoned, a report came in.
    ended_at: datetime | None
    # What a signature would do now: SignedAs.
    effect: str

    @property
    def kind(self) -> LineKind:
        return self.line.kind

    @property
    def is_settled(self) -> bool:
        return self.signed_at is not None or self.ended_at is not None


@dataclass(frozen=True)
class HandoverSheet:
    """One handover at `at`."""

    id: UUID
    at: datetime
    clinic_name: str
    given_by: str
    given_to: str
    given_to_phone: PhoneNumber | None
    given_at: datetime
    due_at: datetime
    lead_paged_at: datetime | None
    state: str
    closed_at: datetime | None
    lines: tuple[SheetLine, ...]
    by_me: bool
    to_me: bool
    may_sign: bool

    @property
    def groups(self) -> tuple[LineGroup, ...]:
        return _parts(self.lines)

    @property
    def is_open(self) -> bool:
        return self.state == HandoverState.OPEN

    @property
    def is_withdrawn(self) -> bool:
        return self.state == HandoverState.WITHDRAWN

    @property
    def unsigned(self) -> int:
        return sum(not line.is_settled for line in self.lines)

    @property
    def is_late(self) -> bool:
        return self.is_open and self.unsigned > 0 and self.at >= self.due_at


@dataclass(frozen=True)
class UnsignedHandover:
    """A handover with lines that nobody has signed."""

    id: UUID
    clinic_name: str
    given_by: str
    given_to: str
    given_at: datetime
    unsigned: int
    by_me: bool
    to_me: bool
    is_late: bool


@dataclass(frozen=True)
class PastHandover:
    """One handover of the list of past ones."""

    id: UUID
    clinic_name: str
    given_by: str
    given_to: str
    given_at: datetime
    state: str
    lines: int


@dataclass(frozen=True)
class HandoverOverview:
    """The page of handovers."""

    waiting: tuple[UnsignedHandover, ...]
    past: tuple[PastHandover, ...]
    may_give: bool
    several_clinics: bool


def overview(*, user: User, now: datetime) -> HandoverOverview:
    """What waits for signatures at the person's clinics, and the last sheets."""
    clinics = list(clinics_with(user, Permission.VIEW_PATIENTS))
    rows = handovers_visible_to(user).select_related("clinic", "given_by", "given_to__user")
    closed = rows.exclude(state=HandoverState.OPEN).annotate(lines=Count("items"))
    return HandoverOverview(
        waiting=unsigned_handovers(user=user, clinics=clinics, now=now),
        past=tuple(
            PastHandover(
                id=row.pk,
                clinic_name=row.clinic.name,
                given_by=row.given_by.name,
                given_to=row.given_to.user.name,
                given_at=row.given_at,
                state=row.state,
                lines=vars(row)["lines"],
            )
            for row in closed.order_by("-given_at", "pk")[:PAST_SHOWN]
        ),
        may_give=clinics_with(user, Permission.ACT_ON_ESCALATIONS).exists(),
        several_clinics=len(clinics) > 1,
    )


def draft(*, user: User, clinic_slug: str, now: datetime) -> HandoverDraft:
    """The sheet that this person would give now; NotVisible (audited) where they answer no alerts."""
    clinic, clinics = choose_clinic(user, clinic_slug, Permission.ACT_ON_ESCALATIONS)
    role = own_roles(user).select_related("user", "clinic").get(clinic=clinic)
    ends_at = shift_end(role, now)
    open_one = Handover.objects.filter(clinic=clinic, given_by=user, state=HandoverState.OPEN)
    return HandoverDraft(
        clinic=clinic,
        clinics=clinics,
        lines=handover_lines.open_lines(clinic=clinic, language=user.language, now=now),
        colleagues=_colleagues(user, clinic, now=now, ends_at=max(ends_at or now, now)),
        shift_ends_at=ends_at,
        open_id=open_one.values_list("pk", flat=True).first(),
    )


def sheet(*, user: User, handover_id: UUID, now: datetime) -> HandoverSheet:
    """One handover with its lines; NotVisible (audited) otherwise."""
    row = get_handover(user, handover_id)
    items = HandoverItem.objects.filter(handover=row).select_related(
        "patient", "escalation", "alarm", "checkin__report", "held_by", "signed_by"
    )
    listed = list(items.order_by("position").defer("checkin__report__answers"))
    ids = [item.escalation_id for item in listed if item.escalation_id]
    fired = reasons.of_escalations(ids, user.language, until=row.given_at)
    marks = look_alikes.marks_of(item.patient for item in listed)
    phones = handover_lines.family_phones(item.patient_id for item in listed)
    return HandoverSheet(
        id=row.pk,
        at=now,
        clinic_name=row.clinic.name,
        given_by=row.given_by.name,
        given_to=row.given_to.user.name,
        given_to_phone=row.given_to.phone,
        given_at=row.given_at,
        due_at=row.due_at,
        lead_paged_at=row.lead_paged_at,
        state=row.state,
        closed_at=row.closed_at,
        lines=tuple(
            replace(one, line=replace(one.line, family=phones.get(one.line.patient_id, ())))
            for one in (_signed_line(item, row, fired, marks.get(item.patient_id), now) for item in listed)
        ),
        by_me=row.given_by_id == user.pk,
        to_me=row.given_to.user_id == user.pk,
        may_sign=row.state == HandoverState.OPEN
        and row.given_by_id != user.pk
        and can(user, Permission.ACT_ON_ESCALATIONS, row.clinic_id),
    )


def unsigned_handovers(
    *, user: User, clinics: Iterable[Clinic], now: datetime
) -> tuple[UnsignedHandover, ...]:
    """Handovers of these clinics with lines that nobody has signed, the oldest first; one query."""
    return tuple(
        UnsignedHandover(
            id=row.pk,
            clinic_name=row.clinic.name,
            given_by=row.given_by.name,
            given_to=row.given_to.user.name,
            given_at=row.given_at,
            unsigned=vars(row)["unsigned"],
            by_me=row.given_by_id == user.pk,
            to_me=row.given_to.user_id == user.pk,
            is_late=now >= row.due_at,
        )
        for row in _unsigned_at([clinic.pk for clinic in clinics])
    )


_unsigned_at = PreparedQuery(
    lambda clinic_ids: (
        Handover.objects.filter(clinic__in=clinic_ids, state=HandoverState.OPEN)
        .select_related("clinic", "given_by", "given_to__user")
        .annotate(unsigned=Count("items", filter=unsettled("items__")))
        .filter(unsigned__gt=0)
        .order_by("given_at", "pk")
    ),
    list[UUID],
)


def shift_end_to_hand_over(*, user: User, now: datetime) -> datetime | None:
    """When the person's shift ends or ended, from 45 minutes before until they have handed over.

    None at other times, and an hour after.
    """
    ends = [shift_end(role, now) for role in own_roles(user).select_related("clinic", "user")]
    near = [end for end in ends if end and now - ASKED_AFTER <= end <= now + ASKED_BEFORE]
    if not near:
        return None
    given = Handover.objects.filter(given_by=user, given_at__gte=min(near) - ASKED_BEFORE)
    return None if given.exclude(state=HandoverState.WITHDRAWN).exists() else min(near)


def shift_end(role: Staff, now: datetime) -> datetime | None:
    """When the shift ends that this person is on, or was on an hour ago; None without one."""
    found = shift_rows.load(clinics=[role.clinic], start=now - ASKED_AFTER, end=now + FOLLOWED)
    of_clinic = found[role.clinic_id]
    spans = [
        span
        for layer in of_clinic.layers
        for span in shifts.merged(of_clinic.timeline(layer, now - ASKED_AFTER, now + FOLLOWED))
        if span.staff == role.pk and span.starts_at <= now and span.ends_at < now + FOLLOWED
    ]
    return max((span.ends_at for span in spans), default=None)


def unsettled(prefix: str = "") -> Q:
    """Lines that nobody has signed and whose escalation, alarm or check-in is still open."""
    goes_on = (
        Q(**{f"{prefix}escalation__state__in": [EscalationState.OPEN, EscalationState.ACKNOWLEDGED]})
        | Q(**{f"{prefix}alarm__isnull": False, f"{prefix}alarm__cleared_at__isnull": True})
        | Q(**{f"{prefix}checkin__state": CheckinState.PLANNED})
    )
    return goes_on & Q(**{f"{prefix}signed_at__isnull": True, f"{prefix}ended_at__isnull": True})


def ended_at(item: HandoverItem, now: datetime) -> datetime | None:
    """When the line's escalation, alarm or check-in ended; None while it is open. Needs it loaded."""
    if item.escalation:
        return item.escalation.resolved_at
    if item.alarm:
        return item.alarm.cleared_at
    if item.checkin is None or item.checkin.state == CheckinState.PLANNED:
        return None
    return item.checkin.report.received_at if item.checkin.report else now


def signature_effect(escalation: Escalation | None, giver_id: UUID) -> SignedAs:
    """What a signature would do now. A line without an escalation has no holder, as an open one has none."""
    if escalation is None or escalation.state == EscalationState.OPEN:
        return SignedAs.TOOK
    return SignedAs.MOVED if escalation.acknowledged_by_id == giver_id else SignedAs.KNOWS


def _colleagues(
    user: User, clinic: Clinic, *, now: datetime, ends_at: datetime
) -> tuple[HandoverRecipient, ...]:
    """The one who is paged first when the giver's shift has ended stands first."""
    found = staff_roles.colleagues(user=user, clinic_id=clinic.pk)
    known = {one.pk for one in found}
    then = on_call.staff_in_order(clinic.pk, ends_at)
    proposed = next((one.pk for one in then if one.pk in known), None)
    order = on_call.order_at(clinic, at=now)
    in_line = [one.staff_id for one in order.in_order]
    relief = order.relief
    people = [
        HandoverRecipient(
            staff_id=one.pk,
            name=one.user.name,
            role=one.get_role_display(),
            is_proposed=one.pk == proposed,
            is_on_call=in_line[:1] == [one.pk],
            is_next_in_line=in_line[1:2] == [one.pk],
            on_call_from=relief.at if relief and relief.person.staff_id == one.pk else None,
        )
        for one in found
    ]
    return tuple(sorted(people, key=lambda one: not one.is_proposed))


def _signed_line(
    item: HandoverItem,
    row: Handover,
    fired: dict[UUID, tuple[reasons.ReasonLine, ...]],
    mark: look_alikes.Mark | None,
    now: datetime,
) -> SheetLine:
    is_open = row.state == HandoverState.OPEN
    over = ended_at(item, now) if is_open and item.signed_at is None else None
    why = fired.get(item.escalation_id, ()) if item.escalation_id else ()
    return SheetLine(
        id=item.pk,
        line=HandoverLine(
            kind=LineKind(item.kind),
            patient_id=item.patient_id,
            patient_name=item.patient.full_name,
            birth_date=item.patient.birth_date,
            day=handover_lines.day_of_patient(item.patient, row.given_at),
            since=item.since,
            level=Level(item.level) if item.level else None,
            state=item.state,
            held_by_id=item.held_by_id,
            held_by=item.held_by.name if item.held_by else "",
            reasons=tuple(reason.why for reason in why[: reasons.REASONS_SHOWN]),
            waits_for=handover_lines.matters_from_json(item.waits_for),
            escalation_id=item.escalation_id,
            alarm_id=item.alarm_id,
            checkin_id=item.checkin_id,
            mark=mark,
        ),
        note=item.note,
        signed_by=item.signed_by.name if item.signed_by else "",
        signed_at=item.signed_at,
        signed_as=item.signed_as,
        ended_at=item.ended_at or over,
        effect=signature_effect(item.escalation, row.given_by_id),
    )


def _parts(lines: Iterable[HandoverLine | SheetLine]) -> tuple[LineGroup, ...]:
    return tuple(
        LineGroup(kind, str(LineKind(kind).label), tuple(some))
        for kind, some in groupby(lines, key=lambda line: line.kind)
    )
