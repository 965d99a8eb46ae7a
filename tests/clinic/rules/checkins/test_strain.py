"""A caregiver's strain is on a track of its own: no rule about the patient knows it."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clinic.models import Patient
from clinic.protocols import default_document
from clinic.queries.protocols.patient_context import context_of
from clinic.rules.checkins.strain import ASKED_EVERY, Strain, is_asked
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring.assessment import (
    NO_HISTORY,
    PatientContext,
    assess,
    assess_silence,
    plan_of,
)
from tests.examples import examples

# Ten thousand in the nightly profile.
MANY = settings(max_examples=examples(1000), deadline=None)
PROTOCOL = Protocol.from_document(default_document())
NOW = datetime(2026, 11, 21, 15, 0, tzinfo=UTC)

patients = st.builds(
    Patient,
    infusion_date=st.dates(date(2026, 6, 1), date(2026, 11, 30)),
    product=st.sampled_from(["axi-cel", "cilta-cel"]),
    target=st.sampled_from(["CD19", "BCMA"]),
    tier=st.sampled_from(["standard", "high"]),
    birth_date=st.none() | st.dates(date(1930, 1, 1), date(2005, 1, 1)),
    neutropenia=st.booleans(),
    immune_risk=st.booleans(),
    platelets_low=st.booleans(),
    minutes_to_centre=st.none() | st.integers(0, 300),
    findings=st.sampled_from(["", "easix", "caregiver frailty", "toxicity"]),
    time_zone=st.sampled_from(["America/New_York", "Asia/Tokyo"]),
)
strains = st.builds(Strain, sleep=st.integers(0, 3), coping=st.integers(0, 3))
reports = st.fixed_dictionaries(
    {"worry": st.integers(0, 2)},
    optional={"temp_value": st.sampled_from([36.5, 38.0]), "pain": st.integers(0, 3)},
)


def judged(patient: Patient, answers: dict[str, Any], silent: float) -> tuple[object, ...]:
    known = context_of(patient, NOW)
    return (
        assess(PROTOCOL, answers, known, NO_HISTORY),
        assess_silence(PROTOCOL, known, silent),
        plan_of(PROTOCOL, known),
    )


@MANY
@given(patients, strains, strains, reports, st.sampled_from([8, 12, 24, 48, 168]))
def test_no_answer_about_oneself_changes_level_silence_or_check_ins(
    patient: Patient, said: Strain, other: Strain, answers: dict[str, Any], silent: float
) -> None:
    """Whatever hangs on the caregiver's answers hangs on nothing that judges the patient."""
    before = judged(patient, answers, silent)
    patient.strain = said  # type: ignore[attr-defined]
    first = judged(patient, answers, silent)
    patient.strain = replace(other)  # type: ignore[attr-defined]

    assert before == first == judged(patient, answers, silent)


def test_nothing_that_judges_a_patient_has_a_place_for_it() -> None:
    known = {field.name for field in fields(PatientContext)}
    asked = {key for question in PROTOCOL.questions for key in question.answer_keys}

    assert not {"strain", "sleep", "coping"} & (known | asked)


@pytest.mark.parametrize(
    ("sleep", "coping", "heavy"), [(0, 0, False), (1, 1, False), (2, 0, True), (0, 2, True), (3, 3, True)]
)
def test_heavy_from_the_third_answer(sleep: int, coping: int, heavy: bool) -> None:
    assert Strain(sleep, coping).is_heavy is heavy


def test_asked_twice_a_week() -> None:
    assert is_asked(None, NOW)
    assert timedelta(days=7) / ASKED_EVERY == 2
    assert not is_asked(NOW - ASKED_EVERY + timedelta(seconds=1), NOW)
    assert is_asked(NOW - ASKED_EVERY, NOW)
