"""Takes the HL7 v2 messages of a folder, in the order of the files' names. Run again, it takes none twice."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from clinic.access import NotAllowed
from clinic.models import User
from clinic.services.exchange import messages

_MOST_BYTES = 1024 * 1024


class Command(BaseCommand):
    help = (
        "Take the ADT messages (*.hl7) of a folder; a line a file, without a name. Exit 1 if any is refused."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("folder", type=Path)
        parser.add_argument("--clinic", required=True, help="the clinic's short name")
        parser.add_argument("--as", required=True, dest="email", help="the administrator who brings them in")

    def handle(self, *args: Any, folder: Path, clinic: str, email: str, **options: Any) -> None:
        by = User.objects.filter(email__iexact=email, is_active=True).first()
        if by is None:
            raise CommandError("Nobody signs in with this address.")
        if not folder.is_dir():
            raise CommandError("There is no such folder.")
        refused = 0
        for path in sorted(folder.glob("*.hl7")):
            with path.open("rb") as file:
                body = file.read(_MOST_BYTES)
            try:
                answer = messages.receive(body=body, clinic_slug=clinic, by=by, now=timezone.now())
            except NotAllowed as error:
                raise CommandError("This person may not bring anything in at this clinic.") from error
            refused += answer.code != "AA"
            self.stdout.write(f"{path.name}: {answer.code} {_came_of(answer)}".rstrip())
        if refused:
            raise CommandError(f"{refused} not taken.")


def _came_of(answer: messages.Answer) -> str:
    """Codes alone: this may stand in a log."""
    if answer.trouble:
        return answer.trouble
    said = answer.row.verdict if answer.row else "no stay"
    return f"{said}, as before" if answer.replayed else str(said)
