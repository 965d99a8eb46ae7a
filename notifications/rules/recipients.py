"""Which numbers a text can go to, said before anything is promised."""

from collections.abc import Collection
from enum import StrEnum

import phonenumbers

from notifications.rules.countries import may_text


class Refusal(StrEnum):
    """Why a number is no place for texts of ours."""

    COUNTRY = "country"
    EXTENSION = "extension"
    LANDLINE = "landline"
    TOLL_FREE = "toll_free"
    PREMIUM = "premium"
    NO_PHONE = "no_phone"
    OURS = "ours"
    NO_TEXTS = "no_texts"


_BY_TYPE = {
    phonenumbers.PhoneNumberType.FIXED_LINE: Refusal.LANDLINE,
    phonenumbers.PhoneNumberType.TOLL_FREE: Refusal.TOLL_FREE,
    phonenumbers.PhoneNumberType.PREMIUM_RATE: Refusal.PREMIUM,
    phonenumbers.PhoneNumberType.SHARED_COST: Refusal.PREMIUM,
    phonenumbers.PhoneNumberType.UAN: Refusal.NO_PHONE,
    phonenumbers.PhoneNumberType.PAGER: Refusal.NO_PHONE,
    phonenumbers.PhoneNumberType.VOICEMAIL: Refusal.NO_PHONE,
}


def refusal(
    number: phonenumbers.PhoneNumber, *, countries: list[str], ours: Collection[str]
) -> Refusal | None:
    """Why a number that somebody typed cannot be texted; None where nothing speaks against it.

    In North America the number does not tell a landline from a mobile; there the carrier's word decides.
    """
    phone = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    if number.extension:
        return Refusal.EXTENSION
    if phone in ours:
        return Refusal.OURS
    kind = _BY_TYPE.get(phonenumbers.number_type(number))
    if kind in (Refusal.TOLL_FREE, Refusal.PREMIUM, Refusal.NO_PHONE):
        return kind
    return kind if may_text(phone, countries=countries) else Refusal.COUNTRY
