"""What caregivers say of themselves: their name, and where their clock stands."""

from datetime import datetime

from django.db import transaction

from clinic.models import CareTeamMember, Patient, User
from clinic.rules.core.zones import zone_names
from clinic.services.checkins import reminders
from clinic.services.core import audit


class UnknownZone(Exception):
    """There is no such time zone."""


@transaction.atomic
def set_name(*, by: User, name: str, now: datetime) -> None:
    """Staff and family read this name from now on, on old reports too; the same again changes nothing."""
    name = " ".join(name.split())[:120]
    if not name or name == by.name:
        return
    by.name = name
    by.save(update_fields=["name"])
    audit.record_about_caregiver(by, "caregiver.renamed", by, now)


def set_zone(*, by: User, zone: str, now: datetime) -> None:
    """Reminders and quiet hours go by this clock from now on; those that are planned move. UnknownZone."""
    if zone not in zone_names():
        raise UnknownZone
    if zone == by.time_zone:
        return
    with transaction.atomic():
        before, by.time_zone = by.time_zone, zone
        by.save(update_fields=["time_zone"])
        reminders.move_to_clock_of(caregiver=by, now=now)
        change = {"time_zone": {"from": before, "to": zone}}
        audit.record_about_caregiver(by, "caregiver.clock_changed", by, now, change)


def go_with_patient(*, patient: Patient, before: str, now: datetime) -> list[User]:
    """The patient's clock is no longer `before`: so is that of everybody whose clock was the same.

    Not where they look after somebody else by the old one. Runs in the caller's transaction, with the patient
    locked; whoever calls leaves the audit row. Returns whose clock has changed.
    """
    if patient.time_zone == before:
        return []
    others = CareTeamMember.objects.filter(
        ended_at__isnull=True, patient__time_zone=before, patient__is_synthetic=False
    ).exclude(patient=patient.pk)
    family = User.objects.filter(
        care_links__patient=patient, care_links__ended_at__isnull=True, time_zone=before
    ).exclude(pk__in=others.values("user"))
    moved = list(family.order_by("pk"))
    for user in moved:
        user.time_zone = patient.time_zone
        user.save(update_fields=["time_zone"])
        reminders.move_to_clock_of(caregiver=user, now=now)
    return moved
