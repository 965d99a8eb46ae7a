"""`manage.py end_role`: somebody leaves. Says what it would do; does it with --yes."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from clinic.access import NotVisible
from clinic.models import Staff, User
from clinic.queries.desk import leaving as query
from clinic.queries.desk import leaving_words
from clinic.services.accounts import leaving


class Command(BaseCommand):
    help = "End a person's role at a clinic: manage.py end_role CLINIC E-MAIL BY-E-MAIL [--yes]"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("clinic", help="the clinic's slug")
        parser.add_argument("email", help="e-mail address of the person who leaves")
        parser.add_argument("by", help="e-mail address of the operator or administrator who answers for it")
        parser.add_argument("--yes", action="store_true", help="do it; without this it is only told")

    def handle(self, *args: Any, **options: Any) -> None:
        now, by = timezone.now(), User.objects.filter(email=options["by"].lower(), is_active=True).first()
        if by is None:
            raise CommandError(f"Nobody signs in with “{options['by']}”.")
        roles = Staff.objects.filter(clinic__slug=options["clinic"], user__email=options["email"].lower())
        role = roles.filter(ended_at__isnull=True).first()
        if role is None:
            raise CommandError(f"“{options['email']}” has no role at “{options['clinic']}”.")
        try:
            found = query.of_role(user=by, staff_id=role.pk, now=now)
            for sentence in leaving_words.what_ends(found):
                self.stdout.write(f"  {sentence}")
            for gap in leaving_words.gaps_made(found):
                self.stdout.write(self.style.WARNING(f"GAP: {gap}"))
            if not options["yes"]:
                self.stdout.write("Nothing is done yet. Add --yes to end the role.")
                return
            leaving.end_role(staff_id=role.pk, by=by, now=now)
        except (NotVisible, leaving.OwnRole) as refused:
            raise CommandError(f"“{options['by']}” may not end this role.") from refused
        self.stdout.write(f"The role of {found.staff.user.name} at {found.staff.clinic.name} has ended.")
