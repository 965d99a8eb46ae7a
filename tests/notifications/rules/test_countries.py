import pytest

from notifications.rules.countries import may_text


@pytest.mark.parametrize(
    ("phone", "allowed"),
    [
        ("+12125550142", True),
        ("+14165550142", True),
        ("+15555550142", True),  # no such area code: the demo's people
        ("+18765550142", False),  # Jamaica shares +1
        ("+18764561234", False),
        ("+442071838750", False),
        ("+525512345678", False),
        ("+99999999999", False),
        ("12125550142", False),
        ("", False),
        ("not a number", False),
    ],
)
def test_only_numbers_of_listed_countries_are_texted(phone: str, allowed: bool) -> None:
    assert may_text(phone, countries=["US", "CA"]) is allowed
