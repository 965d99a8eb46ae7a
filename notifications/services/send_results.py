"""Stores the result of a call to the provider."""

from datetime import datetime

from django.db import transaction

from notifications.models import Message, PushSubscription
from notifications.models.opt_out import OptOutSource
from notifications.providers.base import Outcome, Result
from notifications.rules import errors, timing
from notifications.rules.channels import NOT_BY_PHONE, Channel
from notifications.rules.purposes import handling_of
from notifications.rules.states import State, rank
from notifications.services import (
    message_changes,
    number_failures,
    opt_outs,
    outbox,
    sender_holds,
    stand_ins,
    usage,
)

UNRESOLVED = "unresolved"


def store(*, message: Message, outcome: Outcome, now: datetime) -> None:
    """Store an outcome; what a callback or a later attempt has told since the call is never undone."""
    with transaction.atomic():
        # Before its stand-in, as in outbox.cancel.
        original = _locked_original(message)
        current = Message.objects.select_for_update().get(pk=message.pk)
        if outcome.result is Result.ACCEPTED:
            _store_acceptance(current, outcome, now)
            outbox.cancel_stand_ins(message=current, now=now)
            if original is not None and original.lease_until is None:
                stand_ins.settle_if_carried(message=original, now=now)
            return
        if current.attempts != message.attempts or rank(current.state) > rank(State.UNKNOWN):
            return
        if outcome.result is Result.REJECTED:
            _store_rejection(current, outcome.error_code, now)
        elif outcome.result is Result.NOT_SENT:
            again = now + (
                outcome.retry_after or timing.wait_before_retry(current.attempts, _spread(current))
            )
            state, code = State(current.state), outcome.error_code
            message_changes.move_message(message=current, to=state, due_at=again, error_code=code, now=now)
        else:
            _mark_unknown(current, outcome.error_code, now)


def _locked_original(message: Message) -> Message | None:
    if message.instead_of_id is None:
        return None
    return Message.objects.select_for_update().get(pk=message.instead_of_id)


def look_again_or_give_up(*, message: Message, now: datetime) -> None:
    """Look again for a lost text later, or leave it `unknown` for good: no second text is sent."""
    with transaction.atomic():
        current = Message.objects.select_for_update().get(pk=message.pk)
        if current.state != State.UNKNOWN or current.attempts != message.attempts:
            return
        tried_at = current.attempted_at or current.created_at
        if now < tried_at + timing.GIVE_UP_AFTER:
            message_changes.move_message(
                message=current, to=State.UNKNOWN, due_at=now + timing.LOOK_EVERY, now=now
            )
        else:
            message_changes.move_message(
                message=current, to=State.UNKNOWN, due_at=None, error_code=UNRESOLVED, now=now
            )


def follow_up_failure(*, message: Message, error_code: str, now: datetime) -> None:
    """All that follows when a message did not arrive, in the transaction that stores it."""
    action = errors.action_for(error_code)
    if message.channel in NOT_BY_PHONE:
        if error_code == errors.PUSH_GONE:
            PushSubscription.objects.filter(pk=message.to).delete()
        return
    if action.problem is errors.Problem.OPTED_OUT:
        opt_outs.record(phone=message.to, service=message.service, source=OptOutSource.CARRIER, now=now)
    if message.channel == Channel.SMS:
        number_failures.record(phone=message.to, mark=action.mark, now=now)
    if action.holds_sender:
        sender_holds.hold(service=message.service, code=error_code, now=now)
    if action.second_try_after is not None and handling_of(message.purpose).second_try:
        outbox.queue_again(message=message, at=now + action.second_try_after, now=now)


def _store_acceptance(message: Message, outcome: Outcome, now: datetime) -> None:
    """A callback may have come before the answer to the call: its state and its code stay."""
    if not message.provider_sid:
        usage.count(message=message, now=now)
    newer = rank(outcome.state) > rank(message.state)
    code = "" if newer else message.error_code
    message_changes.move_message(
        message=message, to=outcome.state, due_at=None, provider_sid=outcome.sid, error_code=code, now=now
    )


def _store_rejection(message: Message, code: str, now: datetime) -> None:
    message_changes.move_message(message=message, to=State.FAILED, due_at=None, error_code=code, now=now)
    follow_up_failure(message=message, error_code=code, now=now)


def _mark_unknown(message: Message, code: str, now: datetime) -> None:
    """Mark it unknown: a page is tried again, ever more slowly; any other message is only looked up."""
    repeats = handling_of(message.purpose).repeats_when_unknown
    pause = timing.wait_before_retry(message.attempts, _spread(message)) if repeats else timing.LOOK_EVERY
    message_changes.move_message(
        message=message, to=State.UNKNOWN, due_at=now + pause, error_code=code, now=now
    )


def _spread(message: Message) -> int:
    return message.pk.int
