"""A clinic's own facts: its name, numbers, clock and hours, changed by whoever runs it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from clinic.access import Permission, get_clinic, require
from clinic.models import Clinic, User
from clinic.services.core import audit, live
from clinic.services.rota import coverage

FACTS = (
    "name",
    "sms_brand",
    "time_zone",
    "emergency_number",
    "line_phone",
    "clinic_phone",
    "keypad_phone",
    "staffed_hours",
    "near_centre_days",
    "no_driving_days",
    "card_warning",
    "expected_bcma",
    "expected_from_75",
    "expected_far",
)


def change(*, clinic_id: UUID, facts: Mapping[str, Any], by: User, now: datetime) -> Clinic:
    """Write what is another; families and consoles read it from the next page on.

    The rota stands in the clinic's zone, so it is checked again. NotVisible, NotAllowed; ValidationError: a
    fact cannot be.
    """
    require(by, Permission.MANAGE_CLINIC, get_clinic(by, clinic_id))
    with transaction.atomic():
        return _change(clinic_id, facts, by, now)


def _change(clinic_id: UUID, facts: Mapping[str, Any], by: User, now: datetime) -> Clinic:
    clinic = Clinic.objects.select_for_update().get(pk=clinic_id)
    before = {name: getattr(clinic, name) for name in FACTS}
    for name in FACTS:
        setattr(clinic, name, facts[name])
    clinic.full_clean()
    changed = {
        name: {"from": _stored(before[name]), "to": _stored(getattr(clinic, name))}
        for name in FACTS
        if _stored(getattr(clinic, name)) != _stored(before[name])
    }
    if not changed:
        return clinic
    clinic.save(update_fields=list(changed))
    audit.record(
        action="clinic.changed",
        by=by,
        now=now,
        clinic_id=clinic.pk,
        subject_type="clinic",
        subject_id=clinic.pk,
        detail={"fields": sorted(changed), **changed},
    )
    if "time_zone" in changed:
        coverage.check_clinic(clinic=clinic, now=now)
    live.publish_change(clinic_id=clinic.pk, kind="alarm", ref=clinic.pk, level=None, now=now)
    return clinic


def _stored(value: Any) -> Any:
    """As JSON holds it: a phone number as its digits."""
    return value if isinstance(value, (str, int, dict, type(None))) else str(value)
