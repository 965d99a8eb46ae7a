"""The fast lane: each task fetches by id and makes one service call. The tick drains the same tables."""

import logging
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from clinic.services import (
    bundles,
    checkins,
    leases,
    live,
    paging,
    patients,
    protocol_drafts,
    rehearsals,
    scoring,
    silence,
    ticks,
    watching,
)

logger = logging.getLogger(__name__)


@shared_task
def score_report(report_id: str) -> None:
    scoring.score(report_id=UUID(report_id), now=timezone.now())


@shared_task
def send_page(page_id: str) -> None:
    paging.send(page_id=UUID(page_id), now=timezone.now())


@shared_task
def tick() -> None:
    """Everything that is due, found in the database; one step's failure stops no other step."""
    steps: tuple[Callable[..., object], ...] = (
        # Pages first, so that nothing holds them up; then again, for what scoring has just opened.
        silence.end,
        paging.send_due,
        bundles.send_due,
        leases.end_due,
        scoring.finish_stuck,
        paging.restart_lost,
        paging.send_due,
        checkins.remind_due,
        patients.end_pauses,
        protocol_drafts.activate_due,
        watching.forget_stale,
    )
    now = timezone.now()
    # Every step runs before the outcomes are looked at.
    outcomes = [_did(step, now) for step in steps]
    if all(outcomes):
        ticks.record(name="clinic", now=now)


@shared_task
def rehearse() -> None:
    """One chunk a task, so that reports and pages get their turn in between."""
    rehearsals.go_on(now=timezone.now())


@shared_task
def heartbeat() -> None:
    live.heartbeat(now=timezone.now())


@shared_task
def plan() -> None:
    checkins.plan(now=timezone.now())


def _did(step: Callable[..., object], now: datetime) -> bool:
    try:
        step(now=now)
    except Exception:
        logger.exception("a step of the tick failed", extra={"step": step.__module__})
        return False
    return True
