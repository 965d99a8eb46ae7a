"""Two people of a family on one phone: what would be the same text to both goes there once."""

from collections.abc import Iterable

from clinic.models import CareTeamMember, User


def one_per_phone(people: Iterable[User]) -> list[User]:
    """The first of those who would read the same text, in one language, on one phone; others stay."""
    found: dict[tuple[str, str], User] = {}
    for person in people:
        found.setdefault((str(person.phone or person.pk), person.language), person)
    return list(found.values())


def other_on(member: CareTeamMember) -> User | None:
    """Somebody else of the family who reads the same texts on this person's phone."""
    if member.user.phone is None:
        return None
    others = CareTeamMember.objects.filter(
        patient=member.patient_id,
        ended_at__isnull=True,
        user__is_active=True,
        user__phone=member.user.phone,
        user__language=member.user.language,
    )
    found = others.exclude(user=member.user_id).select_related("user").order_by("started_at", "pk").first()
    return found.user if found else None
