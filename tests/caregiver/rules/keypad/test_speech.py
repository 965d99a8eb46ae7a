"""Numbers digit by digit."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caregiver.rules.keypad import speech


@pytest.mark.parametrize(
    ("phone", "spelled"),
    [
        ("911", "9 1 1"),
        ("(617) 555-0142", "6 1 7, 5 5 5, 0 1 4 2"),
        ("+44 20 7946 0000", "4 4, 2 0, 7 9 4 6, 0 0 0 0"),
    ],
)
def test_phone_is_spelled_in_its_groups(phone, spelled):
    assert speech.spell_phone(phone) == spelled


def test_reading_has_a_word_for_its_point():
    assert speech.spell_number("101.3", "point") == "1 0 1 point 3"
    assert speech.spell_number("98", "point") == "9 8"


def test_short_number_is_not_spelled_inside_a_long_one():
    text = "Call (617) 911-0142. Call 911. Not 9110 in 10 minutes."

    spelled = speech.with_phones_spelled(text, ["911", "(617) 911-0142", ""])

    assert spelled == "Call 6 1 7, 9 1 1, 0 1 4 2. Call 9 1 1. Not 9110 in 10 minutes."
    assert speech.with_phones_spelled(text, []) == text


@given(st.text("0123456789 ()-+", max_size=20))
def test_no_digit_is_lost_or_moved(phone):
    spelled = speech.spell_phone(phone)

    assert [one for one in spelled if one.isdigit()] == [one for one in phone if one.isdigit()]
