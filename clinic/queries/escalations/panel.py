"""One escalation with all that a nurse needs to act on it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from clinic.access import Permission, can, get_escalation
from clinic.models import Escalation, User
from clinic.models.escalation import EscalationState as State
from clinic.queries.core import staff_roles
from clinic.queries.escalations import history, holders, known
from clinic.queries.patients import care_team
from clinic.queries.patients.facts import PatientFacts, facts
from clinic.queries.reports import home_checks, household, listing, reasons
from clinic.queries.rota import on_call
from clinic.rules.core.enums import Level
from clinic.rules.paging import ladder

REPORTS_SHOWN = 5


@dataclass(frozen=True)
class AskableColleague:
    """Somebody who can be asked: `staff_id` names them at this clinic."""

    staff_id: int
    name: str
    role: str


@dataclass(frozen=True)
class Closing:
    """What closing asks: which of differing reports was confirmed, which mild findings are expected."""

    to_confirm: tuple[household.DifferingReport, ...]
    nameable: tuple[known.Nameable, ...]


@dataclass(frozen=True)
class EscalationPanel:
    """The panel at `at`; `version` is the escalation's own and changes with each act on it."""

    id: UUID
    at: datetime
    version: int
    level: Level
    state: str
    opened_at: datetime
    waiting_since: datetime
    age: timedelta
    taken_by: str
    taken_by_me: bool
    taken_at: datetime | None
    resolved_by: str
    resolved_at: datetime | None
    outcome: str
    resolution_note: str
    patient: PatientFacts
    reasons: tuple[reasons.ReasonLine, ...]
    reports: tuple[listing.ReportLine, ...]
    has_older_reports: bool
    caregivers: tuple[care_team.Caregiver, ...]
    on_call: on_call.PagingOrder
    history: tuple[history.HistoryLine, ...]
    may_act: bool
    needs_outcome: bool
    disagreements: tuple[household.DisagreementPair, ...]
    worries: tuple[household.WorrySummary, ...]
    home_checks: home_checks.HomeCheckSummary
    lease: holders.LeaseStatus
    colleagues: tuple[AskableColleague, ...]
    may_join: bool
    lower_levels: tuple[Level, ...]
    longest_snooze: timedelta
    nameable: tuple[known.Nameable, ...]
    expected: tuple[known.Expected, ...]

    @property
    def is_open(self) -> bool:
        return self.state == State.OPEN

    @property
    def is_resolved(self) -> bool:
        return self.state == State.RESOLVED

    @property
    def pages_staff(self) -> bool:
        """Whether its level pages people, so that closing or lowering it asks for an outcome."""
        return ladder.pages_staff(self.level)

    @property
    def reports_to_confirm(self) -> tuple[household.DifferingReport, ...]:
        """The reports of which closing asks which one was confirmed."""
        return household.unsettled(self.disagreements)

    @property
    def form_key(self) -> str:
        """Differs when the forms that fit this escalation differ."""
        nameable = " ".join(one.words for one in self.nameable)
        asked = f"{len(self.reports_to_confirm)} {len(self.worries)} {nameable}"
        return f"{self.state} {self.taken_by} {self.level} {self.lease.key} {asked}"


def panel(*, user: User, escalation_id: UUID, now: datetime) -> EscalationPanel:
    """The escalation with patient, reports, family and history; NotVisible (audited) otherwise."""
    row = get_escalation(user, escalation_id)
    taken_by, resolved_by = row.acknowledged_by, row.resolved_by
    row.patient.clinic = row.clinic
    worried = household.worries_of(escalation=row, now=now)
    hold = holders.of_escalations([row], user)[row.pk]
    role = staff_roles.role_at(user=user, clinic_id=row.clinic_id)
    level = Level(row.level)
    newest = listing.newest(patient=row.patient, language=user.language, size=REPORTS_SHOWN + 1)
    return EscalationPanel(
        id=row.pk,
        at=now,
        version=row.version,
        level=Level(row.level),
        state=row.state,
        opened_at=row.opened_at,
        waiting_since=row.waiting_since,
        age=max(now - row.waiting_since, timedelta(0)),
        taken_by=taken_by.name if taken_by else "",
        taken_by_me=taken_by == user,
        taken_at=row.acknowledged_at,
        resolved_by=resolved_by.name if resolved_by else "",
        resolved_at=row.resolved_at,
        outcome=row.get_outcome_display() if row.outcome else "",
        resolution_note=row.resolution_note,
        patient=facts(row.patient, now),
        reasons=reasons.of_escalations([row.pk], user.language).get(row.pk, ()),
        reports=newest[:REPORTS_SHOWN],
        has_older_reports=len(newest) > REPORTS_SHOWN,
        caregivers=care_team.caregivers(patient=row.patient, now=now),
        on_call=on_call.order_at(row.clinic, at=now),
        history=history.of_escalation(row),
        may_act=can(user, Permission.ACT_ON_ESCALATIONS, row.clinic_id),
        needs_outcome=ladder.pages_staff(level) or bool(worried),
        disagreements=household.disagreements_of(escalation=row),
        worries=worried,
        home_checks=home_checks.of_patient(patient=row.patient),
        lease=hold,
        colleagues=_colleagues(user, row),
        may_join=row.state == State.ACKNOWLEDGED and role in hold.owed,
        lower_levels=ladder.lower_levels(level),
        longest_snooze=ladder.longest_snooze(level),
        nameable=_nameable(row, user),
        expected=known.expected(row, user.language, now) if row.state == State.RESOLVED else (),
    )


def closing(*, user: User, escalation_id: UUID) -> Closing:
    """What closing asks about this escalation; NotVisible (audited) otherwise."""
    row = get_escalation(user, escalation_id)
    return Closing(household.unsettled(household.disagreements_of(escalation=row)), _nameable(row, user))


def _nameable(escalation: Escalation, user: User) -> tuple[known.Nameable, ...]:
    if escalation.state != State.ACKNOWLEDGED:
        return ()
    return known.nameable_in_words(escalation, user.language)


def _colleagues(user: User, escalation: Escalation) -> tuple[AskableColleague, ...]:
    found = staff_roles.colleagues(user=user, clinic_id=escalation.clinic_id)
    return tuple(AskableColleague(one.pk, one.user.name, one.get_role_display()) for one in found)
