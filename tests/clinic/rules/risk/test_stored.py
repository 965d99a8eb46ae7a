from __future__ import annotations

import json

import pytest
from hypothesis import given, settings

from clinic.rules.risk.assessment import assess_risk
from clinic.rules.risk.facts import Facts, Infection
from clinic.rules.risk.stored import facts_from_json, facts_to_json, result_to_json
from tests.clinic.rules.risk.made_up import DOCUMENT, facts, lab, labs
from tests.clinic.rules.risk.test_only_adds import known
from tests.examples import examples


@settings(max_examples=examples(100), deadline=None)
@given(known)
def test_stored_facts_come_back_and_give_the_same(found: Facts) -> None:
    again = facts_from_json(json.loads(json.dumps(facts_to_json(found))))

    assert again == found
    assert assess_risk(DOCUMENT, again) == assess_risk(DOCUMENT, found)


def test_number_is_stored_as_it_was_written() -> None:
    stored = facts_to_json(facts(values=labs(lab("platelets", 74.9, 3)), background={"cirs": {"renal": 3}}))

    last = stored["labs"][-1]
    assert (last["value"], last["typed_value"], last["typed_unit"]) == ("749/10", "74.9", "10^9/L")
    assert stored["background"]["cirs"] == {"renal": 3}


def test_field_that_is_missing_is_not_made_up() -> None:
    stored = facts_to_json(facts(course={"infections": (Infection(3, 2, True),)}))
    del stored["person"]["ecog"]

    with pytest.raises(TypeError, match="ecog"):
        facts_from_json(stored)


def test_result_is_stored_with_every_reason() -> None:
    stored = result_to_json(assess_risk(DOCUMENT, facts(day=9, values=labs(lab("lvef", 45, 4)))))

    assert json.loads(json.dumps(stored)) == stored
    assert (stored["rule_version"], stored["day"]) == (DOCUMENT.version, 9)
    assert stored["suggestion"]["tier"] == "standard"
    assert stored["suggestion"]["minor"] == [
        {
            "key": "lvef",
            "path": "tier.minor.lvef",
            "points": 1,
            "evidence": [{"name": "lvef", "value": "45", "unit": "%", "day": 4, "source": "typed"}],
        }
    ]
