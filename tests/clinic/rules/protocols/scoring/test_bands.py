"""The bands of a chart are what the rules say about a temperature by itself."""

from itertools import pairwise

import pytest

from clinic.protocols import default_document
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring.assessment import PatientContext, assess
from clinic.rules.protocols.scoring.bands import number_bands, temperature_bands

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


@pytest.mark.parametrize(("item", "scale"), [("pulse", (30, 160)), ("spo2", (82, 100)), ("sbp", (70, 230))])
@pytest.mark.parametrize("baseline", [{}, {"sbp": 150, "spo2": 98}, {"sbp": 100, "spo2": 90}])
def test_every_whole_number_is_in_the_band_of_what_the_rules_say_about_it(item, scale, baseline) -> None:
    patient = PatientContext(day=4, baseline=baseline)

    bands = number_bands(PROTOCOL, item, patient, scale)

    for value in range(scale[0], scale[1] + 1):
        (band,) = [
            one
            for one in bands
            if (one.low is None or one.low <= value) and (one.high is None or value < one.high)
        ]
        about_it = [one.level for one in assess(PROTOCOL, {item: value}, patient).reasons if one.item == item]
        assert band.level == max(about_it, default="none", key=lambda level: level.rank), value
