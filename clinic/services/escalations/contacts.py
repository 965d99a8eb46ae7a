"""The call log of an escalation, and what follows when nobody of the family can be reached."""

from datetime import datetime, timedelta
from uuid import UUID

from clinic.models import Contact, Escalation, User
from clinic.models.escalation import EscalationEventKind as Kind
from clinic.models.word_back import WordBackKind
from clinic.rules.core.enums import Level
from clinic.rules.paging import ladder
from clinic.services.escalations import call_backs, changes
from clinic.services.paging import chain
from clinic.services.patients import word_back

# The family hears of unanswered calls once in this time.
ONE_WORD_WITHIN = timedelta(minutes=30)


class CallsNeeded(Exception):
    """Two unanswered calls in a row must be on record before "could not reach"; `logged` are so far."""

    def __init__(self, logged: int) -> None:
        super().__init__(logged)
        self.logged = logged


class CalledPersonMissing(Exception):
    """The log entry does not say who was called."""


def log(
    *, escalation_id: UUID, by: User, member_id: int | None, who: str, reached: bool, note: str, now: datetime
) -> Contact:
    """Put a call to the family on record; the holder's call starts a new lease.

    `member_id` names a caregiver of the patient; `who` anybody else. AlreadyResolved, CalledPersonMissing.
    """
    with changes.acting_on(escalation_id, by) as escalation:
        changes.require_unresolved(escalation)
        team = escalation.patient.care_team.select_related("user")
        member = team.filter(pk=member_id).first() if member_id is not None else None
        name = member.user.name if member else who.strip()
        if not name:
            raise CalledPersonMissing
        contact = Contact.objects.create(
            escalation=escalation, at=now, by=by, member=member, who=name, reached=reached, note=note.strip()
        )
        fields = changes.start_lease(escalation, now=now) if escalation.acknowledged_by_id == by.pk else ()
        if reached:
            escalation.unreached_at, escalation.unreached_by = None, None
            fields = (*fields, "unreached_at", "unreached_by")
            call_backs.mark_called_back(escalation=escalation, by=by, now=now)
        changes.save_fields(escalation, *fields)
        kind = Kind.CALLED if reached else Kind.CALLED_IN_VAIN
        changes.add_event(escalation, kind, now, by=by, text="\n".join(filter(None, [name, contact.note])))
        changes.publish(escalation, "escalation.called", by, now)
        if reached:
            word_back.withdraw(escalation=escalation, kinds=(WordBackKind.UNREACHED,), now=now)
        elif not _called_just_before(contact):
            word_back.send(escalation=escalation, kind=WordBackKind.UNREACHED, now=now)
        return contact


def reopen_unreached(*, escalation: Escalation, by: User, note: str, now: datetime) -> Escalation:
    """Open the escalation again because the family cannot be reached, and page the next person. CallsNeeded.

    Closes nothing. The chain starts anew with a physician first and with this person last. Runs inside the
    caller's transaction, which holds the lock.
    """
    since = escalation.unreached_at or escalation.opened_at
    calls = list(
        escalation.contacts.filter(at__gte=since).order_by("at", "pk").values_list("reached", flat=True)
    )
    if not ladder.is_family_unreached(calls):
        raise CallsNeeded(_unanswered_calls(calls))
    escalation.unreached_at, escalation.unreached_by = now, by
    fields = changes.reopen(escalation, waiting_since=now, now=now)
    changes.save_fields(escalation, "unreached_at", "unreached_by", *fields)
    changes.add_event(escalation, Kind.COULD_NOT_REACH, now, by=by, text=note.strip())
    if ladder.pages_staff(Level(escalation.level)):
        chain.start(escalation=escalation, now=now)
    changes.publish(escalation, "escalation.could_not_reach", by, now)
    return escalation


def _called_just_before(contact: Contact) -> bool:
    """Two calls in a row are one word to the family."""
    others = contact.escalation.contacts.exclude(pk=contact.pk)
    return others.filter(reached=False, at__gt=contact.at - ONE_WORD_WITHIN).exists()


def _unanswered_calls(calls: list[bool]) -> int:
    """How many of the latest calls were unanswered."""
    return next((n for n, reached in enumerate(reversed(calls)) if reached), len(calls))
