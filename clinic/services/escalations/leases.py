"""An acknowledgement is a lease: work on the escalation renews it; without any it expires and pages again.

Setting it aside is a lease with an end and a reason. Both ends are rows: a worker that was down at that
moment finds them when it is back.
"""

import logging
from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic.models import Escalation, User
from clinic.models.escalation import EscalationEventKind as Kind
from clinic.models.escalation import EscalationState as State
from clinic.rules.core.enums import Level
from clinic.rules.paging import ladder
from clinic.services.escalations import changes
from clinic.services.paging import chain

logger = logging.getLogger(__name__)


class ReasonNeeded(Exception):
    """This needs a reason in words."""


class SnoozeTooLong(Exception):
    """It cannot be set aside for so long, or to a time that is past: `longest` is a timedelta."""

    def __init__(self, level: Level) -> None:
        super().__init__(level)
        self.longest = ladder.longest_snooze(level)


def renew(*, escalation_id: UUID, by: User, now: datetime) -> Escalation:
    """Start the holder's lease anew, and end a snooze. NotHolder."""
    with changes.acting_on(escalation_id, by) as escalation:
        changes.require_holder(escalation, by)
        changes.save_fields(escalation, *changes.start_lease(escalation, now=now))
        changes.publish(escalation, "escalation.renewed", by, now)
        return escalation


def snooze(*, escalation_id: UUID, by: User, until: datetime, reason: str, now: datetime) -> Escalation:
    """The holder sets it aside; at the end it waits again and pages. NotHolder, ReasonNeeded, TooLong."""
    with changes.acting_on(escalation_id, by) as escalation:
        changes.require_holder(escalation, by)
        if not reason.strip():
            raise ReasonNeeded
        level = Level(escalation.level)
        if not now < until <= now + ladder.longest_snooze(level):
            raise SnoozeTooLong(level)
        escalation.lease_until, escalation.snoozed_until = until, until
        escalation.snooze_reason = reason.strip()
        changes.save_fields(escalation, "lease_until", "snoozed_until", "snooze_reason")
        changes.add_event(escalation, Kind.SNOOZED, now, by=by, text=escalation.snooze_reason)
        changes.publish(escalation, "escalation.snoozed", by, now)
        return escalation


def end_expired(*, now: datetime) -> int:
    """Reopen every escalation whose lease has expired; returns how many. A failure at one stops no other."""
    ended = 0
    over = Escalation.objects.filter(lease_until__lte=now).order_by("-severity", "lease_until")
    for escalation_id in list(over.values_list("pk", flat=True)[:200]):
        try:
            ended += end_if_expired(escalation_id=escalation_id, now=now)
        except Exception:
            logger.exception("a lease cannot be ended", extra={"escalation_id": str(escalation_id)})
    return ended


@transaction.atomic
def end_if_expired(*, escalation_id: UUID, now: datetime) -> bool:
    """Let one wait again if its lease has run out; from urgent up the chain starts at its first step."""
    escalation = changes.lock(escalation_id)
    if (
        escalation.state != State.ACKNOWLEDGED
        or escalation.lease_until is None
        or escalation.lease_until > now
    ):
        return False
    kind = Kind.SNOOZE_ENDED if escalation.snoozed_until else Kind.LEASE_ENDED
    had_it = escalation.acknowledged_by.name if escalation.acknowledged_by else ""
    # It has waited since the lease ran out, not since somebody noticed.
    fields = changes.reopen(escalation, waiting_since=escalation.lease_until, now=now)
    changes.save_fields(escalation, *fields)
    changes.add_event(escalation, kind, now, text=had_it)
    if ladder.pages_staff(Level(escalation.level)):
        chain.start(escalation=escalation, now=now)
    changes.publish(escalation, f"escalation.{kind.value}", None, now)
    return True
