"""Who is on the other end of the line: somebody of the family with access, or anybody else by name."""

from dataclasses import dataclass

from clinic.models import CareTeamMember, Patient


class NobodyNamed(Exception):
    """Neither a caregiver was chosen nor somebody else named."""


@dataclass(frozen=True)
class Teller:
    """As staff chose or typed it: a caregiver's link, or a name and what they are to the patient."""

    member_id: int | None
    who: str = ""
    relation: str = ""


@dataclass(frozen=True)
class KnownTeller:
    """The same, looked up: the name and relation as they are now."""

    member: CareTeamMember | None
    who: str
    relation: str


def look_up(teller: Teller, *, patient: Patient) -> KnownTeller:
    """NobodyNamed; also for a caregiver of another patient."""
    if teller.member_id is not None:
        team = patient.care_team.select_related("user").filter(ended_at__isnull=True)
        member = team.filter(pk=teller.member_id).first()
        if member is None:
            raise NobodyNamed
        return KnownTeller(member, member.user.name, member.relation)
    who = teller.who.strip()
    if not who:
        raise NobodyNamed
    return KnownTeller(None, who[:200], teller.relation.strip()[:60])
