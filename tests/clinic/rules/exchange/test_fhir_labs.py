"""Which Observations are laboratory values of ours, and what they say."""

import json

import pytest

from clinic.rules.exchange.fhir_labs import lab_of, sampled_at

LOINC, UCUM = "http://loinc.org", "http://unitsofmeasure.org"


def observation(value=0.4, unit="10*9/L", code="751-8", **more):
    return {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": "urn:other", "code": "X"}, {"system": LOINC, "code": code}]},
        "effectiveDateTime": "2026-11-21T07:30:00-05:00",
        "valueQuantity": {"value": value, "unit": "K/uL", "system": UCUM, "code": unit},
        **more,
    }


def test_value_unit_and_moment_are_read():
    assert lab_of(observation()) == (
        {"lab": "anc", "value": "0.4", "unit": "10^9/L", "taken": "2026-11-21T07:30:00-05:00"},
        [],
    )


@pytest.mark.parametrize(
    ("quantity", "value", "unit"),
    [
        ({"value": 12, "system": UCUM, "code": "10*3/uL"}, "12", "10^3/uL"),
        ({"value": 12.50, "system": UCUM, "code": "{cells}/uL"}, "12.5", "cells/uL"),
        ({"value": 1e-05, "unit": "g/dL"}, "0.00001", "g/dL"),
        ({"value": 1e21, "unit": "g/dL"}, "1000000000000000000000", "g/dL"),
        ({"value": 7, "system": "urn:other", "code": "17", "unit": "mg/L"}, "7", "mg/L"),
    ],
    ids=str,
)
def test_numbers_have_no_exponent_and_units_are_ours(quantity, value, unit):
    facts, troubles = lab_of(observation(valueQuantity=quantity))

    assert (facts["value"], facts["unit"], troubles) == (value, unit, [])


@pytest.mark.parametrize(
    "other",
    [
        observation(code="8310-5"),
        observation(status="preliminary"),
        observation(status="cancelled"),
        observation(status=None),
        observation(code={"text": "Neutrophils"}),
        observation(code={"coding": [{"system": "urn:other", "code": "751-8"}]}),
        observation(code="7"),
    ],
    ids=lambda one: json.dumps([one["status"], one["code"]])[:60],
)
def test_what_is_no_lab_of_ours_or_does_not_count_yet_is_none(other):
    assert lab_of(other) is None


@pytest.mark.parametrize(
    ("more", "troubles"),
    [
        ({"valueQuantity": None}, [("value", "needed"), ("unit", "needed")]),
        ({"valueQuantity": {"value": "0.4", "unit": "g/dL"}}, [("value", "needed")]),
        ({"valueQuantity": {"value": True, "unit": "g/dL"}}, [("value", "needed")]),
        ({"valueQuantity": {"value": 5, "unit": "g/dL", "comparator": "<"}}, [("value", "no_exact_value")]),
        ({"valueQuantity": {"value": 5, "unit": "g" * 201}}, [("unit", "too_long")]),
        ({"valueQuantity": {"value": 5, "unit": "=g"}}, [("unit", "formula")]),
        ({"effectiveDateTime": ""}, [("taken", "needed")]),
        ({"effectiveDateTime": "2026-11"}, [("taken", "no_day")]),
        ({"effectiveDateTime": "2026-11-21T07:30:00"}, [("taken", "no_day")]),
        ({"effectiveDateTime": None, "effectiveInstant": "2026-11-21T07:30:00Z"}, []),
        ({"effectiveDateTime": "2026-11-21"}, []),
    ],
    ids=str,
)
def test_what_is_missing_or_cannot_be_kept_is_named(more, troubles):
    assert lab_of(observation(**more))[1] == troubles


def test_withdrawn_is_said_and_a_day_has_no_moment():
    facts, _troubles = lab_of(observation(status="entered-in-error"))

    assert facts["is_withdrawn"] is True
    assert sampled_at("2026-11-21") is None
    assert sampled_at(facts["taken"]).isoformat() == facts["taken"]
