"""`manage.py missing_translations [language …]`: what families or staff would read in English instead."""

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError

from config import catalogues


class Command(BaseCommand):
    help = "List the texts that a language lacks; exits with 1 when any does."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("language", nargs="*", help="such as ar; every language without it")

    def handle(self, *args: Any, **options: Any) -> None:
        known = [code for code, _ in settings.LANGUAGES if code != settings.LANGUAGE_CODE]
        unknown = set(options["language"]) - set(known)
        if unknown:
            raise CommandError(
                f"No such language: {', '.join(sorted(unknown))}. There are: {', '.join(known)}."
            )
        total = sum([self.tell(language) for language in options["language"] or known])
        if total:
            raise CommandError(f"{total} texts are missing.")

    def tell(self, language: str) -> int:
        lacking = catalogues.missing(language)
        for message in lacking:
            place, line = message.locations[0]
            text = message.id[0] if message.pluralizable else message.id
            self.stdout.write(f"{language}  {place}:{line}  {text}")
        return len(lacking)
