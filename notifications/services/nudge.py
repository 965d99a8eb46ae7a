"""Wakes a Celery task after the commit. Only a hint: the tick finds the same rows in the database."""

import logging
import time

from celery import current_app
from django.db import transaction

from notifications.rules.rest import Rest

logger = logging.getLogger(__name__)

_rest = Rest()


def after_commit(task: str, *ids: object) -> None:
    """Send the task by name with ids only. A broken broker costs seconds, never the request."""
    # Not a partial: Django asks a robust callback that failed for its __qualname__, which a partial lacks.
    transaction.on_commit(lambda: _send(task, [str(one) for one in ids]), robust=True)


def _send(task: str, ids: list[str]) -> None:
    began = time.monotonic()
    if _rest.holds(began):
        return
    try:
        current_app.send_task(task, args=ids, retry=False, ignore_result=True)
    except Exception:
        _rest.failed(began=began, ended=time.monotonic())
        logger.warning("broker unreachable, the tick will do it", extra={"task_name": task})
