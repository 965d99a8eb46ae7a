from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest

from clinic.rules.risk.labs import LabRecord, LabRefused, lab_value, needs_confirmation
from tests.clinic.rules.risk.made_up import DOCUMENT, lab


@pytest.mark.parametrize(
    ("name", "value", "unit", "kept"),
    [
        ("platelets", 210, "10^9/L", "210"),
        ("platelets", 210, "G/L", "210"),
        ("platelets", 210, "K/uL", "210"),
        ("platelets", 210, "10^3/uL", "210"),
        ("platelets", 74900, "/uL", "74.9"),
        ("anc", 1.2, "10^9/L", "1.2"),
        ("anc", 1.2, "G/L", "1.2"),
        ("anc", 1.2, "K/uL", "1.2"),
        ("anc", 1.2, "10^3/uL", "1.2"),
        ("anc", 1200, "/uL", "1.2"),
        ("anc", 1200, "/µL", "1.2"),  # micro sign
        ("anc", 1200, " /μL ", "1.2"),  # Greek letter
        ("hb", 9, "g/dL", "9"),
        ("hb", 90, "g/L", "9"),
        ("hb", 5, "mmol/L", "8.057"),
        ("crp", 29, "mg/L", "2.9"),
        ("crp", Decimal("30.0"), "mg/L", "3"),
        ("ferritin", 650, "ug/L", "650"),
        ("ldh", 10, "ukat/L", "600"),
        ("creatinine", 88.4, "umol/L", "1"),
        ("creatinine", "176.8", "umol/L", "2"),
        ("igg", 4.0, "g/L", "400"),
        ("cd4", 199, "/uL", "199"),
        ("cd4", 199, "cells/uL", "199"),
        ("cd19", 20, "/uL", "20"),
        ("cd19", 20, "cells/uL", "20"),
        ("lvef", 40, "%", "40"),
        ("bilirubin", 17.1, "umol/L", "1"),
        ("fibrinogen", 1.8, "g/L", "180"),
        ("fibrinogen", 180, "mg/dL", "180"),
    ],
)
def test_value_is_kept_exactly_in_one_unit(name: str, value: object, unit: str, kept: str) -> None:
    found = lab_value(DOCUMENT.labs, name=name, value=value, unit=unit, day=3, source="csv")

    assert found.value == Fraction(kept)
    assert (found.typed_value, found.typed_unit, found.day, found.source) == (str(value), unit, 3, "csv")


@pytest.mark.parametrize(
    ("name", "value", "unit", "problem"),
    [
        ("platelets", 210, "mg/dL", "unit mg/dL of platelets"),
        ("platelets", 210, "g/L", "unit g/L of platelets"),  # not giga
        ("crp", 3, "", "unit  of crp"),
        ("fibrinogen", 5.3, "umol/L", "unit umol/L of fibrinogen"),
        ("fibrinogen", 180, "", "unit  of fibrinogen"),
        ("troponin", 3, "ng/L", "lab troponin"),
        ("crp", -0.1, "mg/dL", "value -0.1 of crp"),
        ("crp", float("nan"), "mg/dL", "value nan of crp"),
        ("crp", float("inf"), "mg/dL", "value inf of crp"),
        ("crp", "< 3", "mg/dL", "value < 3 of crp"),
        ("crp", "1/0", "mg/dL", "value 1/0 of crp"),
        ("crp", True, "mg/dL", "value True of crp"),
        ("crp", None, "mg/dL", "value None of crp"),
    ],
)
def test_what_is_not_known_is_refused(name: str, value: object, unit: str, problem: str) -> None:
    with pytest.raises(LabRefused) as refused:
        lab_value(DOCUMENT.labs, name=name, value=value, unit=unit, day=3, source="csv")

    assert str(refused.value) == problem


@pytest.mark.parametrize(
    ("name", "inside", "outside"),
    [
        ("platelets", [1, 1500], [0.9, 1501]),
        ("anc", [0, 60], [60.1]),
        ("hb", [3, 22], [2.9, 22.1]),
        ("crp", [0, 60], [60.1]),
        ("ferritin", [1, 200_000], [0.9, 200_001]),
        ("ldh", [40, 20_000], [39, 20_001]),
        ("creatinine", [0.2, 15], [0.19, 15.1]),
        ("igg", [0, 8000], [8001]),
        ("cd4", [0, 5000], [5001]),
        ("cd19", [0, 5000], [5001]),
        ("lvef", [5, 85], [4, 86]),
        ("fibrinogen", [20, 1500], [19, 1501]),
    ],
)
def test_value_that_hardly_anybody_has_must_be_confirmed(
    name: str, inside: list[float], outside: list[float]
) -> None:
    assert [needs_confirmation(DOCUMENT.labs, lab(name, value)) for value in inside] == [False] * len(inside)
    assert [needs_confirmation(DOCUMENT.labs, lab(name, value)) for value in outside] == [True] * len(outside)


def test_range_counts_the_kept_unit() -> None:
    assert needs_confirmation(DOCUMENT.labs, lab("crp", 90, unit="mg/L")) is False
    assert needs_confirmation(DOCUMENT.labs, lab("crp", 90, unit="mg/dL")) is True


def test_lab_without_a_range_needs_no_confirmation() -> None:
    assert needs_confirmation(DOCUMENT.labs, lab("bilirubin", 90)) is False


def test_worse_of_one_day_counts_and_what_comes_later_is_not_known() -> None:
    values = [
        lab("anc", 2, 1),
        lab("anc", 1, 1),
        lab("crp", 2, 1),
        lab("crp", 1, 1),
        lab("anc", 0.1, 3),
        lab("fibrinogen", 210, 1),
        lab("fibrinogen", 120, 1),
    ]

    record = LabRecord.of(DOCUMENT.labs, values, day=2)

    assert [(value.name, value.value) for value in record.values] == [
        ("anc", 1),
        ("crp", 2),
        ("fibrinogen", 120),
    ]


def test_value_is_valid_on_its_last_day_and_not_after() -> None:
    values = [lab("igg", 500, 10)]

    found = [LabRecord.of(DOCUMENT.labs, values, day).valid("igg", 90) for day in (100, 101)]

    assert [value is not None for value in found] == [True, False]


def test_old_value_is_not_brought_back_when_a_newer_one_expires() -> None:
    values = [lab("igg", 300, 10), lab("igg", 500, 20)]

    last = LabRecord.of(DOCUMENT.labs, values, 100).valid("igg", 90)

    assert last is not None
    assert last.value == 500


@pytest.mark.parametrize(("day", "counts"), [(-13, False), (-12, True), (-5, True), (-4, False)])
def test_sample_counts_in_the_week_up_to_lymphodepletion(day: int, counts: bool) -> None:
    record = LabRecord.of(DOCUMENT.labs, [lab("crp", 1, day)], day=0)

    found = record.before_lymphodepletion("crp", DOCUMENT.scores.window, -5)

    assert (found is not None) is counts
