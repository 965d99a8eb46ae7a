from __future__ import annotations

import pytest

from clinic.rules.risk.scores.comorbidity import Cirs, cirs, has_comorbidity, hct_ci
from tests.clinic.rules.risk.made_up import DOCUMENT

HCT_CI, CIRS = DOCUMENT.scores.hct_ci, DOCUMENT.scores.cirs


@pytest.mark.parametrize(
    ("name", "points"),
    [
        *((name, 1) for name in ("arrhythmia", "cardiac", "ibd", "diabetes", "cerebrovascular")),
        *((name, 1) for name in ("psychiatric", "hepatic_mild", "obesity", "infection", "stroke")),
        *((name, 2) for name in ("rheumatologic", "peptic_ulcer", "renal", "pulmonary_moderate")),
        *((name, 3) for name in ("prior_tumor", "valve", "pulmonary_severe", "hepatic_severe")),
    ],
)
def test_each_illness_has_its_weight(name: str, points: int) -> None:
    assert hct_ci(HCT_CI, [name]) == points


@pytest.mark.parametrize(
    ("named", "total"),
    [
        ([], 0),
        (["stroke", "tia"], 1),
        (["pulmonary_moderate", "pulmonary_severe"], 3),
        (["hepatic_mild", "hepatic_severe", "pulmonary_moderate"], 5),
        (["diabetes", "renal", "valve"], 6),
    ],
)
def test_severe_replaces_mild_and_one_illness_counts_once(named: list[str], total: int) -> None:
    assert hct_ci(HCT_CI, named) == total


def test_nothing_recorded_is_not_no_illness() -> None:
    assert hct_ci(HCT_CI, None) is None
    assert cirs(CIRS, None) is None
    assert has_comorbidity(HCT_CI, None, "diabetes") is None
    assert has_comorbidity(HCT_CI, ["stroke"], "diabetes") is False
    assert has_comorbidity(HCT_CI, ["stroke"], "cerebrovascular") is True


def test_unknown_illness_is_not_left_out() -> None:
    with pytest.raises(KeyError):
        hct_ci(HCT_CI, ["hiccups"])


@pytest.mark.parametrize(
    ("systems", "expected"),
    [
        ({}, Cirs(0, False)),
        ({"heart": 4, "vascular": 3}, Cirs(7, False)),
        ({"renal": 2}, Cirs(2, False)),
        ({"renal": 3}, Cirs(3, True)),
        ({"respiratory": 3}, Cirs(3, True)),
        ({"upper_gi": 4}, Cirs(4, True)),
        ({"lower_gi": 4}, Cirs(4, False)),
        ({"liver": 3, "psychiatric": 1}, Cirs(4, True)),
        ({"hepatic": 3, "liver": 1}, Cirs(3, True)),
    ],
)
def test_four_systems_are_severe_from_three_on(systems: dict[str, int], expected: Cirs) -> None:
    assert cirs(CIRS, systems) == expected


@pytest.mark.parametrize(
    ("systems", "expected"),
    [
        ({"heart": None}, None),
        ({"heart": None, "renal": 2}, None),
        ({"heart": 4, "liver": None}, None),
        ({"heart": None, "renal": 3}, Cirs(3, True)),
        ({"renal": None, "liver": 4, "vascular": 1}, Cirs(5, True)),
    ],
)
def test_a_system_that_nobody_graded_is_not_0(systems: dict[str, int | None], expected: Cirs | None) -> None:
    assert cirs(CIRS, systems) == expected


def test_fourteen_systems_go_up_to_56() -> None:
    assert cirs(CIRS, dict.fromkeys(CIRS.systems, 4)) == Cirs(56, True)
