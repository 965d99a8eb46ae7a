"""What a phone that waits may show: how to report, what was sent from it, and who can confirm it."""

from dataclasses import dataclass

from caregiver.queries.household.reports import ReportListItem, of_device
from clinic import device_scope
from clinic.access import patients_cared_for_by
from clinic.models import Patient, User
from clinic.models.patient import PatientStatus
from clinic.queries.patients import family_devices
from clinic.queries.patients.family_devices import WaysToConfirm


@dataclass(frozen=True)
class NewDevice:
    """`patients` are those about whom something may be reported, by given name."""

    patients: tuple[Patient, ...]
    sent: tuple[ReportListItem, ...]
    ways: WaysToConfirm
    # The code that goes to their number is one of them.
    opens_by_code: bool


def of_caregiver(*, by: User) -> NewDevice:
    """For the device at work, which waits."""
    device = device_scope.waiting_device_of(by.pk)
    living = patients_cared_for_by(by).exclude(status=PatientStatus.DIED)
    return NewDevice(
        patients=tuple(living.select_related("clinic").order_by("given_name", "pk")),
        sent=of_device(by=by),
        ways=family_devices.ways_to_confirm(user=by),
        opens_by_code=device is not None and device.opens_by_code,
    )
