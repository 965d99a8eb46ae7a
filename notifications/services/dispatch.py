"""Hands due messages to the provider: claimed under a lease, sent outside any transaction, then settled.

Two workers never send one row: the claim is a compare-and-set under a row lock, and the attempt is stored
before the call. A worker that dies leaves a lease that runs out; its row is then `unknown`, is looked for
at the provider, and only a page is sent again (rules/purposes.py).
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, auto

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from notifications import queries
from notifications.models import Message
from notifications.providers.base import Outcome, Outgoing, Result
from notifications.providers.chosen import provider
from notifications.rules import timing
from notifications.rules.channels import NOT_BY_PHONE, Channel
from notifications.rules.countries import may_text
from notifications.rules.errors import COUNTRY
from notifications.rules.purposes import handling_of
from notifications.rules.states import State
from notifications.services import message_changes, outages, send_results, stand_ins

# One drain is short enough for the task's time limit; what is left is drained by the next tick.
_AT_MOST = 50


class _Progress(Enum):
    NOTHING = auto()
    DONE = auto()
    TROUBLE_OF_PROVIDER = auto()
    TROUBLE_OF_PUSHES = auto()
    TROUBLE_OF_EMAILS = auto()


_LEFT_ALONE = {
    _Progress.TROUBLE_OF_PROVIDER: {Channel.SMS, Channel.VOICE},
    _Progress.TROUBLE_OF_PUSHES: {Channel.PUSH},
    _Progress.TROUBLE_OF_EMAILS: {Channel.EMAIL},
}
_TROUBLE_OF = {channel: progress for progress, channels in _LEFT_ALONE.items() for channel in channels}


@dataclass(frozen=True)
class _ClaimedMessage:
    """A row that this worker holds, as it was claimed."""

    message: Message
    outgoing: Outgoing
    look_first: bool


def send_due(*, now: datetime) -> int:
    """Send and settle what is due, pages first; gives the number of rows that were looked at.

    Leaves a provider alone that is in trouble: each further call would wait for the same time-out, and the
    next tick is seconds away. What goes by another provider still goes.
    """
    due = Message.objects.filter(due_at__lte=now)
    for handled in range(_AT_MOST):
        progress = _send_next(due, now)
        if progress is _Progress.NOTHING:
            return handled
        if progress in _LEFT_ALONE:
            due = due.exclude(channel__in=_LEFT_ALONE[progress])
    return _AT_MOST


def send_message_if_due(*, message_id: uuid.UUID, now: datetime) -> bool:
    """Send one text if it is due; False when there is nothing to do or another worker has it."""
    return _send_next(Message.objects.filter(pk=message_id, due_at__lte=now), now) is not _Progress.NOTHING


def _send_next(candidates: QuerySet[Message], now: datetime) -> _Progress:
    claimed = _claim(candidates, now)
    if not isinstance(claimed, _ClaimedMessage):
        return claimed
    if claimed.look_first:
        return _look_up_earlier_try(claimed, now)
    return _send_to_provider(claimed, now)


def _claim(candidates: QuerySet[Message], now: datetime) -> _ClaimedMessage | _Progress:
    """Take the first row that nobody holds and decide, in the same transaction, what becomes of it."""
    with transaction.atomic():
        locked = candidates.select_for_update(skip_locked=True)
        message = locked.order_by("priority", "due_at").first()
        if message is None:
            return _Progress.NOTHING
        if message.state == State.SENDING and message.lease_until is not None:
            # Its worker is gone, before or after the call: nobody knows.
            message_changes.move_message(message=message, to=State.UNKNOWN, due_at=now, now=now)
        if _is_carried_otherwise(message, now):
            return _Progress.DONE
        if message.state == State.UNKNOWN:
            _lease_message(message, now)
            return _ClaimedMessage(message, _outgoing(message), look_first=True)
        held_until = (
            None if handling_of(message.purpose).urgent else queries.sender_held_until(message.service, now)
        )
        if held_until and message.expires_at > now:
            message_changes.move_message(message=message, to=State(message.state), due_at=held_until, now=now)
            return _Progress.DONE
        refused = _refusal(message, now)
        if refused:
            state, code = refused
            message_changes.move_message(message=message, to=state, due_at=None, error_code=code, now=now)
            return _Progress.DONE
        called_until = queries.called_until(message, now) if message.channel == Channel.VOICE else None
        if called_until:
            # Two calls that waited for the same outage to end would find each other's line engaged.
            message_changes.move_message(
                message=message, to=State(message.state), due_at=called_until, now=now
            )
            return _Progress.DONE
        _start_attempt(message, now)
        return _ClaimedMessage(message, _outgoing(message), look_first=False)


def _is_carried_otherwise(message: Message, now: datetime) -> bool:
    return stand_ins.settle_if_carried(message=message, now=now) or stand_ins.send_instead(
        message=message, now=now
    )


def _refusal(message: Message, now: datetime) -> tuple[State, str] | None:
    """Why a message must not leave now. Asked at the last moment, so a STOP that came first counts."""
    if message.expires_at <= now:
        return State.EXPIRED, ""
    if message.channel in NOT_BY_PHONE:
        return None
    rules = handling_of(message.purpose)
    if rules.heeds_stop and queries.is_opted_out(message.to, message.service):
        return State.SUPPRESSED, "opted_out"
    if not may_text(message.to, countries=settings.SMS_COUNTRIES):
        return State.FAILED, COUNTRY
    if not rules.urgent and queries.sent_since(message.to, now - timing.DAY) >= settings.SMS_DAILY_CAP:
        return State.SUPPRESSED, "daily_cap"
    return _consent_refusal(message, now) if rules.asks_consent else None


def _consent_refusal(message: Message, now: datetime) -> tuple[State, str] | None:
    """Reminders and news are for who agreed, at a number that works, while there is money for them."""
    if not queries.has_agreed(message.to, message.service):
        return State.SUPPRESSED, "not_agreed"
    if queries.takes_no_texts(message.to):
        return State.SUPPRESSED, "bad_number"
    return (State.SUPPRESSED, "budget") if queries.budget_is_used(now) else None


def _look_up_earlier_try(job: _ClaimedMessage, now: datetime) -> _Progress:
    """Look an earlier try up at the provider; send a page again when it is not found."""
    message = job.message
    since = message.attempted_at or message.created_at
    known = queries.other_sids(message.id, message.to)
    found = provider(message.channel).find(job.outgoing, since=since, known=known)
    if found.result is Result.ACCEPTED:
        send_results.store(message=message, outcome=found, now=now)
        return _Progress.DONE
    if handling_of(message.purpose).repeats_when_unknown and _claim_another_try(message, now):
        return _send_to_provider(job, now)
    send_results.look_again_or_give_up(message=message, now=now)
    # Not sent is an answer of the provider's list; unknown means that nobody answered.
    return _TROUBLE_OF[Channel(message.channel)] if found.result is Result.UNKNOWN else _Progress.DONE


def _send_to_provider(job: _ClaimedMessage, now: datetime) -> _Progress:
    outcome: Outcome = provider(job.outgoing.channel).send(job.outgoing)
    send_results.store(message=job.message, outcome=outcome, now=now)
    outages.note(message=job.message, outcome=outcome, now=now)
    troubled = outcome.result in {Result.NOT_SENT, Result.UNKNOWN}
    return _TROUBLE_OF[Channel(job.outgoing.channel)] if troubled else _Progress.DONE


def _claim_another_try(message: Message, now: datetime) -> bool:
    """Start another attempt, unless in the meantime a callback told of the last or somebody answered."""
    with transaction.atomic():
        current = Message.objects.select_for_update().get(pk=message.pk)
        same = current.state == State.UNKNOWN and current.attempts == message.attempts
        if not same or current.expires_at <= now:
            return False
        _start_attempt(message, now)
        return True


def _start_attempt(message: Message, now: datetime) -> None:
    """Stored before the call: a worker that dies in it leaves a trace."""
    message.attempts += 1
    message.attempted_at = now
    message.state = State.UNKNOWN if message.state == State.UNKNOWN else State.SENDING
    message.changed_at = now
    _lease_message(message, now, "state", "attempts", "attempted_at", "changed_at")


def _lease_message(message: Message, now: datetime, *fields: str) -> None:
    message.lease_until = message.due_at = now + timing.LEASE
    message.save(update_fields=["lease_until", "due_at", *fields])


def _outgoing(message: Message) -> Outgoing:
    push = message.channel == Channel.PUSH
    return Outgoing(
        message.id,
        message.to,
        message.body,
        message.purpose,
        message.service,
        message.channel,
        queries.push_subscription(message.to) if push else None,
        message.caller,
    )
