from datetime import UTC, datetime

import pytest

from clinic.rules.core.cells import cell


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r"])
def test_text_that_a_spreadsheet_would_calculate_stays_text(begins):
    assert cell(f"{begins}1+1") == f"'{begins}1+1"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        *((None, ""), ("", ""), (-1, "-1"), (38.6, "38.6"), (True, "true"), (False, "false")),
        *((["a", "b"], '["a", "b"]'), ("Nuñez", "Nuñez"), ({"b": 1, "a": "ñ"}, '{"a": "ñ", "b": 1}')),
        (datetime(2026, 11, 22, 2, 0, tzinfo=UTC), "2026-11-22T02:00:00.000+00:00"),
    ],
)
def test_each_kind_of_value_has_one_form(value, expected):
    assert cell(value) == expected
