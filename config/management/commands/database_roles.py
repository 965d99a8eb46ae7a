"""`manage.py database_roles`: the roles of the program and of whoever only counts (docs/security.md)."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, OperationalError, connection
from psycopg import sql

from config import row_security


class Command(BaseCommand):
    """Run by the database's owner, who may make roles. What is there stays; rights are written anew."""

    help = "Make the database roles: manage.py database_roles --app NAME [--reports NAME]"
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--app", required=True, help="the role in DATABASE_URL; it will own nothing")
        parser.add_argument("--reports", default="", help="a role that may read and count, no more")

    def handle(self, *args: Any, **options: Any) -> None:
        if connection.vendor != "postgresql":
            raise CommandError("Roles are PostgreSQL's: set MAINTENANCE_DATABASE_URL to its owner's address.")
        members = {row_security.APP: options["app"], row_security.REPORTS: options["reports"]}
        if set(members) & set(members.values()):
            raise CommandError(f"{' and '.join(members)} are groups: choose other names.")
        try:
            made = [name for group, name in members.items() if _make(group, name)]
        except OperationalError as silent:
            raise CommandError(f"The database does not let us in: {silent}".strip()) from silent
        except DatabaseError as refused:
            raise CommandError(f"This role may not make roles: {refused}".strip()) from refused
        row_security.apply()
        for name in made:
            self.stdout.write(f"{name} is made. Give it a password: psql, then \\password {name}")
        self.stdout.write(
            "Rights and policies are written. Run migrate as the owner; they follow by themselves."
        )


def _make(group: str, name: str) -> bool:
    """Whether the role that signs in is new; the group is made where it is missing."""
    _create(group, "NOLOGIN")
    if not name:
        return False
    is_new = _create(name, "LOGIN")
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("GRANT {} TO {}").format(sql.Identifier(group), sql.Identifier(name)))
    return is_new


def _create(name: str, kind: str) -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [name])
        if cursor.fetchone():
            return False
        cursor.execute(sql.SQL("CREATE ROLE {} " + kind).format(sql.Identifier(name)))
    return True
