"""What is missing for real operation: `manage.py check_setup [--json] [--twilio]`."""

import json
import sys
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser
from django.db import DatabaseError
from django.utils import timezone

from clinic.queries.watch import setup
from clinic.services.watch import audit_retention
from notifications.providers.chosen import account_problems, webhook_problems

NOT_READY = 1


class Command(BaseCommand):
    """Exit 1: something is missing that an alarm needs."""

    help = "Name what is missing before this installation may be relied on."
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object a line")
        parser.add_argument(
            "--twilio", action="store_true", help="ask the account, and our address as it would"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = [*setup.of_settings(), *setup.of_program(), *_of_clinics()]
        if options["twilio"]:
            asked = [*account_problems(), *webhook_problems()]
            found += [setup.Missing(code, what, todo) for code, what, todo in asked]
        for missing in found:
            self.stdout.write(json.dumps(asdict(missing)) if options["as_json"] else _line(missing))
        needed = sum(missing.alarms for missing in found)
        if not options["as_json"]:
            self.stdout.write(_sum(needed, len(found) - needed))
        if needed:
            sys.exit(NOT_READY)


def _of_clinics() -> tuple[setup.Missing, ...]:
    try:
        now = timezone.now()
        waiting = setup.of_audit(rows_waiting=audit_retention.count_waiting(now=now))
        clocks = setup.of_clocks(here=timezone.now(), there=setup.clock_of_database())
        others = setup.of_others(now=now)
        return clocks + setup.of_database() + waiting + others + setup.of_clinics(now=now)
    except DatabaseError:
        what = "The database does not answer, or has no tables yet."
        return (setup.Missing("no_database", what, "Check DATABASE_URL, then: manage.py migrate."),)


def _line(missing: setup.Missing) -> str:
    mark = "MISSING" if missing.alarms else "advised"
    where = f"{missing.clinic}: " if missing.clinic else ""
    return f"{mark}  {where}{missing.what} {missing.todo}"


def _sum(needed: int, advised: int) -> str:
    if needed:
        return f"Not ready: {needed} missing that alarms need, {advised} advised."
    return f"Ready: nothing is missing that alarms need, {advised} advised."
