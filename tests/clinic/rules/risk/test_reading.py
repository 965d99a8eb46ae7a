from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from clinic.protocols import risk_document
from clinic.rules.risk.reading import RiskError, number, read
from clinic.rules.risk.shape import Ground


@pytest.fixture
def document() -> dict[str, Any]:
    """A copy of the document that a test may spoil."""
    return risk_document()


def place(document: dict[str, Any], path: str) -> tuple[Any, str]:
    *parents, last = path.split(".")
    for name in parents:
        document = document[name]
    return document, last


def test_document_that_ships_says_of_every_place_what_it_rests_on() -> None:
    rules = read(risk_document())

    assert all(row.source for row in rules.rows)
    assert {row.ground for row in rules.rows} == set(Ground)
    assert rules.row_of("scores.easix.high").ground is Ground.FOUND
    # The thresholds of tier and flags are ours: none of them is signed.
    assert all(row in rules.unsigned for row in rules.rows if row.path.startswith(("tier", "flags")))


def test_place_without_a_row_of_its_own_rests_on_what_stands_above() -> None:
    rules = read(risk_document())

    assert rules.row_of("flags.neutropenia.low").path == "flags"
    assert rules.row_of("tier.major.ecog.line").path == "tier.major.ecog"
    assert rules.row_of("tier.major.ecog").ground is Ground.PROPOSED


@pytest.mark.parametrize(
    ("path", "value", "problem"),
    [
        ("labs.crp.units", ["mg/L"], "labs.crp.units: a map is expected"),
        ("labs.crp.units", {"mg/L": "1/10"}, "labs.crp.units: mg/dL must be 1"),
        ("labs.crp.units.mg/L", "a tenth", "labs.crp.units.mg/L: a number is expected"),
        ("labs.crp.units.mg/L", "1/0", "labs.crp.units.mg/L: a number is expected"),
        ("labs.crp.units.mg/L", True, "labs.crp.units.mg/L: a number is expected"),
        ("labs.crp.counts", "newest", "labs.crp.counts: lowest or highest is expected"),
        ("labs.crp.plausible", [1], "labs.crp.plausible: two numbers are expected"),
        ("labs.crp.ground", "guessed", "labs.crp.ground: one of found, remembered, proposed is expected"),
        ("labs.crp.source", " ", "labs.crp: where it comes from is missing"),
        ("labs.crp.unit", "", "labs.crp.unit: a word is expected"),
        ("version", "1", "version: a whole number is expected"),
        ("scores.hematotox.markers.sodium", [], "labs: sodium is missing"),
        ("scores.cirs.severe_systems", ["tail"], "scores: tail is unknown"),
        ("scores.cirs.systems", "heart", "scores.cirs.systems: a list is expected"),
        ("scores.hct_ci.also_called.gout", "joints", "scores: joints is unknown"),
        (
            "tier.major.ecog.line",
            {},
            "tier.major.ecog.line: one of at_least, above, at_most, below is expected",
        ),
        (
            "tier.major.ecog.line",
            {"at_least": 2, "below": 4},
            "tier.major.ecog.line: one of at_least, above, at_most, below is expected",
        ),
        ("tier.major.age", {"line": {"above": 80}}, "tier.major: age is unknown"),
    ],
)
def test_document_with_a_fault_is_refused_by_its_place(
    document: dict[str, Any], path: str, value: object, problem: str
) -> None:
    where, last = place(document, path)
    where[last] = value

    with pytest.raises(RiskError) as refused:
        read(document)

    assert str(refused.value) == problem


@pytest.mark.parametrize(
    ("path", "problem"),
    [
        ("flags.masked.after_steroid_days", "flags.masked: after_steroid_days is missing"),
        ("answers", "document: answers is missing"),
        ("labs.hb.ground", "labs.hb.ground: one of found, remembered, proposed is expected"),
    ],
)
def test_nothing_may_be_left_out(document: dict[str, Any], path: str, problem: str) -> None:
    where, last = place(document, path)
    del where[last]

    with pytest.raises(RiskError) as refused:
        read(document)

    assert str(refused.value) == problem


def test_place_that_rests_on_nothing_is_refused(document: dict[str, Any]) -> None:
    del document["scores"]["easix"]["ground"], document["scores"]["easix"]["source"]

    with pytest.raises(RiskError, match=r"scores\.easix: what it rests on is missing"):
        read(document)


def test_number_is_exactly_what_is_written() -> None:
    assert number(4.67, "here") == Fraction(467, 100)
    assert number("1/88.4", "here") == Fraction(10, 884)
