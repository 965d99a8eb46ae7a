"""How somebody reports by the keys of a telephone, where a clinic of theirs offers it."""

from dataclasses import dataclass

from clinic.models import CallCode, Clinic, User


@dataclass(frozen=True)
class KeypadChoices:
    """The numbers to call, whether there is a code, and whether we call when a check-in is due."""

    numbers: tuple[str, ...]
    has_code: bool
    is_called: bool


def of_caregiver(*, by: User) -> KeypadChoices | None:
    """None for staff, and where no clinic of theirs has a number for it."""
    if by.phone is None or by.is_staff_member:
        return None
    mine = by.care_links.filter(ended_at__isnull=True)
    clinics = Clinic.objects.filter(pk__in=mine.values("patient__clinic"), keypad_phone__isnull=False)
    numbers = tuple(one.keypad_phone.as_national for one in clinics.order_by("name") if one.keypad_phone)
    if not numbers:
        return None
    return KeypadChoices(numbers, CallCode.objects.filter(user=by).exists(), by.called_at_checkin)
