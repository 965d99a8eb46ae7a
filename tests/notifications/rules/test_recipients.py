"""Which numbers can be texted, as somebody types them in the United States."""

import phonenumbers
import pytest

from notifications.rules.recipients import Refusal, refusal

OURS = {"+12015550101"}


@pytest.mark.parametrize(
    ("typed", "why"),
    [
        ("+1 617 555 0172", None),
        ("(617) 555-0172", None),
        ("+1 604 234 5678", None),
        ("617-555-0172 x12", Refusal.EXTENSION),
        ("+44 7911 123456", Refusal.COUNTRY),
        ("+44 20 7946 0958", Refusal.COUNTRY),
        ("+1 876 555 0123", Refusal.COUNTRY),
        ("800-234-5678", Refusal.TOLL_FREE),
        ("+44 800 123 4567", Refusal.TOLL_FREE),
        ("900-234-5678", Refusal.PREMIUM),
        ("201-555-0101", Refusal.OURS),
        ("201-555-0101 ext. 3", Refusal.EXTENSION),
    ],
)
def test_number_is_refused_with_the_reason(typed: str, why: Refusal | None) -> None:
    number = phonenumbers.parse(typed, "US")

    assert refusal(number, countries=["US", "CA"], ours=OURS) == why


def test_landline_is_known_where_numbers_tell() -> None:
    london = phonenumbers.parse("+44 20 7946 0958")
    mobile = phonenumbers.parse("+44 7400 123456")

    assert refusal(london, countries=["GB"], ours=OURS) is Refusal.LANDLINE
    assert refusal(mobile, countries=["GB"], ours=OURS) is None


@pytest.mark.parametrize("typed", ["+44 7640 123456", "+44 55 1234 5678"])
def test_what_is_no_phone_is_refused_or_unknown(typed: str) -> None:
    assert refusal(phonenumbers.parse(typed), countries=["GB"], ours=OURS) in (Refusal.NO_PHONE, None)
