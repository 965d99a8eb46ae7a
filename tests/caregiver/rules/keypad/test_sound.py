"""A made-up tone is measured, and digits are found in phonemes in their order."""

import math
from array import array

import pytest

from caregiver.rules.keypad import sound

RATE = 8000


def tone(seconds, loud=10_000):
    return array("h", [int(loud * math.sin(at)) for at in range(int(seconds * RATE))]).tobytes()


def test_length_and_silence_are_those_of_the_samples():
    half_silent = sound.measure(tone(1) + tone(1, loud=0), RATE)

    assert half_silent.seconds == 2
    assert half_silent.silent == pytest.approx(0.5, abs=0.03)
    assert sound.measure(b"", RATE) == sound.Sound(0.0, 1.0)


SAID = {"0": "zˈiəɹoʊ", "1": "wˈʌn", "2": "tˈuː", "9": "nˈaɪn"}


@pytest.mark.parametrize(
    ("phonemes", "digits", "in_order"),
    [
        ("kˈɔːl nˈaɪn wˈʌn wˈʌn nˈaʊ", "911", True),
        ("kˈɔːl wˈʌn nˈaɪn wˈʌn", "911", False),
        ("kˈɔːl nˈaɪn wˈʌn", "911", False),
        ("nothing at all", "", True),
    ],
)
def test_digits_are_there_and_in_their_order(phonemes, digits, in_order):
    assert sound.has_digits_in_order(phonemes, digits, SAID) is in_order


def test_only_digits_that_stand_alone_are_read_one_by_one():
    assert sound.digits_alone("Call 9 1 1. Wait 10 minutes, press 2.") == "9112"
