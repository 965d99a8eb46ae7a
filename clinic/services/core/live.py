"""Tells open consoles that something changed: a number in the database, and a hint over the wire.

The number (`Clinic.live_version`) is the truth: the row lock that its update takes is held to the end
of the transaction, so versions become visible in order and a console that compares numbers misses
nothing. The frame is a hint, may be lost, and carries a reference only.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.db.models import F

from clinic.models import Clinic
from notifications import push


def group_of(clinic_id: UUID) -> str:
    """The channel group of a clinic's consoles."""
    return f"clinic.{clinic_id}"


def publish_change(*, clinic_id: UUID, kind: str, ref: object, level: str | None, now: datetime) -> int:
    """Count one change and, after the commit, hint at it. Must run inside the change's transaction."""
    Clinic.objects.filter(pk=clinic_id).update(live_version=F("live_version") + 1)
    version: int = Clinic.objects.values_list("live_version", flat=True).get(pk=clinic_id)
    frame = {
        "type": kind,
        "ref": str(ref),
        "version": version,
        "level": level,
        "at": now.isoformat(),
        # Whose change and which: a console that has heard of all of them needs no whole list.
        "change": f"{clinic_id}:{version}",
    }
    transaction.on_commit(lambda: push.send(group_of(clinic_id), frame), robust=True)
    return version


def heartbeat(*, now: datetime) -> None:
    """One frame to every clinic, so that a console can tell a quiet night from a dead line."""
    for clinic_id, version in Clinic.objects.values_list("pk", "live_version"):
        push.send(
            group_of(clinic_id),
            {"type": "heartbeat", "ref": "", "version": version, "level": None, "at": now.isoformat()},
        )
