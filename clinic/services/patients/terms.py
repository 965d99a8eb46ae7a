"""Agreeing to the terms of use."""

from collections.abc import Collection
from datetime import datetime

from clinic.models import Clinic, ClinicTerms, TermsAcceptance, User
from clinic.queries.patients.terms import VERSION, are_owed

__all__ = ["VERSION", "accept", "are_owed"]


def accept(
    *, user: User, source: str, clinics: Collection[Clinic], shown: Collection[str], now: datetime
) -> list[ClinicTerms]:
    """Store that this person agrees to the product's terms, and to what clinics showed them; once each.

    `shown`: the versions that stood on the page, which may no longer be the newest; of other clinics none
    counts. Returns the clinics' versions that are new to this person. Runs inside the caller's transaction.
    `source`: "join" or "renewal".
    """
    facts = {"language": user.language, "source": source, "accepted_at": now}
    TermsAcceptance.objects.get_or_create(user=user, version=VERSION, defaults=facts)
    wanted = [int(one) for one in shown if one.isdecimal() and len(one) < 10]
    rows = ClinicTerms.objects.filter(pk__in=wanted, clinic__in=[one.pk for one in clinics])
    agreed = []
    for row in rows.order_by("pk"):
        _, is_new = TermsAcceptance.objects.get_or_create(
            user=user, version=f"clinic:{row.pk}", defaults=facts | {"clinic_terms": row}
        )
        if is_new:
            agreed.append(row)
    return agreed
