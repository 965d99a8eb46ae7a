"""The fast lane: each task fetches by id and makes one service call. The tick drains the same tables."""

import logging
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from celery import shared_task
from django.utils import timezone

from clinic.services.checkins import nights, reminders
from clinic.services.checkins import plan as checkins
from clinic.services.core import live, ticks
from clinic.services.desk import handovers, lock
from clinic.services.escalations import leases, missed, scoring
from clinic.services.paging import bundles, chain, ledgers, unconfirmed
from clinic.services.patients import enrolment
from clinic.services.protocols import drafts, rehearsals
from clinic.services.rota import coverage, notices, test_pages
from clinic.services.watch import outside_monitor, presence, weekly_test

logger = logging.getLogger(__name__)


@shared_task
def score_report(report_id: str) -> None:
    scoring.score(report_id=UUID(report_id), now=timezone.now())


@shared_task
def send_page(page_id: str) -> None:
    chain.send(page_id=UUID(page_id), now=timezone.now())


@shared_task
def tick() -> None:
    """Everything that is due, found in the database; one step's failure stops no other step."""
    steps: tuple[Callable[..., object], ...] = (
        # Pages first, so that nothing holds them up; then again, for what scoring has just opened.
        unconfirmed.end,
        chain.send_due,
        bundles.send_due,
        leases.end_due,
        scoring.finish_stuck,
        missed.alarm_due,
        chain.restart_lost,
        chain.send_due,
        reminders.remind_due,
        nights.look_due,
        enrolment.end_pauses,
        drafts.activate_due,
        handovers.look_due,
        presence.check,
        presence.forget_stale,
        weekly_test.finish,
        lock.forget_old,
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
        notices.send_due,
        notices.tell_leads,
        notices.tell_ends,
        notices.clear_old_alarms,
        test_pages.send_due,
        test_pages.tell_leads,
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
    coverage.check(now=timezone.now())


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
