import re
from pathlib import Path

import pytest
from django.utils import translation

from clinic import console
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


def test_staff_read_every_time_by_one_clock():
    """What is handed out to a family is written as families read it."""
    pages = Path(console.__file__).parent.parent / "templates" / "console"
    other = re.compile(r"TIME_FORMAT|\|time\b|date:\"[^\"_]*[gGhHP][^\"_]*\"")
    found = {
        page.name: [one for one in other.findall(page.read_text()) if "H:i:s" not in one]
        for page in pages.rglob("*.html")
        if page.name != "record.html"
    }

    assert {name: formats for name, formats in found.items() if formats} == {}
