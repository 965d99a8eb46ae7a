"""`manage.py seed_demo`: load what is missing of the demo and print how to get in."""

import json
from io import StringIO
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, call_command
from django.core.management.base import CommandParser
from django.utils import timezone

from clinic.services import demo


class Command(BaseCommand):
    """Repeatable: nothing is loaded twice. Every run prints fresh API tokens; older ones stay good."""

    help = "Load the demo clinics where they are missing; print sign-ins and fresh API tokens."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object")
        parser.add_argument("--brief", action="store_true", help="without the four weeks of history")

    def handle(self, *args: Any, as_json: bool, brief: bool, **options: Any) -> None:
        try:
            listing = demo.load_and_list(
                base_url=settings.PUBLIC_BASE_URL, now=timezone.now(), with_history=not brief
            )
        except demo.NotItsOwn as error:
            raise CommandError("This database is not the demo's: others' data is in it.") from error
        except demo.NotADemo as error:
            raise CommandError("These settings are not a demo's; made-up people stay out of them.") from error
        # By its name, because the pages belong to the app above; what it says would spoil the JSON.
        call_command("load_guidance", stdout=StringIO())
        if as_json:
            self.stdout.write(json.dumps(listing, indent=2))
        else:
            self.print_plainly(listing)

    def print_plainly(self, listing: dict[str, Any]) -> None:
        for title in ("clinics", "staff", "caregivers", "patients"):
            self.stdout.write(f"{title}:")
            for row in listing[title]:
                self.stdout.write("  " + "  ".join(f"{key}={_plain(value)}" for key, value in row.items()))


def _plain(value: object) -> str:
    return ",".join(map(str, value)) if isinstance(value, list) else str(value)
