"""The other systems that read a clinic's records."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clinic.access import AnyUser, Permission, choose_clinic
from clinic.models import Clinic, SystemClient


@dataclass(frozen=True)
class SystemRow:
    """One system; where it has no address of its own, the names of the keys that were given once."""

    id: UUID
    name: str
    scopes: tuple[str, ...]
    keys_address: str
    key_names: tuple[str, ...]
    created_at: datetime
    created_by: str
    last_token_at: datetime | None


@dataclass(frozen=True)
class SystemsPage:
    """A clinic's systems, and the clinics between which the person may choose."""

    clinic: Clinic
    clinics: tuple[Clinic, ...]
    rows: tuple[SystemRow, ...]


def of_clinic(*, user: AnyUser, clinic_slug: str) -> SystemsPage:
    """The page of whoever manages the clinic. NotVisible."""
    clinic, clinics = choose_clinic(user, clinic_slug, Permission.MANAGE_CLINIC)
    found = SystemClient.objects.filter(clinic=clinic, ended_at__isnull=True).select_related("created_by")
    return SystemsPage(clinic, clinics, tuple(_row(one) for one in found.order_by("created_at", "pk")))


def _row(client: SystemClient) -> SystemRow:
    return SystemRow(
        id=client.pk,
        name=client.name,
        scopes=tuple(client.scopes.split(" ")),
        keys_address=client.keys_address,
        key_names=() if client.keys_address else tuple(one["kid"] for one in client.keys),
        created_at=client.created_at,
        created_by=client.created_by.name,
        last_token_at=client.last_token_at,
    )
