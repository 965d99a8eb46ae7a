"""What a person who leaves has in hand waits for somebody again at once, not when their lease ends."""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from clinic.access import Permission, roles_with
from clinic.models import ColleagueRequest, Escalation, RequiredAnswer, Staff, User
from clinic.models.colleague_request import RequestState
from clinic.models.escalation import EscalationEventKind as Kind
from clinic.models.escalation import EscalationState as State
from clinic.rules.core.enums import Level
from clinic.rules.paging import ladder
from clinic.services.escalations import changes
from clinic.services.paging import chain, leavers


def lock_all(*, staff: Staff) -> None:
    """Lock everything that `release_all` may change, before the person's row: locks have one order."""
    list(Escalation.objects.select_for_update().filter(pk__in=_touched_by(staff)).order_by("pk"))


def release_all(*, staff: Staff, by: User | None, now: datetime) -> int:
    """Reopen what the person has at this clinic, and owe anew what they answered as a second role.

    What colleagues ask of them lapses, and chains that wait for them move on. Returns how many escalations
    wait again. Runs inside the caller's transaction, after the role has ended, so that nobody pages them.
    """
    reopened = 0
    for escalation_id in _touched_by(staff):
        reopened += _release(changes.lock(escalation_id), staff, by, now)
    return reopened


def held_without_role() -> list[UUID]:
    """What somebody has who may no longer act on it there, by whatever door their role ended."""
    return sorted(_held_without_role().values_list("pk", flat=True)[:200])


@transaction.atomic
def release_held(*, escalation_id: UUID, now: datetime) -> bool:
    """Reopen one of those, unless somebody else has it by now."""
    escalation = changes.lock(escalation_id)
    holder = escalation.acknowledged_by
    if holder is None or not _held_without_role().filter(pk=escalation.pk).exists():
        return False
    _reopen(escalation, holder.name, None, now)
    return True


def _held_without_role() -> QuerySet[Escalation]:
    role = Staff.objects.filter(
        user=OuterRef("acknowledged_by"),
        clinic=OuterRef("clinic"),
        ended_at__isnull=True,
        user__is_active=True,
        role__in=roles_with(Permission.ACT_ON_ESCALATIONS),
    )
    return Escalation.objects.filter(~Exists(role), state=State.ACKNOWLEDGED, is_drill=False)


def _reopen(escalation: Escalation, name: str, by: User | None, now: datetime) -> None:
    changes.save_fields(escalation, *changes.reopen(escalation, waiting_since=now, now=now))
    changes.add_event(escalation, Kind.RELEASED, now, by=by, text=name)
    if ladder.pages_staff(Level(escalation.level)):
        chain.start(escalation=escalation, now=now)
    changes.publish(escalation, "escalation.released", by, now)


def _touched_by(staff: Staff) -> list[UUID]:
    """Unresolved escalations of the clinic that the person has to do with, in the order of locking."""
    unresolved = Escalation.objects.filter(clinic=staff.clinic_id).exclude(state=State.RESOLVED)
    held = unresolved.filter(acknowledged_by=staff.user_id)
    answered = unresolved.filter(
        Exists(RequiredAnswer.objects.filter(escalation=OuterRef("pk"), answered_by=staff.user_id))
    )
    pending = ColleagueRequest.objects.filter(escalation=OuterRef("pk"), state=RequestState.PENDING)
    asked = unresolved.filter(
        Exists(pending.filter(asked_of=staff.pk)) | Exists(pending.filter(asked_by=staff.user_id))
    )
    paged = unresolved.filter(pk__in=leavers.waiting_for(staff))
    found = {pk for rows in (held, answered, asked, paged) for pk in rows.values_list("pk", flat=True)}
    return sorted(found)


def _release(escalation: Escalation, staff: Staff, by: User | None, now: datetime) -> bool:
    """One of them, under its lock; True when it waits for somebody again."""
    name = staff.user.name
    if escalation.state == State.ACKNOWLEDGED and escalation.acknowledged_by_id == staff.user_id:
        leavers.move_chains_on(escalation=escalation, staff=staff, now=now)
        _reopen(escalation, name, by, now)
        return True
    lapsed = _lapse_requests(escalation, staff, now)
    owed = escalation.required_answers.filter(answered_by=staff.user_id)
    roles = list(owed.values_list("role", flat=True)) if escalation.state != State.RESOLVED else []
    if roles:
        owed.update(answered_at=None, answered_by=None)
        for role in roles:
            chain.start_role(escalation=escalation, role=role, now=now)
        changes.add_event(escalation, Kind.ANSWER_OWED, now, by=by, text=name)
    leavers.move_chains_on(escalation=escalation, staff=staff, now=now)
    if lapsed or roles:
        changes.save_fields(escalation)
        changes.publish(escalation, "escalation.answer_owed" if roles else "escalation.asked_lapsed", by, now)
    return False


def _lapse_requests(escalation: Escalation, staff: Staff, now: datetime) -> bool:
    """Requests to or from the person; the asker keeps what they have."""
    pending = ColleagueRequest.objects.filter(escalation=escalation, state=RequestState.PENDING)
    theirs = pending.filter(asked_of=staff.pk) | pending.filter(asked_by=staff.user_id)
    return bool(theirs.update(state=RequestState.LAPSED, closed_at=now))
