"""Publishes the default protocol, or one from a file, for a clinic."""

from argparse import ArgumentParser
from getpass import getpass
from pathlib import Path
from typing import Any

import yaml
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinic.models import Clinic, User
from clinic.protocols import default_document
from clinic.rules.protocols.document.protocol import ProtocolError
from clinic.services.protocols import versions

SECOND_PERSON = (
    "This clinic has a protocol. A change needs a second person: name another one, a physician of the "
    "clinic, with --second, or change it as a draft on the console, where it is rehearsed first."
)


class Command(BaseCommand):
    help = "Publish a protocol: manage.py publish_protocol CLINIC E-MAIL [--file FILE] [--second E-MAIL]"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("clinic", help="the clinic's slug")
        parser.add_argument("by", help="e-mail address of the person who answers for it")
        parser.add_argument(
            "--second",
            default="",
            help="e-mail address of a physician of the clinic who agrees and types their password; "
            "needed when the clinic has a protocol already",
        )
        parser.add_argument("--code", default="car-t", help="the protocol's code (default: car-t)")
        parser.add_argument("--file", type=Path, help="a protocol file instead of the default one")

    def handle(self, *args: Any, **options: Any) -> None:
        clinic = Clinic.objects.filter(slug=options["clinic"]).first()
        if clinic is None:
            raise CommandError(f"There is no clinic “{options['clinic']}”.")
        by = User.objects.filter(email=options["by"].lower()).first()
        if by is None:
            raise CommandError(f"Nobody signs in with “{options['by']}”.")
        second = _second(options["second"])
        try:
            version = versions.publish_without_draft(
                clinic=clinic,
                code=options["code"],
                document=_document(options),
                by=by,
                second=second,
                now=timezone.now(),
            )
        except versions.SecondPersonNeeded as error:
            raise CommandError(SECOND_PERSON) from error
        except ProtocolError as error:
            raise CommandError("The protocol was refused:\n" + "\n".join(error.problems)) from error
        self.stdout.write(f"{clinic.name}: {options['code']} version {version.number} is published.")


def _second(email: str) -> User | None:
    """The second person is here: they type their own password."""
    if not email:
        return None
    user = User.objects.filter(email=email.lower(), is_active=True).first()
    if user is None or not user.check_password(getpass(f"Password of {email}: ")):
        raise CommandError(f"“{email}” did not sign: nobody with this address, or a wrong password.")
    return user


def _document(options: dict[str, Any]) -> Any:
    if options["file"] is None:
        return default_document(options["code"])
    try:
        return yaml.safe_load(options["file"].read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError) as error:
        raise CommandError(f"{options['file']} cannot be read: {error}") from error
