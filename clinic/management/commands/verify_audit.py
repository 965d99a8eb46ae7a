"""Whether the audit rows are still those that were written: `manage.py verify_audit [--since DAY]`."""

import sys
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from clinic.models import AuditEvent
from clinic.queries.watch import audit_chain
from clinic.queries.watch.audit_chain import Checkpoint, Fault, FaultKind

BROKEN = 1
WORDS = {
    FaultKind.CHANGED: "Row {row} was changed after it was sealed{what}.",
    FaultKind.MISSING: "Row {row} is missing: it was sealed, and it is gone.",
    FaultKind.INSERTED: "Row {row} was inserted later, between rows that were sealed{what}.",
    FaultKind.SEAL_MISSING: "The seal of row {row} is missing{what}.",
    FaultKind.REWRITTEN: "Rows up to row {row} were sealed anew: a signed checkpoint says otherwise.",
    FaultKind.CUT: "Rows after row {row} are gone: a signed checkpoint lies behind it.",
    FaultKind.BAD_SIGNATURE: "The checkpoint at row {row} was not signed with a key that is known here.",
}


class Command(BaseCommand):
    """Reads only, in parts. Names the first row that is wrong. Exit 1: one is."""

    help = "Walk the chain of audit rows and compare it with the signed checkpoints."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--since",
            type=date.fromisoformat,
            help="only what was sealed from this day on (UTC); all without it",
        )
        parser.add_argument(
            "--checkpoints",
            type=Path,
            help="a file of checkpoints as they were handed over, one JSON object a line",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        day = options["since"]
        after = audit_chain.place_before(day) if day else 0
        walked = 0
        for stretch in audit_chain.walk_all(after=after):
            if stretch.fault is not None:
                self._fail(stretch.fault)
            walked = stretch.place - after
        listed = _checkpoints(options["checkpoints"])
        fault = audit_chain.compare_with(listed)
        if fault is not None:
            self._fail(fault)
        self.stdout.write(
            f"{walked} rows are as they were sealed, {len(listed)} checkpoints agree; "
            f"{audit_chain.unsealed()} rows are not sealed yet."
        )

    def _fail(self, fault: Fault) -> None:
        row = AuditEvent.objects.filter(pk=fault.event_id or 0).first()
        what = f" ({row.action}, {row.at:%Y-%m-%d %H:%M:%S} UTC)" if row else ""
        self.stdout.write(WORDS[fault.kind].format(row=fault.event_id, what=what))
        sys.exit(BROKEN)


def _checkpoints(named: Path | None) -> tuple[Checkpoint, ...]:
    """Of the database, and of the file that was named, or else of the one that they go to."""
    kept = audit_chain.checkpoints_kept_here()
    path = named or audit_chain.file_of_checkpoints()
    if path is None:
        return kept
    try:
        return (*kept, *audit_chain.checkpoints_in(path))
    except (OSError, ValueError) as error:
        raise CommandError(f"{path} cannot be read: {error}") from error
