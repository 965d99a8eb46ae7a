"""`manage.py recount_checkins [--check]`: the check-ins behind the figures, counted anew by hand."""

from __future__ import annotations

import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.utils import timezone

from clinic.services.outcomes import tallies

DIFFERS = 1


class Command(BaseCommand):
    """Counts everybody anew, or with --check compares and writes nothing. Exit 1: a count is wrong."""

    help = "Count the check-ins behind the console's figures anew; --check only compares"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="compare what is counted; change nothing")

    def handle(self, *args: Any, **options: Any) -> None:
        now = timezone.now()
        if not options["check"]:
            self.stdout.write(f"counted: {tallies.count_all(now=now)} patients")
            return
        found = tallies.check(now=now)
        for patient_id in found.differing:
            self.stdout.write(str(patient_id))
        self.stdout.write(f"{found.right} of {found.right + len(found.differing)} counts are right")
        if found.differing:
            sys.exit(DIFFERS)
