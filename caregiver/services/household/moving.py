"""What a family has in hand goes along when their patient goes on at another clinic."""

from caregiver.models import CardLink, CheckinDraft, DeviceDraft
from clinic.models import KeypadCall, Patient


def follow_transfer(*, old: Patient, new: Patient) -> None:
    """A check-in that somebody has begun, and codes of the emergency card that were handed out."""
    CheckinDraft.objects.filter(patient=old).update(patient=new)
    DeviceDraft.objects.filter(patient=old).update(patient=new)
    KeypadCall.objects.filter(patient=old, next_at__isnull=False).update(patient=new, clinic=new.clinic_id)
    CardLink.objects.filter(patient=old).update(patient=new)
