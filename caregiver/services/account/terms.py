"""Agreeing to terms that have changed."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from clinic.access import AnyUser
from clinic.models import User
from clinic.services.core import audit
from clinic.services.patients import terms


@dataclass(frozen=True)
class TermsStatus:
    """Which version is in force, and whether the reader still has to agree to it."""

    version: str
    is_owed: bool


def status_for(*, by: AnyUser) -> TermsStatus:
    """A visitor agrees by joining, and owes nothing here."""
    is_owed = isinstance(by, User) and not by.is_staff_member and terms.are_owed(user=by)
    return TermsStatus(terms.VERSION, is_owed)


@transaction.atomic
def agree_to_current(*, by: User, now: datetime) -> None:
    """Agree to the version in force. Idempotent."""
    if terms.are_owed(user=by):
        terms.accept(user=by, source="renewal", now=now)
        audit.record(action="terms.accepted", by=by, now=now, detail={"version": terms.VERSION})
