"""The one way to change a message: row, history, metrics and hook together."""

import logging
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from notifications import metrics, queries
from notifications.hooks import message_state_changed
from notifications.models import Message, MessageEvent
from notifications.models.message_event import EventSource
from notifications.rules import errors
from notifications.rules.channels import Channel
from notifications.rules.states import State, advance

logger = logging.getLogger(__name__)


def add_event(*, message: Message, status: str, now: datetime) -> None:
    """Add a line of our own to a message's history."""
    MessageEvent.objects.create(
        message=message,
        source=EventSource.OURS,
        status=status,
        sid=message.provider_sid,
        error_code=message.error_code,
        created_at=now,
    )


def move_message(*, message: Message, to: str, due_at: datetime | None, now: datetime, **fields: Any) -> None:
    """Take a locked message to a state, or keep it where it is when that would be a step back.

    Releases the lease. Listeners are told after the commit, and only of a new state or a new error.
    """
    before = (message.state, message.error_code)
    message.state = advance(message.state, to)
    message.due_at, message.lease_until, message.changed_at = due_at, None, now
    for name, value in fields.items():
        setattr(message, name, value)
    message.save(update_fields=["state", "due_at", "lease_until", "changed_at", *fields])
    if (message.state, message.error_code) == before:
        return
    add_event(message=message, status=message.state, now=now)
    if message.state != before[0]:
        metrics.messages.labels(message.purpose, message.state).inc()
    state, error_code = State(message.state), message.error_code
    # Not a partial: Django asks a robust callback that failed for its __qualname__, which a partial lacks.
    transaction.on_commit(lambda: _notify_listeners(message, state, error_code, now), robust=True)


def _notify_listeners(message: Message, state: State, error_code: str, now: datetime) -> None:
    action = errors.action_for(error_code)
    # A new try is on its way: only when that fails too has somebody to do something.
    task = state is State.FAILED and action.needs_person and not queries.has_second_try(message)
    # The provider's own trouble, which it names with any code, is looked into and repeated by itself.
    alarm = action.needs_operator and (state is not State.UNKNOWN or error_code in errors.ACTIONS)
    if alarm:
        logger.error("A message of purpose %s failed with code %s", message.purpose, error_code)
    if task:
        metrics.tasks.labels(action.problem).inc()
    message_state_changed.send_robust(
        sender=Message,
        message_id=_failed_id(message, state),
        purpose=message.purpose,
        state=state,
        error_code=error_code,
        to=message.to,
        problem=action.problem.value,
        task=task,
        alarm=alarm,
        now=now,
    )


def _failed_id(message: Message, state: State) -> UUID:
    """An e-mail that is refused while the provider is down leaves its page without a way: that has failed."""
    refused = message.channel == Channel.EMAIL and state is State.FAILED
    return message.instead_of_id if refused and message.instead_of_id else message.pk
