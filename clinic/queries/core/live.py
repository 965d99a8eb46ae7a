"""What one open console watches: whose clinics, and how far their lists have moved."""

from dataclasses import dataclass
from uuid import UUID

from clinic.access import AnyUser, Permission, clinics_with


@dataclass(frozen=True)
class FollowedClinics:
    """`version` is the sum over the clinics: it grows with every change at any of them."""

    clinic_ids: tuple[UUID, ...]
    version: int


def clinics_followed_by(user: AnyUser) -> FollowedClinics:
    """The clinics whose console this person may watch now, in one query."""
    rows = clinics_with(user, Permission.WATCH_CONSOLE).order_by("pk").values_list("pk", "live_version")
    found = list(rows)
    return FollowedClinics(tuple(pk for pk, _ in found), sum(version for _, version in found))
