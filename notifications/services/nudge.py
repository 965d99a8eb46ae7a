"""Wakes a Celery task after the commit. Only a hint: the tick finds the same rows in the database."""

import logging
import time

from celery import current_app
from django.core.cache import cache
from django.db import transaction

from notifications.rules.rest import Rest

logger = logging.getLogger(__name__)

# How long a task that was woken once keeps further ones from being woken, should it be lost.
ONCE_SECONDS = 1

_rest = Rest()


def after_commit(task: str, *ids: object, once: bool = False) -> None:
    """Send the task by name with ids only. A broken broker costs seconds, never the request.

    `once`: not where one waits that has not begun, as the task takes whatever is there when it begins
    (`begun`). It reads what was committed, and this comes after the commit, so nothing falls between.
    """
    # Not a partial: Django asks a robust callback that failed for its __qualname__, which a partial lacks.
    transaction.on_commit(lambda: _send(task, [str(one) for one in ids], once), robust=True)


def begun(task: str) -> None:
    """What is committed from now on wakes the task anew."""
    cache.delete(_mark(task))


def _send(task: str, ids: list[str], once: bool) -> None:
    began = time.monotonic()
    if _rest.holds(began) or (once and not cache.add(_mark(task), 1, ONCE_SECONDS)):
        return
    try:
        current_app.send_task(task, args=ids, retry=False, ignore_result=True)
    except Exception:
        _rest.failed(began=began, ended=time.monotonic())
        if once:
            begun(task)
        logger.warning("broker unreachable, the tick will do it", extra={"task_name": task})


def _mark(task: str) -> str:
    return f"nudged:{task}"
