"""One line of the worklist: who, how serious, why, since when, who was paged, who has it.

However many lines are read, these are nine queries.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

from clinic.access import Permission, list_clinics_with
from clinic.models import Escalation, User
from clinic.models.escalation import EscalationState as State
from clinic.queries.escalations import holders
from clinic.queries.paging import pages
from clinic.queries.patients import look_alikes
from clinic.queries.reports import household, reasons
from clinic.queries.reports.reasons import LateReport
from clinic.rules.core.enums import Level
from clinic.rules.core.staffed_hours import deadline
from clinic.rules.paging import ladder
from clinic.rules.protocols.document.phases import day_of


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
    # Same day: staff are texted about what has waited so long.
    is_overdue: bool
    lease: holders.LeaseStatus
    is_test: bool = False
    # Two of the household reported different things, and nobody has said which is right.
    has_disagreement: bool = False
    mark: look_alikes.Mark | None = None
    # The last page that a provider took; None while nobody has been paged.
    paged: pages.LastPage | None = None

    @property
    def is_waiting(self) -> bool:
        return self.state == State.OPEN

    @property
    def is_set_aside(self) -> bool:
        return not self.is_waiting and self.lease.snoozed_until is not None

    @property
    def is_sounding(self) -> bool:
        """Urgent and emergency call out until somebody takes them."""
        return ladder.pages_staff(self.level)

    @property
    def is_unpaged(self) -> bool:
        """A page should have gone by now, and no provider has taken one."""
        return self.is_sounding and self.paged is None and self.age >= ladder.UNCONFIRMED_AFTER


def may_act(user: User) -> frozenset[UUID]:
    """The clinics at which this person takes escalations."""
    return frozenset(clinic.pk for clinic in list_clinics_with(user, Permission.ACT_ON_ESCALATIONS))


def rows_of(*, user: User, escalations: list[Escalation], now: datetime) -> list[WorklistRow]:
    """One for each, in their order. Needs `patient`, `clinic` and `acknowledged_by` loaded."""
    ids = [row.pk for row in escalations]
    fired = reasons.of_escalations(ids, user.language)
    acts_at = may_act(user)
    holds = holders.of_escalations(escalations, user)
    differs = household.with_unsettled(ids=ids)
    marks = look_alikes.marks_of(row.patient for row in escalations)
    paged = pages.last_taken(ids)
    rows = [
        _row(row, fired.get(row.pk, ()), holds[row.pk], row.clinic_id in acts_at, now) for row in escalations
    ]
    return [
        replace(
            row,
            has_disagreement=row.id in differs,
            mark=marks.get(row.patient_id),
            paged=_since_it_waits(row, paged.get(row.id)),
        )
        for row in rows
    ]


def _since_it_waits(row: WorklistRow, page: pages.LastPage | None) -> pages.LastPage | None:
    """Who was paged before it became worse was not paged for that."""
    return page if page and (not row.is_waiting or page.at >= row.waiting_since) else None


def _row(
    escalation: Escalation,
    fired: tuple[reasons.ReasonLine, ...],
    hold: holders.LeaseStatus,
    can_act: bool,
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
        can_take=can_act and escalation.state == State.OPEN,
        age=max(now - escalation.waiting_since, timedelta(0)),
        is_overdue=_is_overdue(escalation, now),
        lease=hold,
        is_test=patient.is_synthetic,
    )


def _is_overdue(escalation: Escalation, now: datetime) -> bool:
    """Whether a same-day alert has waited past the clinic's limit in staffed hours, as its text counts it."""
    if escalation.state != State.OPEN or escalation.level != Level.SAME_DAY:
        return False
    limit = timedelta(minutes=ladder.stored_rung(escalation.ladder, Level.SAME_DAY).text_minutes)
    return deadline(escalation.clinic.opening, escalation.waiting_since, limit) <= now
