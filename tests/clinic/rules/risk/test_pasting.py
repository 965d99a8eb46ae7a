"""Lines of a report: a name, a number, a unit; whatever is not sure is left out and said."""

import pytest

from clinic.rules.risk.pasting import read_lines
from tests.clinic.rules.risk.made_up import DOCUMENT


def read(*lines: str) -> list[tuple[str, str, str]]:
    return [(one.lab, one.value, one.unit) for one in read_lines(DOCUMENT.labs, lines).labs]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ("Platelets 74 10^9/L", ("platelets", "74", "10^9/L")),
        ("PLT: 74 L K/uL 150-400", ("platelets", "74", "K/uL")),
        ("Absolute Neutrophil Count = 0.40 K/µL", ("anc", "0.40", "K/uL")),
        ("CD4 180 cells/uL", ("cd4", "180", "cells/uL")),
        ("CD19\t12\tcells/uL", ("cd19", "12", "cells/uL")),
        ("C-reactive protein 30 [H] mg/l", ("crp", "30", "mg/L")),
        ("Hemoglobin;8.9;g/dL", ("hb", "8.9", "g/dL")),
        ("Ferritin 900", ("ferritin", "900", "")),
        ("Creatinine 1.1 (0.6-1.2)", ("creatinine", "1.1", "")),
        ("CRP 30 mg/mL", ("crp", "30", "")),
    ],
)
def test_a_line_is_read(line, found):
    assert read(line) == [found]


@pytest.mark.parametrize(
    "line",
    [
        "WBC 3.1 K/uL",
        "CRP 12,5 mg/L",
        "IgG <400 mg/dL",
        "IgG < 400 mg/dL",
        "Platelets clumped",
        "74 10^9/L",
        "CRP -3 mg/L",
    ],
)
def test_what_is_not_sure_is_left_out_and_said(line):
    found = read_lines(DOCUMENT.labs, [line])

    assert (found.labs, found.unread) == ((), (line,))


def test_of_a_lab_that_stands_there_twice_the_first_is_read_and_the_second_said():
    found = read_lines(DOCUMENT.labs, ["CRP 30 mg/L", "", "CRP 3 mg/dL"])

    assert [one.value for one in found.labs] == ["30"]
    assert found.unread == ("CRP 3 mg/dL",)
