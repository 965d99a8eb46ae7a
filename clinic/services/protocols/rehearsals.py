"""Runs a draft's rules over past reports, the shipped cases and an invented cohort, before it is approved."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q, QuerySet

from clinic.access import Permission, get_protocol_draft, require
from clinic.models import Assessment, ProtocolDraft, ProtocolRehearsal, RehearsalView, User
from clinic.models.protocol_draft import UNDER_WAY
from clinic.protocols import default_vignettes
from clinic.queries.protocols import expected_people
from clinic.queries.protocols.assessments import assess_again
from clinic.queries.protocols.versions import rules_of
from clinic.rules.protocols import editing
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring.vignettes import VignetteError, parse, run
from clinic.rules.protocols.simulation.cohort import Mix
from clinic.rules.protocols.simulation.tally import Tally
from clinic.services.core import audit
from clinic.services.protocols import simulation
from clinic.services.protocols.drafts import DraftRefused
from notifications.services import nudge

# What the draft would have done in the last 90 days.
LOOKS_BACK = timedelta(days=90)
# Small enough not to delay pages and scoring that queue behind it.
CHUNK_SIZE = 200
# Invented people at a time, each under both rule sets.
PEOPLE = 5
# One cohort for every draft, so that two of them can be set side by side.
SEED = 1


def start(*, draft_id: UUID, by: User, now: datetime) -> ProtocolRehearsal:
    """Rehearse the draft as it stands; the same content is rehearsed once. DraftRefused("invalid")."""
    draft = get_protocol_draft(by, draft_id)
    require(by, Permission.EDIT_PROTOCOLS, draft.protocol.clinic_id)
    if editing.problems(draft.document):
        raise DraftRefused("invalid")
    with transaction.atomic():
        rehearsal, created = ProtocolRehearsal.objects.get_or_create(
            draft=draft,
            document_hash=draft.document_hash,
            defaults={"since": now - LOOKS_BACK, "started_at": now, "started_by": by},
        )
        if created:
            audit.record(
                action="protocol_rehearsal.started",
                by=by,
                now=now,
                clinic_id=draft.protocol.clinic_id,
                subject_type="protocol_draft",
                subject_id=draft.pk,
            )
            nudge.after_commit("clinic.tasks.rehearse")
    return rehearsal


@transaction.atomic
def rehearse_next_chunk(*, now: datetime) -> None:
    """One chunk of the oldest rehearsal that is not finished; the next is asked for after the commit.

    Past reports come first: nobody waits for invented people to see what their own would have been told.
    """
    waiting = ProtocolRehearsal.objects.select_for_update(skip_locked=True, of=("self",)).order_by(
        "started_at"
    )
    rehearsal = waiting.filter(finished_at__isnull=True).first()
    if rehearsal is None:
        _go_on_with_the_cohort(waiting, now)
        return
    if rehearsal.draft.document_hash != rehearsal.document_hash:
        # The draft was changed meanwhile; what this one would find is about nothing any more.
        rehearsal.delete()
    else:
        _rehearse_chunk(rehearsal, rehearsal.draft, now)
    nudge.after_commit("clinic.tasks.rehearse")


def mark_viewed(*, rehearsal: ProtocolRehearsal, by: User, now: datetime) -> None:
    """Note that this person has the finished rehearsal on their screen."""
    RehearsalView.objects.get_or_create(rehearsal=rehearsal, user=by, defaults={"at": now})


def _go_on_with_the_cohort(waiting: QuerySet[ProtocolRehearsal], now: datetime) -> None:
    """A few more invented people of the oldest rehearsal whose draft still stands as it was rehearsed."""
    rehearsal = waiting.filter(
        finished_at__isnull=False,
        simulated_at__isnull=True,
        draft__state__in=UNDER_WAY,
        draft__document_hash=F("document_hash"),
    ).first()
    if rehearsal is None:
        return
    documents = {"published": rehearsal.draft.base_version.document, "draft": rehearsal.draft.document}
    # As it is when the count begins: one cohort is of one mix.
    own = expected_people.mix_of(rehearsal.draft.protocol.clinic, now)
    mix = rehearsal.cohort.setdefault("mix", asdict(own))
    for name, document in documents.items():
        counted = Tally.from_json(rehearsal.cohort.get(name, {}))
        _count_some(counted, Protocol.from_document(document), Mix(**mix))
        rehearsal.cohort[name] = counted.as_json()
    if rehearsal.cohort["draft"]["people"] >= simulation.PEOPLE:
        rehearsal.simulated_at = now
    rehearsal.save(update_fields=["cohort", "simulated_at"])
    nudge.after_commit("clinic.tasks.rehearse")


def _count_some(counted: Tally, rules: Protocol, mix: Mix) -> None:
    people = min(PEOPLE, simulation.PEOPLE - counted.people)
    some = simulation.count_some(protocol=rules, seed=SEED, first=counted.people, people=people, mix=mix)
    counted.add(some)


def _rehearse_chunk(rehearsal: ProtocolRehearsal, draft: ProtocolDraft, now: datetime) -> None:
    rules = Protocol.from_document(draft.document)
    rows = list(_assessments_left(rehearsal, draft)[:CHUNK_SIZE])
    for row in rows:
        change = _changed_result(rules, row)
        if change is not None:
            rehearsal.changes.append(change)
        rehearsal.reports += 1
        rehearsal.cursor_at, rehearsal.cursor_report = row.report.received_at, row.report_id
    if len(rows) < CHUNK_SIZE:
        rehearsal.cases, rehearsal.case_count = _failing_cases(rules, rules_of(draft.base_version))
        rehearsal.finished_at = now
    rehearsal.save()


def _assessments_left(rehearsal: ProtocolRehearsal, draft: ProtocolDraft) -> QuerySet[Assessment]:
    rows = Assessment.objects.filter(
        report__patient__clinic=draft.protocol.clinic_id,
        report__patient__is_synthetic=False,
        report__patient__erased_at__isnull=True,
        report__protocol_version__protocol=draft.protocol,
        report__is_drill=False,
        report__received_at__gte=rehearsal.since,
        report__received_at__lte=rehearsal.started_at,
    )
    if rehearsal.cursor_at is not None:
        rows = rows.filter(
            Q(report__received_at__gt=rehearsal.cursor_at)
            | Q(report__received_at=rehearsal.cursor_at, report__gt=rehearsal.cursor_report)
        )
    return rows.select_related("report").order_by("report__received_at", "report")


def _changed_result(rules: Protocol, row: Assessment) -> dict[str, Any] | None:
    """What the draft makes of one report with the very inputs that scored it, if that differs."""
    new = assess_again(rules, row)
    if new.level == row.level:
        return None
    fired = {reason["rule"] for reason in row.reasons}
    return {
        "report": str(row.report_id),
        "patient": str(row.report.patient_id),
        "at": row.report.received_at.isoformat(),
        "before": row.level,
        "after": str(new.level),
        "added": sorted(set(new.rules) - fired),
        "gone": sorted(fired - set(new.rules)),
    }


def _failing_cases(rules: Protocol, published: Protocol) -> tuple[list[dict[str, str]], int]:
    """Shipped cases that the draft no longer scores as they expect."""
    try:
        cases = parse(rules, default_vignettes())
    except VignetteError as error:
        return [{"id": problem, "expected": "", "before": "", "after": ""} for problem in error.problems], 0
    outcomes = [(case, run(rules, case)) for case in cases]
    return [
        {
            "id": case.id,
            "expected": str(outcome.expected),
            "before": str(run(published, case).actual),
            "after": str(outcome.actual),
        }
        for case, outcome in outcomes
        if not outcome.ok
    ], len(cases)
