"""What becomes of what is open when care ends here: by a death, a mistake about one, a transfer."""

from datetime import datetime

from clinic.models import Escalation, Patient, User
from clinic.models.escalation import Cause, Outcome
from clinic.models.escalation import EscalationEventKind as Kind
from clinic.models.escalation import EscalationState as State
from clinic.rules.core.enums import Level
from clinic.rules.paging import ladder
from clinic.services.escalations import changes, lifecycle
from clinic.services.paging import chain


def close_for_death(*, patient: Patient, by: User, now: datetime) -> int:
    """Whoever records the death closes what is open, whoever has it; its pages stop. Returns how many.

    Runs in the transaction of the death, which holds the lock on the patient's row.
    """
    unresolved = Escalation.objects.exclude(state=State.RESOLVED).filter(patient=patient, is_drill=False)
    found = list(unresolved.select_for_update().order_by("pk"))
    for escalation in found:
        lifecycle.close_locked(escalation, by, Outcome.DIED, "", now)
    return len(found)


def reopen_after_mistake(*, patient: Patient, closed_at: datetime, by: User, now: datetime) -> int:
    """The patient lives: what was closed with the death waits again, and pages from its first step.

    Runs in the transaction that takes the death back, which holds the lock on the patient's row.
    """
    closed = Escalation.objects.filter(patient=patient, outcome=Outcome.DIED, resolved_at=closed_at)
    found = list(closed.select_for_update().order_by("pk"))
    for escalation in found:
        escalation.resolved_at, escalation.resolved_by = None, None
        escalation.outcome, escalation.resolution_note = "", ""
        fields = changes.reopen(escalation, waiting_since=now, now=now)
        changes.save_fields(escalation, "resolved_at", "resolved_by", "outcome", "resolution_note", *fields)
        changes.add_event(escalation, Kind.REOPENED, now, by=by)
        if ladder.pages_staff(Level(escalation.level)):
            chain.start(escalation=escalation, now=now)
        changes.publish(escalation, "escalation.reopened", by, now)
    return len(found)


def hand_over(*, patient: Patient, to: Patient, by: User, now: datetime) -> Escalation | None:
    """What is open about the patient closes here, and waits and pages at the clinic that has accepted them.

    Runs in the transaction of the transfer, after its life event: the family hears nothing of the closing.
    """
    unresolved = Escalation.objects.exclude(state=State.RESOLVED).filter(patient=patient, is_drill=False)
    opened = None
    for escalation in list(unresolved.select_for_update().order_by("pk")):
        lifecycle.close_locked(escalation, by, Outcome.TRANSFERRED, "", now)
        level = Level(escalation.level)
        opened = lifecycle.open_for_cause(patient=to, cause=Cause.OTHER_CLINIC, level=level, by=by, now=now)
    return opened
