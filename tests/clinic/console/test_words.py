import pytest
from django.utils import translation

from clinic.console import words
from clinic.queries.risk import words as risk_words


@pytest.mark.parametrize(
    ("language", "share", "number"), [("en", "24.1%", "56%"), ("es", "24.1\u00a0%", "56\u00a0%")]
)
def test_per_cent_is_written_as_the_reader_writes_it(language, share, number):
    with translation.override(language):
        assert (words.percent(0.241), words.in_percent(56)) == (share, number)
        assert risk_words.measured("40", "%") == f"40{number[2:]}"
        assert words.percent(None) == "–"


@pytest.mark.parametrize(
    ("kept", "shown"),
    [
        ("K/uL", "74\u00a0K/µL"),
        ("/uL", "74\u00a0/µL"),
        ("cells/uL", "74\u00a0cells/µL"),
        ("umol/L", "74\u00a0µmol/L"),
        ("ukat/L", "74\u00a0µkat/L"),
        ("ug/L", "74\u00a0µg/L"),
        ("10^3/uL", "74\u00a0K/µL"),
        ("10^9/L", "74\u00a0K/µL"),
        ("G/L", "74\u00a0K/µL"),
        ("U/L", "74\u00a0U/L"),
        ("", "74"),
    ],
)
def test_unit_is_written_as_laboratories_print_it(kept, shown):
    assert risk_words.measured("74", kept) == shown
