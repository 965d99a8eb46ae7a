"""The Celery application: the fast lane. The database stays the truth (docs/architecture.md)."""

import logging
import os
from typing import Any

from celery import Celery
from celery.signals import beat_init

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings.dev")

logger = logging.getLogger(__name__)

app = Celery("kinwatch")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()


@beat_init.connect
def sweep_at_once(**_: Any) -> None:
    """Drain every table once when beat starts: what a crash left must not wait for the first interval."""
    for entry in app.conf.beat_schedule.values():
        try:
            app.send_task(entry["task"], retry=False)
        except Exception:
            logger.warning("broker unreachable, the first tick will do it")
