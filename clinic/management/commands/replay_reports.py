"""Replay stored reports by the rules that scored them: `manage.py replay_reports [--since DAY] [--json]`."""

from __future__ import annotations

import json
import sys
from datetime import UTC, date, datetime, time
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from clinic.queries.protocols import replays

DIFFERS = 1


class Command(BaseCommand):
    """Reads only, in batches. Names reports by their id, never a level. Exit 1: one came out differently."""

    help = "Replay stored answers through the stored rules and name the reports whose level differs."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--since",
            type=date.fromisoformat,
            help="only what was scored from this day on (UTC); all without it",
        )
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        day = options["since"]
        since = datetime.combine(day, time(), tzinfo=UTC) if day else None
        checked = differing = 0
        for one in replays.since(since):
            checked += 1
            if not one.agrees:
                differing += 1
                self.stdout.write(
                    json.dumps({"report": str(one.report_id)}) if options["as_json"] else str(one.report_id)
                )
        figures = {"checked": checked, "differing": differing}
        self.stdout.write(
            json.dumps(figures)
            if options["as_json"]
            else f"{checked - differing} of {checked} reports give the level that was stored"
        )
        if differing:
            sys.exit(DIFFERS)
