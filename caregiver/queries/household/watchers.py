"""Who of the family watches: for the family itself, without anybody's number."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import pgettext

from caregiver.queries.household.today import day_of_patient
from clinic.access import get_cared_for
from clinic.models import CareTeamMember, Patient, User
from clinic.queries.checkins import contact_order, nights
from clinic.queries.checkins.nights import Tonight
from clinic.rules.core.zones import place_of


@dataclass(frozen=True)
class FamilyWatcher:
    """One person. `turn` is 1 for whoever is reminded first; None for who gets no reminders."""

    name: str
    relation: str
    is_me: bool
    is_awake: bool
    turn: int | None
    clock: str
    # Where their clock stands, if that is not the patient's time.
    place: str


@dataclass(frozen=True)
class FamilyWatch:
    """Everybody who can report, the longest-serving first, and the night that it is or the next one."""

    patient: Patient
    day: int
    people: tuple[FamilyWatcher, ...]
    tonight: Tonight | None

    @property
    def has_several_clocks(self) -> bool:
        return any(one.place for one in self.people)


def of_patient(*, by: User, patient_id: UUID, now: datetime) -> FamilyWatch:
    """NotVisible. Whoever cannot sign in watches no more."""
    patient = get_cared_for(by, patient_id)
    links = CareTeamMember.objects.filter(patient=patient, ended_at__isnull=True, user__is_active=True)
    order = [person.pk for person in contact_order.of_patient(patient=patient, at=now)]
    tonight = nights.tonight(patient=patient, now=now)
    awake = tonight.on_duty.user_id if tonight and tonight.on_duty else None
    return FamilyWatch(
        patient=patient,
        day=day_of_patient(patient, now),
        people=tuple(
            _watcher(link, by, order, awake, now)
            for link in links.select_related("user", "patient").order_by("started_at", "pk")
        ),
        tonight=tonight,
    )


def _watcher(
    link: CareTeamMember, by: User, order: list[UUID], awake: UUID | None, now: datetime
) -> FamilyWatcher:
    person = link.user
    there = now.astimezone(ZoneInfo(person.time_zone))
    is_elsewhere = there.utcoffset() != now.astimezone(ZoneInfo(link.patient.time_zone)).utcoffset()
    return FamilyWatcher(
        name=person.name,
        relation=link.relation,
        is_me=person.pk == by.pk,
        is_awake=person.pk == awake,
        turn=order.index(person.pk) + 1 if person.pk in order else None,
        clock=date_format(there, pgettext("time format", "g:i A")),
        place=place_of(person.time_zone) if is_elsewhere else "",
    )
