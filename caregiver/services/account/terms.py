"""Agreeing to terms that have changed, the product's and those of the clinics."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from caregiver.queries.household.call_numbers import clinics_of
from clinic.access import AnyUser
from clinic.models import User
from clinic.queries.patients.terms import ShownTerms, own_of
from clinic.services.core import audit
from clinic.services.patients import terms


@dataclass(frozen=True)
class TermsStatus:
    """Which version is in force, what the clinics add, and whether the reader still has to agree."""

    version: str
    own: tuple[ShownTerms, ...]
    is_owed: bool


def status_for(*, by: AnyUser) -> TermsStatus:
    """A visitor agrees by joining, and owes nothing here."""
    if not isinstance(by, User):
        return TermsStatus(terms.VERSION, (), is_owed=False)
    is_owed = not by.is_staff_member and terms.are_owed(user=by)
    return TermsStatus(terms.VERSION, tuple(own_of(clinics=clinics_of(by=by))), is_owed)


@transaction.atomic
def agree_to_current(*, by: User, shown: Collection[str], now: datetime) -> None:
    """Agree to the version in force, and to those of their clinics that stood on the page. Idempotent."""
    if not terms.are_owed(user=by):
        return
    own = terms.accept(user=by, source="renewal", clinics=clinics_of(by=by), shown=shown, now=now)
    audit.record(action="terms.accepted", by=by, now=now, detail={"version": terms.VERSION})
    for one in own:
        audit.record(
            action="terms.accepted",
            by=by,
            now=now,
            clinic_id=one.clinic_id,
            subject_type="clinic_terms",
            subject_id=one.pk,
            detail={"number": one.number},
        )
