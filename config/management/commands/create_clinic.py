"""`manage.py create_clinic`: from an empty database to a clinic whose administrator can sign in."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from caregiver.services.guidance import defaults
from clinic.models import Clinic
from clinic.services.accounts import new_clinics
from clinic.services.accounts.staff_invitations import LASTS

_FACTS = {
    "name": "the clinic's name, as families read it",
    "slug": "a short name for addresses, such as harbor",
    "time_zone": "the zone of its clock, such as America/New_York",
    "line_phone": "the number that is answered day and night, such as +16175550100",
    "clinic_phone": "the number that is answered in staffed hours",
}


class Command(BaseCommand):
    """All or nothing; what is wrong is named by its option."""

    help = "Make a clinic with its first administrator, the default protocol and the guidance pages."

    def add_arguments(self, parser: ArgumentParser) -> None:
        for name, told in _FACTS.items():
            parser.add_argument(_option(name), required=True, help=told)
        parser.add_argument(
            "--admin-email", required=True, help="who runs the clinic here, and invites the rest"
        )
        parser.add_argument("--admin-name", default="", help="their name (default: what stands before the @)")
        parser.add_argument(
            "--sms-brand", default="", help="what texts are signed with; best without a word about illness"
        )
        parser.add_argument("--emergency-number", default="911", help="for an ambulance (default: 911)")
        parser.add_argument("--json", action="store_true", dest="as_json", help="one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        facts = {name: options[name].strip() for name in _FACTS}
        clinic = Clinic(
            **facts,
            sms_brand=options["sms_brand"].strip() or facts["name"][:30].strip(),
            emergency_number=options["emergency_number"],
        )
        email = options["admin_email"].strip()
        try:
            made = new_clinics.create(
                clinic=clinic,
                admin_email=email,
                admin_name=options["admin_name"].strip() or email.partition("@")[0],
                now=timezone.now(),
            )
        except ValidationError as wrong:
            raise CommandError("Nothing was made.\n" + "\n".join(_lines(wrong))) from wrong
        except new_clinics.SignInShut as shut:
            raise CommandError(f"Nothing was made.\nThe sign-in of “{email}” is closed.") from shut
        defaults.load(now=timezone.now())
        self.stdout.write(_as_json(made) if options["as_json"] else self._told(made))

    def _told(self, made: new_clinics.NewClinic) -> str:
        hours = round(LASTS.total_seconds() / 3600)
        return (
            f"{made.clinic.name} is made, with version {made.protocol_version} of the default protocol.\n"
            f"Give this link to {made.administrator.email}. It works once, for {hours} hours:\n"
            f"  {made.url}\n"
            "What is still missing before alarms get through: manage.py check_setup"
        )


def _as_json(made: new_clinics.NewClinic) -> str:
    told = {
        "id": str(made.clinic.pk),
        "slug": made.clinic.slug,
        "protocol_version": made.protocol_version,
        "administrator": made.administrator.email,
        "link": made.url,
    }
    return json.dumps(told)


def _lines(wrong: ValidationError) -> list[str]:
    told = wrong.message_dict
    return [f"{_option(name)}: {' '.join(texts)}" for name, texts in told.items()]


def _option(name: str) -> str:
    return f"--{'admin-email' if name == 'email' else name.replace('_', '-')}"
