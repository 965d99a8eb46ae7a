"""What is open about a patient, as their family may know it: since when, who has it, who called."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from django.db.models import Prefetch

from caregiver.queries.household.reports import name_and_role
from clinic.models import Escalation, EscalationEvent, Patient, User
from clinic.models.escalation import Cause, EscalationState
from clinic.models.escalation import EscalationEventKind as Kind
from clinic.queries.escalations.looks import first_told
from clinic.rules.core.enums import Level

_CALLS_FOR_STAFF = frozenset({Kind.OPENED, Kind.ROSE, Kind.WORSENED, Kind.REOPENED})


class Reason(StrEnum):
    """What a family knows of why it is open."""

    REPORT = "report"
    WORRY = "worry"
    SILENCE = "silence"
    # Begun and not sent; nobody at the clinic knows of it.
    DRAFT = "draft"


@dataclass(frozen=True)
class OpenAlert:
    """One patient's open escalation. Times are those of acts that have happened; None where they have not.

    `told_at`: a page has been taken by the phone company since it last waited for a person. `taken_by`: first
    name and role of whoever has it, where families may know a name. `called_at`: staff reached the family
    since; `unreached_at`: in vain.
    """

    level: Level
    reason: Reason
    since: datetime
    report_id: UUID | None = None
    told_at: datetime | None = None
    taken_at: datetime | None = None
    taken_by: str = ""
    called_at: datetime | None = None
    unreached_at: datetime | None = None

    @property
    def asks_for_check_in(self) -> bool:
        """Nobody has heard from them, and nobody has called: a check-in answers it as well as a call."""
        is_called = self.called_at is not None or self.unreached_at is not None
        return self.reason is Reason.SILENCE and not self.level.is_emergency and not is_called


def of_patients(patients: Iterable[Patient]) -> dict[UUID, OpenAlert]:
    """What is open of each, of any level. The queries do not grow with the patients."""
    events = EscalationEvent.objects.select_related("report").order_by("at", "pk")
    rows = (
        Escalation.objects.filter(patient__in=list(patients), is_drill=False)
        .exclude(state=EscalationState.RESOLVED)
        .select_related("acknowledged_by")
        .prefetch_related("acknowledged_by__staff_roles", Prefetch("events", queryset=events))
    )
    return {row.patient_id: _alert(row) for row in rows}


def with_told(alert: OpenAlert, patient: Patient) -> OpenAlert:
    """The same, with when staff were paged; two more queries."""
    row = (
        Escalation.objects.filter(patient=patient, is_drill=False)
        .exclude(state=EscalationState.RESOLVED)
        .first()
    )
    return replace(alert, told_at=first_told(row, since=row.waiting_since)) if row else alert


def _alert(row: Escalation) -> OpenAlert:
    events = list(row.events.all())
    asked_at = max((one.at for one in events if one.kind in _CALLS_FOR_STAFF), default=row.opened_at)
    told = [one for one in events if one.kind in _CALLS_FOR_STAFF]
    reports = [one.report_id for one in events if one.report_id is not None]
    taker = row.acknowledged_by
    return OpenAlert(
        level=Level(row.level),
        reason=_reason(told, has_report=bool(reports)),
        since=_since(row, events),
        report_id=reports[-1] if reports else None,
        taken_at=row.acknowledged_at,
        taken_by=_named(taker, row.clinic_id) if taker else "",
        called_at=_last(events, Kind.CALLED, asked_at),
        unreached_at=_unreached_at(events, asked_at),
    )


def _since(row: Escalation, events: list[EscalationEvent]) -> datetime:
    """Of a report when it came, as its own page says: the worker opens the alert a moment later."""
    opened_by = [one.report for one in events if one.kind == Kind.OPENED]
    return min([row.opened_at, *(report.received_at for report in opened_by if report)])


def _reason(told: list[EscalationEvent], *, has_report: bool) -> Reason:
    causes = {one.cause for one in told}
    if has_report or Cause.PHONE_LEVEL in causes:
        return Reason.REPORT
    return Reason.SILENCE if causes == {Cause.MISSED_CHECKIN} else Reason.WORRY


def _last(events: list[EscalationEvent], kind: Kind, since: datetime) -> datetime | None:
    return max((one.at for one in events if one.kind == kind and one.at >= since), default=None)


def _unreached_at(events: list[EscalationEvent], since: datetime) -> datetime | None:
    """The last call in vain, unless one since has reached them."""
    tried, reached = _last(events, Kind.CALLED_IN_VAIN, since), _last(events, Kind.CALLED, since)
    return tried if tried and (reached is None or reached < tried) else None


def _named(person: User, clinic_id: UUID) -> str:
    """A role alone begins no sentence."""
    known = name_and_role(person, clinic_id)
    return known if "," in known else ""
