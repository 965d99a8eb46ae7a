"""The unfinished check-in that the device at work goes on with."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet

from caregiver.models import CheckinDraft, DeviceDraft, Draft
from clinic import device_scope
from clinic.models import Patient, User


def at_work(*, by: User, patient: Patient) -> QuerySet[Any]:
    """Their one draft about this patient; on a device that waits, or that has waited, the one begun there."""
    device = device_scope.device_of(by.pk)
    if device is not None:
        own = DeviceDraft.objects.filter(device=device.id, user=by, patient=patient)
        if device.waits or own.exists():
            return own
    return CheckinDraft.objects.filter(user=by, patient=patient)


def begin(*, by: User, patient: Patient, **fields: Any) -> Draft:
    """A new one, not stored yet."""
    device = device_scope.waiting_device_of(by.pk)
    if device is not None:
        return DeviceDraft(device_id=device.id, user=by, patient=patient, **fields)
    return CheckinDraft(user=by, patient=patient, **fields)


def has_begun(*, by: User, report_id: UUID) -> bool:
    """Whether one of theirs, on whichever device, becomes the report of this id."""
    return any(model._default_manager.filter(user=by, report_id=report_id).exists() for model in BOTH)


BOTH: tuple[type[CheckinDraft] | type[DeviceDraft], ...] = (CheckinDraft, DeviceDraft)
