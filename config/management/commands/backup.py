"""`manage.py backup [FOLDER]`: a dump of everything, with a sheet that says what is in it."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from config.backups import dumps


class Command(BaseCommand):
    """Reads only. On PostgreSQL as the owner (MAINTENANCE_DATABASE_URL), who sees every clinic."""

    help = "Dump the whole database into a folder, with a sheet of what is in it."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", nargs="?", type=Path, help="BACKUP_FOLDER without it")

    def handle(self, *args: Any, **options: Any) -> None:
        folder = options["folder"] or settings.BACKUP_FOLDER
        if not folder:
            raise CommandError("Say where to: manage.py backup FOLDER, or set BACKUP_FOLDER.")
        try:
            dump = dumps.make(Path(folder), now=timezone.now())
        except dumps.DumpFailed as failed:
            raise CommandError(f"{failed.code}: {failed}") from failed
        self.stdout.write(
            f"{dump} ({dump.stat().st_size:,} bytes). Encrypt it before it leaves this machine."
        )
