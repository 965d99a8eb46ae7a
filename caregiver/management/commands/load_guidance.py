"""`manage.py load_guidance`: the guidance pages that ship with the program. Repeatable."""

from typing import Any

from django.core.management import BaseCommand
from django.utils import timezone

from caregiver.services.guidance import defaults


class Command(BaseCommand):
    """Loads what is missing; renews what nobody has touched; leaves what an educator wrote."""

    help = "Load the default guidance pages. Pages that an educator has changed stay as they are."

    def handle(self, *args: Any, **options: Any) -> None:
        done = defaults.load(now=timezone.now())
        self.stdout.write(", ".join(f"{number} {what}" for what, number in done.items()))
