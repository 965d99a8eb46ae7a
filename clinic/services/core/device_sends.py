"""What a device that waits has handed in: the only records that it may open (clinic/access.py)."""

from uuid import UUID

from django.db import transaction

from clinic import device_scope
from clinic.models import FamilyDevice, User

# More than anybody sends before somebody answers; what was sent last counts.
_AT_MOST = 200


def note(*, by: User, record_id: UUID) -> None:
    """Remember it on the device at work, if that waits."""
    scope = device_scope.waiting_device_of(by.pk)
    if scope is not None and str(record_id) not in scope.sent:
        _note(scope.id, record_id)


@transaction.atomic
def _note(device_id: UUID, record_id: UUID) -> None:
    device = FamilyDevice.objects.select_for_update(of=("self",)).get(pk=device_id)
    if str(record_id) not in device.sent:
        device.sent = [*device.sent, str(record_id)][-_AT_MOST:]
        device.save(update_fields=["sent"])
