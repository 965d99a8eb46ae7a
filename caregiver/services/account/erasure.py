"""What the family's side keeps of a person goes with them; called inside the transaction of the deletion."""

from uuid import UUID

from caregiver.models import CardLink, CheckinDraft, DeviceDraft, Phone, SignInCode
from clinic.models import KeypadCall


def erase_patient(*, patient_id: UUID) -> None:
    """Check-ins that were begun, and codes of the emergency card."""
    CheckinDraft.objects.filter(patient=patient_id).delete()
    DeviceDraft.objects.filter(patient=patient_id).delete()
    CardLink.objects.filter(patient=patient_id).delete()
    KeypadCall.objects.filter(patient=patient_id).delete()


def erase_person(*, user_id: UUID, phone: str) -> None:
    """Check-ins that they began, phones that may send for them, codes that were texted to their number."""
    CheckinDraft.objects.filter(user=user_id).delete()
    DeviceDraft.objects.filter(user=user_id).delete()
    Phone.objects.filter(user=user_id).delete()
    SignInCode.objects.filter(user=user_id).delete()
    KeypadCall.objects.filter(user=user_id).delete()
    if phone:
        KeypadCall.objects.filter(phone=phone).delete()
        SignInCode.objects.filter(phone=phone).delete()
