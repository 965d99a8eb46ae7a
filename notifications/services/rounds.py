"""One round of an engine: its steps one after the other, where one's failure stops no other.

Who runs it (a worker, or any other process when no worker does) makes no difference to it.
"""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime

from django.db import connection
from django.utils import timezone

from notifications import hooks

logger = logging.getLogger(__name__)

Step = Callable[..., object]


def run(*, name: str, steps: Iterable[Step], now: datetime) -> tuple[str, ...]:
    """Run every step; gives the names of those that failed, and tells of them by a hook."""
    hooks.round_begun.send_robust(sender=None, name=name, now=now)
    failing = tuple(dict.fromkeys(_name(step) for step in steps if not _did(step, now)))
    hooks.round_ended.send_robust(sender=None, name=name, begun_at=now, failing=failing, now=timezone.now())
    return failing


def _did(step: Step, now: datetime) -> bool:
    try:
        step(now=now)
    except Exception:
        logger.exception("a step of the tick failed: %s", _name(step))
        # A connection that broke in this step must not fail the next.
        connection.close_if_unusable_or_obsolete()
        return False
    return True


def _name(step: Step) -> str:
    """Such as "reminders.remind_due"."""
    return f"{step.__module__.rpartition('.')[2]}.{step.__name__}"
