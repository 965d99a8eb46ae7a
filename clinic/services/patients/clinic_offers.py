"""An offer to another clinic ends with the care that it was about."""

from datetime import datetime

from clinic.models import ClinicTransfer, Patient, User
from clinic.models.clinic_transfer import ClinicTransferState as State
from clinic.models.system_alarm import AlarmKind
from clinic.services.core import alarms, audit


def lapse(*, patient: Patient, by: User, now: datetime) -> None:
    """Monitoring has ended, or the patient has died: there is nothing to take over.

    An offer that is accepted at this moment is none any more. Runs in the transaction of the life event.
    """
    open_offers = ClinicTransfer.objects.select_for_update().filter(patient=patient, state=State.OFFERED)
    for offer in open_offers:
        offer.state, offer.answered_at, offer.answered_by = State.WITHDRAWN, now, by
        offer.save(update_fields=["state", "answered_at", "answered_by"])
        alarms.clear(
            clinic_id=offer.to_clinic_id, kind=AlarmKind.TRANSFER_OFFERED, subject=offer.pk, now=now, by=by
        )
        audit.record_at_clinics(
            action="clinic_transfer.withdrawn",
            by=by,
            now=now,
            clinic_ids=[patient.clinic_id, offer.to_clinic_id],
            subject_type="clinic_transfer",
            subject_id=offer.pk,
            patient_id=patient.pk,
        )
