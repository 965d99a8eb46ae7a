from __future__ import annotations

from typing import Any

import pytest

from clinic.rules.risk.assessment import assess_risk
from clinic.rules.risk.facts import FactRefused, Infection
from tests.clinic.rules.risk.made_up import DOCUMENT, facts


@pytest.mark.parametrize(
    ("known", "problem"),
    [
        ({"person": {"ecog": 5}}, "ecog 5"),
        ({"person": {"frailty": 0}}, "frailty 0"),
        ({"person": {"frailty": 10}}, "frailty 10"),
        ({"person": {"age": -1}}, "age -1"),
        ({"person": {"sex": "M"}}, "sex M"),
        ({"course": {"crs_max": 6}}, "crs 6"),
        ({"course": {"icans_max": -1}}, "icans -1"),
        ({"course": {"steroid_days": -1}}, "steroid days -1"),
        ({"course": {"infections": (Infection(3, 6, True),)}}, "infection 3 6"),
        ({"background": {"cirs": {"heart": 5}}}, "cirs heart 5"),
        ({"background": {"cirs": {"tail": 1}}}, "cirs tail"),
        ({"background": {"comorbidities": frozenset({"hiccups"})}}, "comorbidity hiccups"),
        ({"background": {"prior_transplant": "yes"}}, "transplant yes"),
        ({"surroundings": {"minutes_to_centre": -1}}, "minutes to the centre -1"),
        ({"surroundings": {"adults": -1}}, "adults -1"),
    ],
)
def test_fact_that_no_record_can_hold_is_refused(known: dict[str, Any], problem: str) -> None:
    with pytest.raises(FactRefused) as refused:
        assess_risk(DOCUMENT, facts(**known))

    assert str(refused.value) == problem


def test_ends_of_each_scale_are_possible() -> None:
    lowest = facts(person={"ecog": 0, "frailty": 1}, course={"crs_max": 0}, background={"cirs": {"heart": 0}})
    highest = facts(person={"ecog": 4, "frailty": 9}, course={"crs_max": 5}, background={"cirs": {"lung": 4}})

    assert assess_risk(DOCUMENT, lowest).rule_version == DOCUMENT.version
    assert assess_risk(DOCUMENT, highest).scores.cirs is not None


def test_score_says_whether_it_was_made_for_this_disease() -> None:
    def fits(disease: str) -> dict[str, bool | None]:
        found = assess_risk(DOCUMENT, facts(person={"disease": disease}))
        return {one.score: one.fits for one in found.validity}

    assert fits("MM")["hematotox"] is True
    assert fits("MM")["easix"] is False
    assert fits("")["easix"] is None
    assert fits("MM")["egfr"] is None
