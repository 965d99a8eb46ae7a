"""Who of the family is awake tonight."""

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import QuerySet

from clinic.models import CareTeamMember, Night, NightDuty, Patient, User
from clinic.models.patient import PatientStatus
from clinic.rules.checkins.nights import coming_night, night_at


@dataclass(frozen=True)
class Watcher:
    """One person who could be awake."""

    member_id: int
    user_id: UUID
    name: str
    on_duty: bool


@dataclass(frozen=True)
class Tonight:
    """The night that it is, or the next one. `since` is None while nobody has said that they are awake."""

    night: date
    has_begun: bool
    people: tuple[Watcher, ...]
    since: datetime | None

    @property
    def on_duty(self) -> Watcher | None:
        return next((one for one in self.people if one.on_duty), None)


def watcher_id(*, patient: Patient, at: datetime) -> UUID | None:
    """The person on duty at this moment; None by day and where nobody has said so."""
    night = night_at(at, ZoneInfo(patient.time_zone))
    last = _last(patient, night, at) if night else None
    return last.caregiver_id if last else None


def is_covered(*, patient: Patient, night: date, at: datetime) -> bool:
    """Whether somebody who still has access is on duty. A family of one needs no rota."""
    people = set(_who_can_watch(patient).values_list("user_id", flat=True))
    last = _last(patient, night, at)
    return len(people) == 1 or (last is not None and last.caregiver_id in people)


def tonight(*, patient: Patient, now: datetime) -> Tonight | None:
    """What the family chooses from; None where no check-in falls into the night or there is no choice."""
    if patient.status != PatientStatus.ACTIVE:
        return None
    zone = ZoneInfo(patient.time_zone)
    night = coming_night(now, zone)
    if not Night.objects.filter(patient=patient, night_date=night).exists():
        return None
    rows = list(_who_can_watch(patient).select_related("user").order_by("started_at", "pk"))
    if len(rows) < 2:
        return None
    last = _last(patient, night, now)
    people = tuple(_watcher(row.pk, row.user, last) for row in rows)
    is_valid = any(one.on_duty for one in people)
    return Tonight(
        night=night,
        has_begun=night_at(now, zone) is not None,
        people=people,
        since=last.starts_at if last and is_valid else None,
    )


def _who_can_watch(patient: Patient) -> QuerySet[CareTeamMember]:
    """Whoever has access and a sign-in that is not shut."""
    return CareTeamMember.objects.filter(patient=patient, ended_at__isnull=True, user__is_active=True)


def _last(patient: Patient, night: date, at: datetime) -> NightDuty | None:
    rows = NightDuty.objects.filter(patient=patient, night_date=night, starts_at__lte=at)
    return rows.order_by("-starts_at", "-pk").first()


def _watcher(member_id: int, user: User, last: NightDuty | None) -> Watcher:
    return Watcher(
        member_id=member_id,
        user_id=user.pk,
        name=user.name,
        on_duty=last is not None and last.caregiver_id == user.pk,
    )
