"""Lowering the level of an escalation: only its holder may, with a reason, below urgent with an outcome."""

from datetime import datetime
from uuid import UUID

from clinic.models import Escalation, User
from clinic.models.escalation import EscalationEventKind as Kind
from clinic.models.escalation import Outcome
from clinic.rules.core.enums import Level
from clinic.rules.paging import ladder
from clinic.services.escalations import changes, outcomes
from clinic.services.escalations.leases import ReasonNeeded
from clinic.services.paging import chain
from clinic.services.patients import life_events


class NotLower(Exception):
    """The level is not below the present one, or there is no such level."""


def lower(
    *, escalation_id: UUID, by: User, level: str, reason: str, now: datetime, outcome: str = ""
) -> Escalation:
    """Lower it, down to watch at most. NotHolder, NotLower, ReasonNeeded, OutcomeNeeded, AnswerMissing.

    A worse report raises it again. Below urgent nobody is paged, so from there it asks for the same
    outcome and the same answers as closing.
    """
    with changes.answering(escalation_id, by) as (escalation, patient):
        changes.require_holder(escalation, by)
        if level not in ladder.lower_levels(Level(escalation.level)):
            raise NotLower
        if not reason.strip():
            raise ReasonNeeded
        outcomes.require_to_lower(escalation, to=Level(level), outcome=outcome)
        escalation.level, escalation.severity = Level(level), Level(level).rank
        changes.save_fields(escalation, "level", "severity", *changes.start_lease(escalation, now=now))
        if not ladder.pages_staff(Level(level)):
            chain.cancel(escalation=escalation, now=now)
        changes.add_event(
            escalation, Kind.LOWERED, now, by=by, text=reason.strip(), level=level, outcome=outcome
        )
        if outcome == Outcome.ADMITTED:
            life_events.admit_by_outcome(patient=patient, escalation=escalation, by=by, now=now)
        changes.publish(escalation, "escalation.lowered", by, now)
        return escalation
