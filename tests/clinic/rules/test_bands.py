"""The bands of a chart are what the rules say about a temperature by itself."""

from itertools import pairwise

import pytest

from clinic.protocols import default_document
from clinic.rules.bands import temperature_bands
from clinic.rules.protocol import Protocol
from clinic.rules.scoring import PatientContext, assess

PROTOCOL = Protocol.from_document(default_document("car-t"))


@pytest.mark.parametrize("day", [4, 20, 45, 400])
def test_every_tenth_of_a_degree_is_in_the_band_of_its_level(day: int) -> None:
    patient = PatientContext(day=day)

    bands = temperature_bands(PROTOCOL, patient)

    for tenths in range(340, 430):
        celsius = tenths / 10
        (band,) = [
            one
            for one in bands
            if (one.low is None or one.low <= celsius) and (one.high is None or celsius < one.high)
        ]
        told = assess(PROTOCOL, {"temp_value": str(celsius), "temp_unit": "C"}, patient).level
        assert band.level == told, celsius


def test_neighbours_differ() -> None:
    bands = temperature_bands(PROTOCOL, PatientContext(day=4))

    assert [one.low for one in bands[1:]] == [one.high for one in bands[:-1]]
    assert all(a.level != b.level for a, b in pairwise(bands))
