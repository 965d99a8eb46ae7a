"""Whether the audit rows are still those that were sealed, and the chain the one that was signed for."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from enum import StrEnum
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from clinic.models import AuditCheck, AuditEvent, AuditSeal
from clinic.rules.core import audit_chain
from clinic.rules.patients.retention import is_old_enough_for_audit

# Some 10 MB of rows.
AT_ONCE = 5000
_FIELDS = tuple(field.attname for field in AuditEvent._meta.concrete_fields)


class FaultKind(StrEnum):
    """What has been done to the trail. Stored with a check and named in an alarm."""

    CHANGED = "changed"
    MISSING = "missing"
    INSERTED = "inserted"
    SEAL_MISSING = "seal_missing"
    REWRITTEN = "rewritten"
    CUT = "cut"
    BAD_SIGNATURE = "bad_signature"


@dataclass(frozen=True)
class Fault:
    """The first thing that is wrong, and the audit row that it is about."""

    kind: FaultKind
    event_id: int | None


@dataclass(frozen=True)
class Stretch:
    """A part of the chain that was walked: how far, the hash there, and the fault that ended it."""

    place: int
    hash: str
    fault: Fault | None = None


@dataclass(frozen=True)
class Checkpoint:
    """Where the chain ended on a day, signed."""

    day: date
    place: int
    hash: str
    signature: str

    def as_json(self) -> str:
        return json.dumps(
            {"day": f"{self.day}", "place": self.place, "hash": self.hash, "signature": self.signature}
        )


def checkpoint_of(row: AuditCheck) -> Checkpoint:
    """What was signed for, of one night's check."""
    return Checkpoint(row.day, row.until_place, row.hash, row.signature)


@dataclass(frozen=True)
class Beginning:
    """The place before the chain's first row, the hash there, and the row that was let go last."""

    place: int
    hash: str
    event_id: int


def beginning() -> Beginning:
    """Place 0; or, where older rows were let go, the checkpoint before the rest (watch/audit_retention).

    That one has a signature of ours and is older than the law asks rows to be: else they were cut off.
    """
    first = AuditSeal.objects.order_by("place").first()
    if first is not None and first.place > 1:
        rows = AuditCheck.objects.filter(until_place=first.place, hash=first.hash).exclude(signature="")
        for row in rows:
            if is_old_enough_for_audit(row.day, timezone.now()) and is_signed(checkpoint_of(row)):
                return Beginning(first.place, first.hash, first.event_id)
    return Beginning(0, audit_chain.START, 0)


def facts_of(row: Iterable[Any]) -> dict[str, Any]:
    """A row of `rows_after` as the chain has it."""
    return dict(zip(_FIELDS, row, strict=True))


def rows_after(event_id: int, *, until: int) -> Any:
    """Audit rows as plain values, in order of their ids."""
    rows = AuditEvent.objects.filter(pk__gt=event_id, pk__lte=until).order_by("pk")
    return rows.values_list(*_FIELDS)


def last_place() -> int:
    """Where the chain ends now."""
    return AuditSeal.objects.order_by("-place").values_list("place", flat=True).first() or 0


def unsealed() -> int:
    """How many rows were written and are not sealed yet."""
    return AuditEvent.objects.filter(pk__gt=_seal_at(last_place())[1]).count()


def walk(*, after: int, until: int) -> Stretch:
    """Walk along at most AT_ONCE places behind `after`, which was walked before."""
    begins = beginning()
    after = max(after, begins.place)
    previous, event_id = _seal_at(after)
    if after >= until:
        return Stretch(until, previous)
    left_over = _next_row(0) if begins.place == after > 0 else None
    if left_over is not None and left_over <= begins.event_id:
        return Stretch(after, previous, Fault(FaultKind.INSERTED, left_over))
    seals = list(
        AuditSeal.objects.filter(place__gt=after, place__lte=until)
        .order_by("place")
        .values_list("place", "event_id", "hash")[:AT_ONCE]
    )
    if not seals:
        return Stretch(until, previous, Fault(FaultKind.SEAL_MISSING, _next_row(event_id)))
    # One more than there should be: what was inserted stands before the last seal's row.
    rows = iter(rows_after(event_id, until=seals[-1][1])[: len(seals) + 1])
    for expected, (place, event_id, chain_hash) in enumerate(seals, start=after + 1):
        fault, previous = _compare(expected, place, event_id, chain_hash, previous, next(rows, None))
        if fault is not None:
            return Stretch(place, previous, fault)
    return Stretch(seals[-1][0], previous)


def walk_all(*, after: int = 0) -> Iterator[Stretch]:
    """Part after part to the end of the chain as it is now, or to the first fault."""
    until, after = last_place(), max(after, beginning().place)
    while after < until:
        stretch = walk(after=after, until=until)
        yield stretch
        if stretch.fault is not None:
            return
        after = stretch.place


def place_before(day: date) -> int:
    """The last place that was sealed before this day began (UTC)."""
    moment = datetime.combine(day, time(), tzinfo=UTC)
    sealed = AuditSeal.objects.filter(sealed_at__lt=moment).order_by("-place")
    return sealed.values_list("place", flat=True).first() or 0


def checkpoints_kept_here() -> tuple[Checkpoint, ...]:
    """What was signed for, as the database has it."""
    rows = AuditCheck.objects.exclude(signature="").order_by("day")
    return tuple(checkpoint_of(row) for row in rows)


def file_of_checkpoints() -> Path | None:
    """The file that checkpoints go to, once there is one; None where they go to an address."""
    path = Path(settings.AUDIT_CHECKPOINT)
    is_file = settings.AUDIT_CHECKPOINT and "://" not in settings.AUDIT_CHECKPOINT and path.is_file()
    return path if is_file else None


def checkpoints_in(path: Path) -> tuple[Checkpoint, ...]:
    """What was signed for, from a file of checkpoints. OSError, ValueError."""
    lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    try:
        return tuple(
            Checkpoint(
                date.fromisoformat(one["day"]), int(one["place"]), str(one["hash"]), str(one["signature"])
            )
            for one in lines
        )
    except (KeyError, TypeError) as error:
        raise ValueError(f"no file of checkpoints: {path}") from error


def compare_with(checkpoints: Iterable[Checkpoint]) -> Fault | None:
    """The first checkpoint that the chain does not meet; None where it meets them all."""
    begins = beginning()
    # Those before it lie where nothing is any more.
    listed = sorted(
        (one for one in checkpoints if one.place >= begins.place), key=lambda one: (one.place, one.day)
    )
    rows = AuditSeal.objects.filter(place__in={one.place for one in listed})
    seals: dict[int, tuple[int | None, str]] = {row.place: (row.event_id, row.hash) for row in rows}
    if not begins.place:
        seals |= {0: (None, audit_chain.START)}
    for one in listed:
        event_id, chain_hash = seals.get(one.place, (None, ""))
        if not is_signed(one):
            return Fault(FaultKind.BAD_SIGNATURE, event_id)
        if not chain_hash:
            # The newest row that is left: what came after it is gone.
            return Fault(FaultKind.CUT, _seal_at(last_place())[1] or None)
        if chain_hash != one.hash:
            return Fault(FaultKind.REWRITTEN, event_id)
    return None


def is_signed(checkpoint: Checkpoint) -> bool:
    """Whether one of our keys made this signature."""
    made = {
        audit_chain.sign(day=checkpoint.day, place=checkpoint.place, chain_hash=checkpoint.hash, key=key)
        for key in keys()
    }
    return checkpoint.signature in made


def keys() -> tuple[bytes, ...]:
    """The key that signs, then those that once did."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    made = [
        salted_hmac("clinic.audit", "checkpoint", secret=secret, algorithm="sha256").digest()
        for secret in secrets
    ]
    return (settings.AUDIT_KEY.encode(), *made) if settings.AUDIT_KEY else tuple(made)


def _compare(
    expected: int, place: int, event_id: int, chain_hash: str, previous: str, row: tuple[Any, ...] | None
) -> tuple[Fault | None, str]:
    found = row[0] if row else None
    if place != expected:
        return Fault(FaultKind.SEAL_MISSING, found), previous
    if found is None or found > event_id:
        return Fault(FaultKind.MISSING, event_id), previous
    if found < event_id:
        return Fault(FaultKind.INSERTED, found), previous
    linked = audit_chain.link(previous, facts_of(row or ()))
    return (None if linked == chain_hash else Fault(FaultKind.CHANGED, event_id)), linked


def _seal_at(place: int) -> tuple[str, int]:
    """The hash at this place and the row that it seals; the beginning before the first."""
    found = AuditSeal.objects.filter(place=place).values_list("hash", "event_id").first()
    return found or (audit_chain.START, 0)


def _next_row(event_id: int) -> int | None:
    rows = AuditEvent.objects.filter(pk__gt=event_id).order_by("pk")
    return rows.values_list("pk", flat=True).first()
