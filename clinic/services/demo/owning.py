"""Whose database this is: the demo keeps out of one that holds anybody else's data."""

from datetime import datetime

from django.db import connection

from clinic.models import AuditEvent, Clinic, User
from clinic.services.core import audit
from clinic.services.demo import people

_LOADED = "demo.loaded"


def owns_database() -> bool:
    """Whether the database is empty, or was the demo's from the start. The embedded file is nobody else's.

    The audit's row stays for ever, so clinics that were made in the demo later do not matter. Before there
    was that row, the demo's own clinics were all that there was.
    """
    if connection.vendor == "sqlite":
        return True
    tables = set(connection.introspection.table_names())
    if Clinic._meta.db_table not in tables:
        return not tables
    if AuditEvent.objects.filter(action=_LOADED).exists():
        return True
    slugs = set(Clinic.objects.values_list("slug", flat=True))
    return slugs <= {card.slug for card in people.CLINICS} and (bool(slugs) or not User.objects.exists())


def mark_database(*, now: datetime) -> None:
    """The demo's from now on."""
    if not AuditEvent.objects.filter(action=_LOADED).exists():
        audit.record(action=_LOADED, by=None, now=now)
