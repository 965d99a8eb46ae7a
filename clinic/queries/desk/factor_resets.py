"""The second factor of a colleague: whether there is one, and a request to take it away."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.db.models import QuerySet

from clinic.access import get_managed_role
from clinic.models import FactorReset, Staff, User

# A request that nobody answers by then is asked anew, by somebody who still knows why.
LASTS = timedelta(hours=24)


@dataclass(frozen=True)
class FactorPage:
    """One colleague; `waiting` is a request that waits for a second person."""

    staff: Staff
    has_factor: bool
    waiting: FactorReset | None
    is_mine: bool
    is_asked_by_me: bool


def of_role(*, user: User, staff_id: int, now: datetime) -> FactorPage:
    """What can be done about this person's factor. NotVisible."""
    staff = get_managed_role(user, staff_id)
    found = _waiting(now).filter(user=staff.user_id).select_related("asked_by").first()
    return FactorPage(
        staff=staff,
        has_factor=Authenticator.objects.filter(user=staff.user_id).exists(),
        waiting=found,
        is_mine=staff.user_id == user.pk,
        is_asked_by_me=bool(found and found.asked_by_id == user.pk),
    )


def waiting_of(user_ids: Iterable[UUID], *, now: datetime) -> frozenset[UUID]:
    """For whom a second person is waited for."""
    rows = _waiting(now).filter(user__in=list(user_ids))
    return frozenset(rows.values_list("user_id", flat=True))


def undecided() -> QuerySet[FactorReset]:
    """Requests that nobody has agreed to or taken back, lapsed ones too."""
    return FactorReset.objects.filter(done_at__isnull=True, withdrawn_at__isnull=True)


def _waiting(now: datetime) -> QuerySet[FactorReset]:
    return undecided().filter(asked_at__gt=now - LASTS)
