"""`manage.py check_guidance`: whether every answer leads to a page and every page to what it names."""

from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from caregiver.services.guidance import orphans


class Command(BaseCommand):
    """For the nightly run: fails, and says what, when an answer or a link leads nowhere."""

    help = "Check that checklist answers, warning signs and links lead to live guidance pages."

    def handle(self, *args: Any, **options: Any) -> None:
        found = orphans.current(now=timezone.now())
        for kind, what in found:
            self.stdout.write(f"{kind}: {what}")
        if found:
            raise CommandError(f"{len(found)} lead nowhere.")
        self.stdout.write("Every answer leads to a page, and every link leads somewhere.")
