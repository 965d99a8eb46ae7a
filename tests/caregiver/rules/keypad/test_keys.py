"""Digits as people type them, read as the form would read the same number."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from caregiver.rules.keypad import keys
from clinic.rules.protocols.document.questions import UnitRange

UNITS = {"C": UnitRange(30.0, 45.0), "F": UnitRange(86.0, 113.0)}


@pytest.mark.parametrize(
    ("digits", "text", "units"),
    [
        ("385", "38.5", ("C",)),
        ("38*5", "38.5", ("C",)),
        ("38", "38", ("C",)),
        ("1013", "101.3", ("F",)),
        ("101*3", "101.3", ("F",)),
        ("101", "101", ("F",)),
        ("986", "98.6", ("F",)),
        ("038*5", "38.5", ("C",)),
        # No thermometer shows these.
        ("500", "500", ()),
        ("0", "0", ()),
        ("55*5", "55.5", ()),
    ],
)
def test_temperature_is_read_as_it_is_meant(digits, text, units):
    assert keys.temperature(digits, UNITS) == keys.TypedNumber(text, units)


@pytest.mark.parametrize("digits", ["", "*", "**", "3**5", "*5", "38*", "1234567", "3#", "٣٨", "38.5", "-38"])
def test_what_is_no_number_is_none(digits):
    assert keys.number(digits) is None
    assert keys.temperature(digits, UNITS) is None


@given(tenths=st.integers(300, 450) | st.integers(860, 1130), star=st.booleans())
def test_every_reading_of_a_thermometer_can_be_typed_with_and_without_its_point(tenths, star):
    whole, tenth = divmod(tenths, 10)
    typed = keys.temperature(f"{whole}*{tenth}" if star else f"{tenths}", UNITS)

    assert typed is not None
    assert Fraction(typed.text) == Fraction(tenths, 10)
    assert typed.units == (("C",) if tenths <= 450 else ("F",))


def test_units_that_overlap_leave_the_unit_open():
    overlapping = {"C": UnitRange(30.0, 100.0), "F": UnitRange(86.0, 113.0)}

    assert keys.temperature("98", overlapping) == keys.TypedNumber("98", ("C", "F"))


@given(count=st.integers(1, 9), digits=st.text("0123456789*#", max_size=3))
def test_a_choice_is_one_of_those_that_there_are(count, digits):
    chosen = keys.choice(digits, count)

    assert chosen is None or (chosen < count and digits == str(chosen + 1))
