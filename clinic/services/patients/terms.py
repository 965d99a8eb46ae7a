"""Agreeing to the terms of use (feature 75)."""

from datetime import datetime

from clinic.models import TermsAcceptance, User
from clinic.queries.patients.terms import VERSION, are_owed

__all__ = ["VERSION", "accept", "are_owed"]


def accept(*, user: User, source: str, now: datetime) -> None:
    """Store that this person agrees to the version in force; once, whoever asks again.

    Runs inside the caller's transaction. `source`: "join" or "renewal".
    """
    TermsAcceptance.objects.get_or_create(
        user=user,
        version=VERSION,
        defaults={"language": user.language, "source": source, "accepted_at": now},
    )
