"""What the family of a patient wrote to us by text, for staff who may read it."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import QuerySet

from clinic.models import CareTeamMember, FormerNumber, Invitation, Patient, SystemAlarm, User
from clinic.models.patient import PatientStatus
from clinic.models.system_alarm import AlarmKind
from clinic.rules.patients.names import key_of
from notifications.queries import PhoneSpan, written
from notifications.rules.keywords import Kind

SHOWN_FOR = timedelta(days=14)
# So long after access has ended a text that a person must read at once still counts.
KNOWN_FOR = timedelta(days=365)
_SIZE = 10
_CRIES = (Kind.URGENT, Kind.DEATH)
_OTHERS = (Kind.TEXT, Kind.REVIEW)


@dataclass(frozen=True)
class FamilyText:
    """One text. `is_cry`: it asks for a person, or tells of a death."""

    at: datetime
    name: str
    word: str
    body: str
    is_cry: bool


def newest(*, patient: Patient, now: datetime) -> tuple[FamilyText, ...]:
    """The texts of the last two weeks that no program can answer, newest first."""
    names, spans = numbers(patient)
    since = now - SHOWN_FOR
    found = [
        *written(spans=spans, kinds=_OTHERS, since=since, size=_SIZE),
        *written(spans=[*spans, *_former(patient)], kinds=_CRIES, since=since, size=_SIZE),
    ]
    found.sort(key=lambda one: one.at, reverse=True)
    return tuple(
        FamilyText(one.at, names.get(one.phone, ""), one.word, one.body, one.kind in _CRIES)
        for one in found[:_SIZE]
    )


def writers(phone: str, *, now: datetime) -> QuerySet[CareTeamMember]:
    """The links of whoever writes from a number: to their patients, or else to former ones."""
    holders = User.objects.filter(phone=phone)
    if not holders.exists():
        # Given up lately, and nobody's since: a person with two phones writes from either.
        holders = User.objects.filter(former_numbers__phone=phone, former_numbers__until__gt=now - KNOWN_FOR)
    links = CareTeamMember.objects.filter(user__in=holders, patient__is_synthetic=False)
    current = links.filter(ended_at__isnull=True)
    found = current if current.exists() else links.filter(ended_at__gt=now - KNOWN_FOR)
    return found.select_related("patient__clinic", "user").order_by("pk")


def is_mourning(phone: str, *, now: datetime) -> bool:
    """Whether all for whom they care have died, or a text of theirs says so that nobody has read yet."""
    links = list(writers(phone, now=now))
    told = SystemAlarm.objects.filter(kind=AlarmKind.DEATH_TOLD, cleared_at__isnull=True)
    unread = set(told.filter(subject__in=[str(link.pk) for link in links]).values_list("subject", flat=True))
    return bool(links) and all(
        link.patient.status == PatientStatus.DIED or str(link.pk) in unread for link in links
    )


def numbers(patient: Patient) -> tuple[dict[str, str], list[PhoneSpan]]:
    """Whose numbers belonged to this family, and from when to when: a link's days, an invitation's days."""
    links = CareTeamMember.objects.filter(patient=patient).select_related("user").order_by("pk")
    invited = Invitation.objects.filter(patient=patient).order_by("pk")
    names: dict[str, str] = {}
    spans: list[PhoneSpan] = []
    for invitation in invited:
        phone = str(invitation.phone)
        _add_name(names, phone, invitation.name)
        ended_at = invitation.redeemed_at or invitation.revoked_at or invitation.expires_at
        spans.append(PhoneSpan(phone, invitation.invited_at, ended_at))
    former: dict[UUID, list[FormerNumber]] = defaultdict(list)
    for number in FormerNumber.objects.filter(user__care_links__in=links).order_by("until", "pk").distinct():
        former[number.user_id].append(number)
    for link in links:
        for phone, since, until in _numbers_of(link, former[link.user_id]):
            _add_name(names, phone, link.user.name)
            spans.append(PhoneSpan(phone, since, until))
    return names, spans


def _numbers_of(
    link: CareTeamMember, former: Iterable[FormerNumber]
) -> Iterable[tuple[str, datetime, datetime | None]]:
    """The numbers of one link's days, one after the other, each from when to when."""
    since = link.started_at
    spans: list[tuple[str, datetime, datetime | None]] = []
    for number in former:
        if number.until > since:
            spans.append((str(number.phone), since, number.until))
            since = number.until
    if link.user.phone:
        spans.append((str(link.user.phone), since, None))
    for phone, begun, until in spans:
        if link.ended_at is None or begun < link.ended_at:
            yield phone, begun, min(filter(None, [until, link.ended_at]), default=None)


def _add_name(names: dict[str, str], phone: str, name: str) -> None:
    """Two people of one phone are both named: nobody can tell which of them wrote."""
    known = names.get(phone, "")
    if key_of(name) not in {key_of(one) for one in known.split(", ")}:
        names[phone] = f"{known}, {name}" if known else name


def _former(patient: Patient) -> list[PhoneSpan]:
    """The time after access had ended, of those who look after nobody now; after a number was given up."""
    links = CareTeamMember.objects.filter(patient=patient, ended_at__isnull=False, user__phone__isnull=False)
    links = links.exclude(user__care_links__ended_at__isnull=True).select_related("user")
    given_up = FormerNumber.objects.filter(
        user__care_links__patient=patient, user__care_links__ended_at__isnull=True
    )
    held_now = set(User.objects.filter(phone__in=given_up.values("phone")).values_list("phone", flat=True))
    return [
        *(
            PhoneSpan(str(link.user.phone), link.ended_at, link.ended_at + KNOWN_FOR)
            for link in links
            if link.ended_at is not None
        ),
        *(
            PhoneSpan(str(number.phone), number.until, number.until + KNOWN_FOR)
            for number in given_up.distinct()
            if number.phone not in held_now
        ),
    ]
