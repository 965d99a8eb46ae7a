"""The family side of a patient: caregivers with access, and invitations that are still open."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils import timezone
from phonenumber_field.phonenumber import PhoneNumber

from clinic.models import CareTeamMember, Invitation, Patient, User
from clinic.queries.core.moments import hour_and_minute
from clinic.queries.patients import family_devices
from clinic.rules.core.zones import place_of
from notifications.queries import standings


@dataclass(frozen=True)
class Caregiver:
    """One person of the family, with the number to call."""

    member_id: int
    name: str
    relation: str
    phone: PhoneNumber | None
    language: str
    since: datetime
    # on, not_agreed, paused, stopped or unreachable; empty without a number.
    texts: str = ""
    # What their clock shows and where, if that is not the patient's time.
    clock_there: str = ""
    place: str = ""
    # Where they are signed in; new ones that wait come first.
    devices: tuple[family_devices.ShownDevice, ...] = ()
    # Whether they can report by the keys of a telephone, and are called when a check-in is due.
    has_keypad_code: bool = False
    called_at_checkin: bool = False

    @property
    def device_waits(self) -> bool:
        return any(one.waits for one in self.devices)


@dataclass(frozen=True)
class OpenInvitation:
    """A link that was sent and not used yet."""

    id: UUID
    name: str
    relation: str
    phone: PhoneNumber
    invited_at: datetime
    expires_at: datetime
    expired: bool


def caregivers(*, patient: Patient, now: datetime | None = None) -> tuple[Caregiver, ...]:
    """Caregivers with access now, the longest-serving first."""
    now = now or timezone.now()
    linked = CareTeamMember.objects.filter(patient=patient, ended_at__isnull=True)
    rows = list(linked.select_related("user__call_code").order_by("started_at", "pk"))
    devices = family_devices.of_people(row.user_id for row in rows)
    texts = standings(str(row.user.phone) for row in rows if row.user.phone)
    return tuple(
        Caregiver(
            member_id=row.pk,
            name=row.user.name,
            relation=row.relation,
            phone=row.user.phone or None,
            language=row.user.language,
            since=row.started_at,
            texts=texts.get(str(row.user.phone), ""),
            devices=devices.get(row.user_id, ()),
            has_keypad_code=hasattr(row.user, "call_code"),
            called_at_checkin=row.user.called_at_checkin,
            **_clock_elsewhere(row.user, patient, now),
        )
        for row in rows
    )


def _clock_elsewhere(user: User, patient: Patient, now: datetime) -> dict[str, str]:
    """Compared by what the clocks show: two names of one time are no difference."""
    there = now.astimezone(ZoneInfo(user.time_zone))
    if there.utcoffset() == now.astimezone(ZoneInfo(patient.time_zone)).utcoffset():
        return {}
    return {"clock_there": hour_and_minute(there), "place": place_of(user.time_zone)}


def open_invitations(*, patient: Patient, now: datetime) -> tuple[OpenInvitation, ...]:
    """Links neither used nor taken back; an expired one is shown, so that somebody sends another."""
    rows = Invitation.objects.filter(patient=patient, redeemed_at__isnull=True, revoked_at__isnull=True)
    return tuple(
        OpenInvitation(
            id=row.pk,
            name=row.name,
            relation=row.relation,
            phone=row.phone,
            invited_at=row.invited_at,
            expires_at=row.expires_at,
            expired=row.expires_at <= now,
        )
        for row in rows.order_by("-invited_at", "pk")
    )
