import pytest

from caregiver.rules.guidance.units import in_unit
from tests.caregiver.guidance.pages import SLUGS, read


@pytest.mark.parametrize(
    ("unit", "said"),
    [
        ("F", "From 99.5 °F up, or 100.4 °F."),
        ("C", "From 37.5 °C up, or 38.0 °C."),
        ("", "From 99.5 °F (37.5 °C) up, or 100.4 °F (38.0 °C)."),
    ],
)
def test_each_temperature_is_told_as_its_reader_knows_it(unit, said):
    assert in_unit("From 37.5 °C (99.5 °F) up, or 38.0 °C (100.4 °F).", unit) == said


def test_numbers_and_the_other_values_of_a_piece_stay():
    piece = {"c": 38.0, "text": "At 38.0 °C (100.4 °F)", "options": [{"right": True, "text": "one"}]}

    assert in_unit(piece, "C") == {**piece, "text": "At 38.0 °C"}


@pytest.mark.parametrize("language", ["en", "es", "ar", "vi", "zh-hans"])
@pytest.mark.parametrize(("unit", "other"), [("C", "°F"), ("F", "°C")])
def test_no_default_page_names_a_unit_that_its_reader_does_not_use(language, unit, other):
    bodies = {slug: str(in_unit(read(slug, language)["body"], unit)) for slug in SLUGS}

    assert [slug for slug, body in bodies.items() if other in body] == []
    assert any(f"°{unit}" in body for body in bodies.values())
