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
    desk_lock,
    drills,
    handovers,
    leases,
    ledgers,
    live,
    missed,
    nights,
    outside_monitor,
    paging,
    patients,
    protocol_drafts,
    rehearsals,
    reminders,
    rota_coverage,
    scoring,
    shift_notices,
    silence,
    ticks,
    watching,
    weekly_test,
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
        missed.alarm_due,
        paging.restart_lost,
        paging.send_due,
        reminders.remind_due,
        nights.look_due,
        patients.end_pauses,
        protocol_drafts.activate_due,
        handovers.look_due,
        watching.check,
        watching.forget_stale,
        weekly_test.finish,
        desk_lock.forget_old,
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
def watch_shifts() -> None:
    """Notices of shifts, test pages, the weekly test: what asks staff for an answer by itself."""
    now = timezone.now()
    for step in (
        shift_notices.send_due,
        shift_notices.tell_leads,
        shift_notices.tell_ends,
        shift_notices.clear_old_alarms,
        drills.send_due,
        drills.tell_leads,
        weekly_test.send_due,
    ):
        _did(step, now)


@shared_task
def audit() -> None:
    outside_monitor.report(now=timezone.now())


@shared_task
def keep_ledger() -> None:
    """Counts the nights; on Mondays tells the leads."""
    now = timezone.now()
    for step in (ledgers.count_due, ledgers.tell_due):
        _did(step, now)


@shared_task
def check_rota() -> None:
    rota_coverage.check(now=timezone.now())


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
