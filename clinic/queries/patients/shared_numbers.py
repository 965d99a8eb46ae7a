"""One number, several people: who of a clinic has it, and who shares a phone in one family."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from clinic.models import CareTeamMember, Invitation, Patient, User
from clinic.rules.patients.names import key_of


@dataclass(frozen=True)
class KnownPerson:
    """Somebody of this clinic with the number. `id` is the user's; before they join, the invitation's."""

    id: UUID
    name: str
    relation: str
    has_joined: bool


def known_at(*, clinic_id: UUID, phone: str, now: datetime) -> tuple[KnownPerson, ...]:
    """Caregivers of the clinic's patients with this number, former ones too, then who is invited to it."""
    links = CareTeamMember.objects.filter(patient__clinic=clinic_id, user__phone=phone)
    people = {
        link.user_id: KnownPerson(link.user_id, link.user.name, link.relation, has_joined=True)
        for link in links.select_related("user").order_by("started_at", "pk")
    }
    open_links = Invitation.objects.filter(
        patient__clinic=clinic_id,
        phone=phone,
        redeemed_at__isnull=True,
        revoked_at__isnull=True,
        expires_at__gt=now,
    )
    joined = {key_of(person.name) for person in people.values()}
    invited = {
        key_of(one.name): KnownPerson(one.pk, one.name, one.relation, has_joined=False)
        for one in open_links.order_by("invited_at", "pk")
        if key_of(one.name) not in joined
    }
    return (*people.values(), *invited.values())


def named(people: Iterable[KnownPerson], name: str) -> KnownPerson | None:
    """The one of them who bears this name, however it is written."""
    return next((one for one in people if key_of(one.name) == key_of(name)), None)


def sharers_of(*, user: User, patient: Patient) -> list[User]:
    """Everybody of this family on this person's number, themselves included; empty where nobody shares it."""
    if user.phone is None:
        return []
    links = CareTeamMember.objects.filter(
        patient=patient, ended_at__isnull=True, user__phone=user.phone, user__is_active=True
    )
    people = [link.user for link in links.select_related("user").order_by("started_at", "pk")]
    return people if len(people) > 1 and user in people else []
