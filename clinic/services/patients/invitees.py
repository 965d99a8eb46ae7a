"""Whom an invitation is for: somebody new, somebody who is known, or a second person on a known phone."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from clinic.models import CareTeamMember, FormerNumber, Invitation, Patient, User
from clinic.queries.patients import shared_numbers
from clinic.queries.patients.shared_numbers import KnownPerson
from clinic.rules.patients.names import key_of


class NumberKnown(Exception):
    """The clinic knows this number under another name: is it one of `people`, or somebody else?"""

    def __init__(self, people: tuple[KnownPerson, ...]) -> None:
        super().__init__(len(people))
        self.people = people


@dataclass(frozen=True)
class Invitee:
    """Who is invited. `person` is somebody known; `is_another_person` says that staff were asked."""

    phone: str
    name: str
    relation: str
    language: str
    person: User | None = None
    is_another_person: bool = False


@dataclass(frozen=True)
class Sameness:
    """What staff say of a number that is known under another name.

    Nothing yet, that it is one of those people (`same_as` is a KnownPerson's id), or that two share it.
    """

    same_as: UUID | None = None
    are_two: bool = False


UNDECIDED = Sameness()


def decide(
    guest: Invitee, *, patient: Patient, sameness: Sameness, now: datetime
) -> tuple[Invitee, frozenset[str]]:
    """Who the guest is, and the names under which older links to them may be open. NumberKnown."""
    known = shared_numbers.known_at(clinic_id=patient.clinic_id, phone=guest.phone, now=now)
    same = shared_numbers.named(known, guest.name)
    if known and same is None:
        same = next((one for one in known if one.id == sameness.same_as), None)
        if same is None and not sameness.are_two:
            raise NumberKnown(known)
    if same is None:
        return replace(guest, is_another_person=bool(known)), frozenset({guest.name})
    person = User.objects.filter(pk=same.id).first() if same.has_joined else None
    return replace(guest, person=person), frozenset({guest.name, same.name})


def named(invitations: QuerySet[Invitation], names: Iterable[str]) -> QuerySet[Invitation]:
    """Those of a number that are for one person: two people of one phone have a link each."""
    wanted = {key_of(name) for name in names}
    spelled = [name for name in invitations.values_list("name", flat=True) if key_of(name) in wanted]
    return invitations.filter(name__in=spelled)


def to_member(member: CareTeamMember) -> QuerySet[Invitation]:
    """The links by which this person joins this family: made for them, or to a number and name of theirs."""
    person, links = member.user, Invitation.objects.filter(patient=member.patient_id)
    numbers = {str(one) for one in FormerNumber.objects.filter(user=person).values_list("phone", flat=True)}
    numbers |= {str(person.phone)} if person.phone else set()
    names = {person.name, *links.filter(redeemed_by=person).values_list("name", flat=True)}
    to_them = named(links.filter(phone__in=numbers), names)
    return links.filter(Q(person=person) | Q(pk__in=to_them.values("pk")))


def known_person(invitation: Invitation) -> User | None:
    """Whom staff named, or who bears the name on that number; None for somebody new."""
    if invitation.person is not None:
        return invitation.person
    holders = User.objects.filter(phone=invitation.phone).order_by("created_at", "pk")
    return next((one for one in holders if key_of(one.name) == key_of(invitation.name)), None)


def clock_of(invitation: Invitation) -> str:
    """The time zone to offer first: that of somebody who is known, else the patient's."""
    return str((known_person(invitation) or invitation.patient).time_zone)


def find_or_create_user(invitation: Invitation) -> tuple[User | None, bool]:
    """Whom the link is for, one sign-in however many patients they look after; and if new.

    A new person may share the phone. None where the clinic has shut out whoever had the number, unless staff
    said that this is another.
    """
    known = known_person(invitation)
    if known is not None:
        return known, False
    is_shut_out = User.objects.filter(phone=invitation.phone, is_active=False).exists()
    if is_shut_out and not invitation.is_another_person:
        return None, False
    person = User.objects.create_user(
        phone=invitation.phone,
        name=invitation.name,
        language=invitation.language,
        time_zone=invitation.patient.time_zone,
    )
    return person, True
