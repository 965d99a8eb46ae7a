"""Whether a number can be texted at all, before anybody is told that something was sent there."""

import phonenumbers
from django.conf import settings

from clinic.models import Clinic
from notifications.queries import takes_no_texts
from notifications.rules.recipients import Refusal, refusal


def why_not(phone: phonenumbers.PhoneNumber | str) -> Refusal | None:
    """Why this number is no place for texts; None where nothing speaks against it."""
    number = phonenumbers.parse(phone) if isinstance(phone, str) else phone
    ours = {settings.TWILIO_VOICE_FROM}
    for numbers in Clinic.objects.values_list("line_phone", "clinic_phone", "keypad_phone"):
        ours |= {str(one) for one in numbers if one}
    found = refusal(number, countries=settings.SMS_COUNTRIES, ours=ours)
    if found is None and takes_no_texts(_e164(number)):
        return Refusal.NO_TEXTS
    return found


def _e164(number: phonenumbers.PhoneNumber) -> str:
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))
