"""Each night the chain of audit rows is walked; where it breaks the leads hear of it, else it is signed.

The signed checkpoint leaves the machine: whoever can change rows and seals here cannot change what is kept
elsewhere, and has no key to sign another.
"""

import logging
from datetime import date, datetime, timedelta
from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.db import transaction

from clinic.models import AuditCheck, Clinic, SystemAlarm
from clinic.models.system_alarm import AlarmKind
from clinic.queries.watch import audit_chain as query
from clinic.queries.watch.audit_chain import Checkpoint, Fault
from clinic.rules.core import audit_chain
from clinic.services.core import alarms
from clinic.services.watch import outside_addresses
from notifications.services import nudge

logger = logging.getLogger(__name__)

# A check belongs to the day that begins at this hour, UTC: night in the Americas, early morning in Europe.
BEGINS = timedelta(hours=7)
# The subject of the alarm that a checkpoint has not left the machine for so long.
NOT_DELIVERED = "not_delivered"
DELIVER_WITHIN = timedelta(hours=6)


@transaction.atomic
def check_next_part(*, now: datetime) -> int:
    """Go on with the night's walk, and ask for the next part; returns how many places were walked."""
    check = _unfinished(now)
    if check is None:
        return 0
    stretch = query.Stretch(0, audit_chain.START)
    began = check.done_place
    if began < check.until_place:
        stretch = query.walk(after=began, until=check.until_place)
        check.done_place = stretch.place
    if stretch.fault is None and check.done_place < check.until_place:
        nudge.after_commit("clinic.tasks.watch_audit")
    else:
        _finish(check, stretch.fault or query.compare_with(_all_checkpoints()), stretch.hash, now)
    check.save()
    return check.done_place - began


def deliver_checkpoint(*, now: datetime) -> bool:
    """Hand the newest checkpoint to whoever keeps it; True when it was taken now. Tried until it is."""
    check = AuditCheck.objects.exclude(signature="").order_by("-day").first()
    if not settings.AUDIT_CHECKPOINT or check is None or check.delivered_at is not None:
        return False
    checkpoint = query.checkpoint_of(check)
    if _hand_over(checkpoint):
        AuditCheck.objects.filter(pk=check.pk).update(delivered_at=now)
        _clear(NOT_DELIVERED, now)
        return True
    if check.finished_at is not None and now - check.finished_at > DELIVER_WITHIN:
        _raise(NOT_DELIVERED, now)
    return False


def _unfinished(now: datetime) -> AuditCheck | None:
    """The oldest check that is not finished, locked, or tonight's; None when all is done or under way."""
    unfinished = AuditCheck.objects.filter(finished_at__isnull=True)
    check = unfinished.select_for_update(skip_locked=True).order_by("day").first()
    if check is not None or unfinished.exists():
        return check
    made, created = AuditCheck.objects.get_or_create(
        day=_day_of(now), defaults={"started_at": now, "until_place": query.last_place()}
    )
    return made if created else None


def _day_of(now: datetime) -> date:
    return (now - BEGINS).date()


def _finish(check: AuditCheck, fault: Fault | None, chain_hash: str, now: datetime) -> None:
    check.finished_at = now
    if fault is not None:
        check.fault, check.fault_event_id = fault.kind, fault.event_id
        logger.error("The audit trail does not hold: %s, row %s", fault.kind, fault.event_id)
        _raise(f"{fault.kind}:{fault.event_id or ''}", now)
        return
    check.hash = chain_hash
    check.signature = audit_chain.sign(
        day=check.day, place=check.until_place, chain_hash=chain_hash, key=query.keys()[0]
    )


def _all_checkpoints() -> tuple[Checkpoint, ...]:
    """Those of the database and, where they can be read from here, those of the file."""
    kept = query.checkpoints_kept_here()
    path = query.file_of_checkpoints()
    try:
        return (*kept, *query.checkpoints_in(path)) if path else kept
    except (OSError, ValueError):
        logger.exception("the file of checkpoints cannot be read")
        return kept


def _hand_over(checkpoint: Checkpoint) -> bool:
    line = checkpoint.as_json()
    try:
        if urlsplit(settings.AUDIT_CHECKPOINT).scheme in {"http", "https"}:
            outside_addresses.call(settings.AUDIT_CHECKPOINT, line.encode())
        else:
            with Path(settings.AUDIT_CHECKPOINT).open("a", encoding="utf-8") as file:
                file.write(f"{line}\n")
    except (OSError, ValueError) as error:
        logger.error("The checkpoint of the audit could not be handed over: %s", type(error).__name__)
        return False
    return True


def _raise(subject: str, now: datetime) -> None:
    """At every clinic: the chain is one, whosever row it is that broke it."""
    for clinic_id in Clinic.objects.values_list("pk", flat=True):
        alarms.raise_alarm(clinic_id=clinic_id, kind=AlarmKind.AUDIT_BROKEN, subject=subject, now=now)


def _clear(subject: str, now: datetime) -> None:
    rows = SystemAlarm.objects.filter(kind=AlarmKind.AUDIT_BROKEN, subject=subject, cleared_at__isnull=True)
    for clinic_id in list(rows.values_list("clinic_id", flat=True)):
        alarms.clear(clinic_id=clinic_id, kind=AlarmKind.AUDIT_BROKEN, subject=subject, now=now)
