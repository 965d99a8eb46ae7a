"""A clinic's holidays: days on which nobody reads reports, known to every advice from the next one on."""

from collections.abc import Sequence
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from clinic.access import Permission, get_clinic, require
from clinic.models import Clinic, User
from clinic.rules.core import holidays
from clinic.rules.core.holidays import Holiday, WrongHoliday
from clinic.services.core import audit, live

__all__ = ["WrongHoliday", "add", "remove"]


def add(*, clinic_id: UUID, first: date, last: date | None, name: str, by: User, now: datetime) -> Holiday:
    """Read nothing on these days, first and last included; the same again changes nothing.

    NotVisible, NotAllowed; WrongHoliday tells by its reason what cannot be.
    """
    require(by, Permission.MANAGE_CLINIC, get_clinic(by, clinic_id))
    with transaction.atomic():
        clinic = Clinic.objects.select_for_update().get(pk=clinic_id)
        opening = clinic.opening
        same = [one for one in opening.holidays if (one.first, one.last) == (first, last or first)]
        if same and same[0].name == " ".join(name.split()):
            return same[0]
        today = now.astimezone(opening.zone).date()
        added = holidays.checked(first=first, last=last, name=name, others=opening.holidays, today=today)
        _write(clinic, [*opening.holidays, added], "clinic.holiday_added", added, by, now)
    return added


def remove(*, clinic_id: UUID, first: date, by: User, now: datetime) -> None:
    """Read reports again on the days that begin with this one; of what is not there nothing changes.

    NotVisible, NotAllowed.
    """
    require(by, Permission.MANAGE_CLINIC, get_clinic(by, clinic_id))
    with transaction.atomic():
        clinic = Clinic.objects.select_for_update().get(pk=clinic_id)
        known = clinic.opening.holidays
        gone = next((one for one in known if one.first == first), None)
        if gone is not None:
            left = [one for one in known if one != gone]
            _write(clinic, left, "clinic.holiday_removed", gone, by, now)


def _write(
    clinic: Clinic, left: Sequence[Holiday], action: str, about: Holiday, by: User, now: datetime
) -> None:
    clinic.holidays = holidays.to_json(left)
    clinic.save(update_fields=["holidays"])
    audit.record(
        action=action,
        by=by,
        now=now,
        clinic_id=clinic.pk,
        subject_type="clinic",
        subject_id=clinic.pk,
        detail={"first": about.first.isoformat(), "last": about.last.isoformat()},
    )
    live.publish_change(clinic_id=clinic.pk, kind="alarm", ref=clinic.pk, level=None, now=now)
