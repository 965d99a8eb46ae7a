"""Lowering the level of an escalation: only its holder may, and always with a reason."""

from datetime import datetime
from uuid import UUID

from clinic.models import Escalation, User
from clinic.models.escalation import EscalationEventKind as Kind
from clinic.rules.core.enums import Level
from clinic.rules.paging import ladder
from clinic.services.escalations import changes
from clinic.services.escalations.leases import ReasonNeeded
from clinic.services.paging import chain


class NotLower(Exception):
    """The level is not below the present one, or there is no such level."""


def lower(*, escalation_id: UUID, by: User, level: str, reason: str, now: datetime) -> Escalation:
    """Lower it, down to watch at most. NotHolder, NotLower, ReasonNeeded.

    A worse report raises it again. Below urgent nobody is paged and no second role is owed.
    """
    with changes.acting_on(escalation_id, by) as escalation:
        changes.require_holder(escalation, by)
        if level not in ladder.lower_levels(Level(escalation.level)):
            raise NotLower
        if not reason.strip():
            raise ReasonNeeded
        escalation.level, escalation.severity = Level(level), Level(level).rank
        changes.save_fields(escalation, "level", "severity", *changes.start_lease(escalation, now=now))
        if not ladder.pages_staff(Level(level)):
            escalation.required_answers.filter(answered_at__isnull=True).delete()
            chain.cancel(escalation=escalation, now=now)
        changes.add_event(escalation, Kind.LOWERED, now, by=by, text=reason.strip(), level=level)
        changes.publish(escalation, "escalation.lowered", by, now)
        return escalation
