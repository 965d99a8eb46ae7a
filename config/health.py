"""Is the process alive, can it serve, does the engine move. No health word, no name, no number of anybody."""

import logging
from typing import Any

from celery import current_app
from django.conf import settings
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.urls import path
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from clinic.queries.watch.engine_health import engine_health
from clinic.queries.watch.setup import of_settings

logger = logging.getLogger(__name__)


@require_safe
@never_cache
def live(request: HttpRequest) -> JsonResponse:
    """The process answers. It asks nothing else, so that a slow database restarts no web server."""
    return JsonResponse({"status": "ok"})


@require_safe
@never_cache
def ready(request: HttpRequest) -> JsonResponse:
    """503 without a database. The broker is only told of: without it everything still happens, later.

    A system whose alarms lack something is never called "ok": `missing` names the codes of `check_setup`. It
    still answers 200, because a proxy asks here, and families get their advice all the same.
    """
    database, broker = _database_answers(), _broker_answers()
    missing = [] if settings.DEMO else [one.code for one in of_settings() if one.alarms]
    body: dict[str, Any] = {
        "status": "fail" if not database else "incomplete" if missing else "ok",
        "database": _word(database),
        "broker": _word(broker),
    }
    if missing:
        body["missing"] = missing
    return JsonResponse(body, status=200 if database else 503)


@require_safe
@never_cache
def engine(request: HttpRequest) -> JsonResponse:
    """503 when no round of an engine was whole for 60 s, or none ever, or an urgent page is unsent for 30 s.

    `failing` names the steps that make a round not whole; `taken_up` the rounds that another process had to
    begin in the last minute, because workers, beat or Redis are away.
    """
    try:
        health = engine_health(now=timezone.now())
    except DatabaseError:
        logger.exception("the engine's state cannot be read")
        return JsonResponse({"status": "fail", "reasons": ["database"]}, status=503)
    body: dict[str, Any] = {
        "status": "ok" if health.ok else "fail",
        "reasons": [f"tick:{name}" for name in health.stale] + ["unsent_pages"] * bool(health.unsent_pages),
        "ticks": {name: age if age is None else round(age, 1) for name, age in health.ticks.items()},
        "failing": {name: list(steps) for name, steps in health.failing.items()},
        "taken_up": list(health.taken_up),
        "unsent_pages": health.unsent_pages,
        "unscored_reports": health.unscored_reports,
    }
    return JsonResponse(body, status=200 if health.ok else 503)


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            return bool(cursor.fetchone() == (1,))
    except DatabaseError:
        logger.exception("the database does not answer")
        return False


def _broker_answers() -> bool:
    try:
        with current_app.connection_for_write() as broker:
            broker.ensure_connection(max_retries=1, timeout=1)
    except Exception:
        logger.warning("the broker does not answer")
        return False
    return True


def _word(answers: bool) -> str:
    return "ok" if answers else "unreachable"


urlpatterns = [
    path("live", live, name="health_live"),
    path("ready", ready, name="health_ready"),
    path("engine", engine, name="health_engine"),
]
