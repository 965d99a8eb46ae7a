"""The fast lane: each task fetches by id and makes one service call. The tick drains the same tables."""

from uuid import UUID

from celery import shared_task
from django.utils import timezone

from clinic.services.accounts import access_requests, emergency_access, leaving
from clinic.services.checkins import nights, reminders
from clinic.services.checkins import plan as checkins
from clinic.services.core import live
from clinic.services.desk import handovers, lock
from clinic.services.escalations import leases, missed, scoring
from clinic.services.outcomes import alarm_tallies, counting, tallies
from clinic.services.paging import bundles, chain, ledgers, same_day, unconfirmed
from clinic.services.patients import enrolment, family_devices, risk_lowerings, search_texts, word_back
from clinic.services.protocols import drafts, rehearsals, replays
from clinic.services.risk import runs as risk_runs
from clinic.services.rota import coverage, notices, test_pages
from clinic.services.watch import (
    audit_checks,
    audit_seals,
    listener_events,
    outside_monitor,
    presence,
    provider_outages,
    refusals,
    retention_runs,
    self_test,
    weekly_test,
)
from notifications.services import rounds


@shared_task
def score_report(report_id: str) -> None:
    """This one, and what has come in while the task waited for its turn."""
    scoring.score_with_waiting(report_id=UUID(report_id), now=timezone.now())


@shared_task
def score_emergency(report_id: str) -> None:
    """The same, in the queue that goes first; whichever runs second finds it done."""
    scoring.score(report_id=UUID(report_id), now=timezone.now())


@shared_task
def send_page(page_id: str) -> None:
    chain.send_page_if_due(page_id=UUID(page_id), now=timezone.now())


# Pages first, so that nothing holds them up; then again, for what scoring has just opened.
TICK: tuple[rounds.Step, ...] = (
    unconfirmed.move_chains_on,
    chain.send_due,
    bundles.send_due,
    leases.end_expired,
    leaving.release_held_without_role,
    scoring.score_stuck_reports,
    missed.escalate_due,
    chain.restart_lost,
    chain.send_due,
    same_day.text_due,
    reminders.queue_due,
    nights.follow_up_due,
    word_back.queue_due,
    enrolment.end_pauses,
    risk_lowerings.close_overtaken,
    emergency_access.follow_up,
    access_requests.close_lapsed,
    drafts.activate_due,
    handovers.follow_up_due,
    provider_outages.follow_up,
    presence.check_unwatched,
    presence.delete_stale,
    weekly_test.finish_answered,
    lock.delete_ended_sessions,
)


@shared_task
def tick() -> None:
    """Everything that is due, found in the database; one step's failure stops no other step."""
    rounds.run(name="clinic", steps=TICK, now=timezone.now())


@shared_task
def rehearse() -> None:
    """One chunk a task, so that reports and pages get their turn in between."""
    rounds.run(name="rehearsals", steps=(rehearsals.rehearse_next_chunk,), now=timezone.now())


@shared_task
def replay() -> None:
    """One chunk a task, as with rehearsals."""
    rounds.run(name="replays", steps=(replays.replay_next_chunk,), now=timezone.now())


@shared_task
def heartbeat() -> None:
    rounds.run(name="heartbeat", steps=(live.heartbeat,), now=timezone.now())


@shared_task
def watch_shifts() -> None:
    """Notices of shifts, test pages, the weekly test: what asks staff for an answer by itself."""
    steps: tuple[rounds.Step, ...] = (
        notices.send_due,
        notices.report_unconfirmed,
        notices.text_shift_ends,
        notices.clear_alarms_of_ended_shifts,
        test_pages.send_due,
        test_pages.report_unanswered,
        weekly_test.send_due,
    )
    rounds.run(name="shifts", steps=steps, now=timezone.now())


@shared_task
def self_test_engine() -> None:
    rounds.run(name="self_test", steps=(self_test.run_due,), now=timezone.now())


@shared_task
def audit() -> None:
    rounds.run(name="audit", steps=(outside_monitor.report_if_sound,), now=timezone.now())


@shared_task
def keep_ledger() -> None:
    """Counts the nights, the check-ins, the alarms and what became of people; on Mondays tells the leads."""
    steps: tuple[rounds.Step, ...] = (
        ledgers.count_due,
        ledgers.text_leads_weekly,
        tallies.count_due,
        alarm_tallies.count_due,
        counting.count_due,
    )
    rounds.run(name="ledger", steps=steps, now=timezone.now())


@shared_task
def check_rota() -> None:
    rounds.run(name="rota", steps=(coverage.check,), now=timezone.now())


@shared_task
def plan() -> None:
    steps = (
        checkins.plan_all,
        risk_runs.recompute_due,
        search_texts.fill_missing,
        family_devices.report_unanswered,
    )
    rounds.run(name="plan", steps=steps, now=timezone.now())


@shared_task
def watch_audit() -> None:
    """Tells of refusals, seals what was written; once a night the chain is walked, one part a task."""
    steps: tuple[rounds.Step, ...] = (
        refusals.tell_leads,
        audit_seals.seal_written,
        audit_checks.check_next_part,
        audit_checks.deliver_checkpoint,
    )
    rounds.run(name="seals", steps=steps, now=timezone.now())


@shared_task
def send_events() -> None:
    """What other systems are told: new events first, then what waits; bounded, because others may hang."""
    steps: tuple[rounds.Step, ...] = (listener_events.collect, listener_events.send_due)
    rounds.run(name="listeners", steps=steps, now=timezone.now())


@shared_task
def apply_retention() -> None:
    """Once a night; one part a task, as with rehearsals."""
    rounds.run(name="retention", steps=(retention_runs.go_on,), now=timezone.now())
