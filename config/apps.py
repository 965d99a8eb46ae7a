"""The project's own app: says at the start, and to `check --deploy`, what alarms lack."""

import logging
from collections.abc import Iterable
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.core import checks
from django.db.models.signals import post_migrate
from django.utils.module_loading import import_string

# Whatever process this is: nudges are sent through this application.
from config import celery as celery
from config.redaction import mask_every_record

logger = logging.getLogger(__name__)


class ProjectConfig(AppConfig):
    """Its checks need the models of the others, so they are read when they run."""

    name = "config"

    def ready(self) -> None:
        checks.register(alarms_are_complete, deploy=True)
        # Once all tables of a migration are there. By name: it reads the models.
        post_migrate.connect(
            import_string("config.row_security.apply"), sender=apps.get_app_config("clinic"), weak=False
        )
        mask_every_record()


def alarms_are_complete(app_configs: Any, **_: Any) -> Iterable[checks.CheckMessage]:
    """A line for each setting without which an alarm may reach nobody."""
    return [
        checks.Error(one.what, hint=one.todo, id=f"kinwatch.{one.code}") for one in _missing() if one.alarms
    ]


def warn_at_start() -> None:
    """One line in the log for each; the start goes on, because families' advice hangs on none of them."""
    if not settings.DEMO:
        for one in _missing():
            if one.alarms:
                logger.error("Not ready for real alarms: %s %s", one.what, one.todo)
            else:
                logger.warning("Advised: %s %s", one.what, one.todo)


def _missing() -> Any:
    return import_string("clinic.queries.watch.setup.of_settings")()
