"""Delete what has been kept long enough: `manage.py apply_retention [--dry-run]`."""

from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from clinic.services.watch import audit_retention, retention_runs


class Command(BaseCommand):
    """What the engine does each night, at once. May be stopped and started again at any moment."""

    help = "Delete or empty every kind of data whose time is over (docs/data.md)."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--dry-run", action="store_true", help="count, and write nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if options["dry_run"]:
            counts = retention_runs.count_expired(now=now)
        else:
            counts = retention_runs.apply_all(now=now)
        for name, rows in counts.items():
            self.stdout.write(f"{name}: {rows}")
        self.stdout.write(
            "nothing was written" if options["dry_run"] else f"{sum(counts.values())} rows went"
        )
        if not audit_retention.may_delete():
            waiting = audit_retention.count_waiting(now=now)
            self.stdout.write(
                f"The audit was left alone: this role may let nothing of it go. {waiting} rows wait for "
                "a run of this command by the owner (docs/audit.md)."
            )
