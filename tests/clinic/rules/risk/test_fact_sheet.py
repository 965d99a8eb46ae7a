"""Facts as they are left step by step: what is not on the sheet is unknown, and days count from day 0."""

from datetime import date

import pytest

from clinic.rules.protocols.document.additions import FROM_FACTS
from clinic.rules.risk import fact_sheet
from clinic.rules.risk.fact_sheet import NAMES, STEPS, Known
from clinic.rules.risk.facts import Tier, require_possible
from tests.clinic.rules.risk.made_up import DOCUMENT

KNOWN = Known(
    day=10,
    tier=Tier.STANDARD,
    age=61,
    product="axi-cel",
    disease="LBCL",
    minutes_to_centre=None,
    infusion_date=date(2026, 3, 1),
)


@pytest.mark.parametrize(
    ("sheet", "found"),
    [
        ({}, set()),
        ({"interpreter": False, "forms_alone": 1, "phone": "smartphone"}, set()),
        (
            {"interpreter": True, "forms_alone": 2, "phone": "plain"},
            {"interpreter", "reading_help", "no_smartphone"},
        ),
        ({"forms_alone": 0, "phone": "none"}, {"no_smartphone"}),
        ({"forms_alone": 4}, {"reading_help"}),
        ({"comorbidities": ["diabetes", "valve"]}, {"heart_illness"}),
        ({"comorbidities": ["arrhythmia"], "cirs": {}}, {"heart_illness"}),
        ({"cirs": {"heart": 1}}, {"heart_illness"}),
        ({"comorbidities": ["diabetes"], "cirs": {"vascular": 3}}, set()),
        ({"comorbidities": [], "cirs": {"heart": 0}}, set()),
        ({"cirs": {"heart": None, "liver": 3}}, set()),
    ],
)
def test_what_the_facts_say_and_what_is_not_known_asks_for_nothing(sheet, found):
    assert fact_sheet.findings_in(sheet) == found
    assert found <= FROM_FACTS


def test_every_fact_is_asked_once():
    assert sum(map(len, STEPS.values())) == len(NAMES)


def test_an_empty_sheet_knows_nothing():
    found = fact_sheet.facts_of({}, KNOWN, ())

    require_possible(DOCUMENT, found)
    assert (found.person.ecog, found.person.sex, found.background.comorbidities) == (None, "", None)
    assert (found.course.crs_max, found.course.steroid_days, found.surroundings.adults) == (None, None, None)


def test_days_count_from_the_infusion():
    sheet = {
        "lymphodepletion_on": "2026-02-24",
        "tocilizumab_last_on": "2026-03-05",
        "infections": [{"on": "2026-03-08", "grade": 3, "is_treated": True}],
    }

    found = fact_sheet.facts_of(sheet, KNOWN, ())

    assert (found.background.lymphodepletion_day, found.course.tocilizumab_last_day) == (-5, 4)
    assert [(one.day, one.grade) for one in found.course.infections] == [(7, 3)]


def test_another_step_keeps_what_was_left_and_its_own_is_told_anew():
    sheet = {"ecog": 1, "frailty": 4, "adults": 0}

    assert fact_sheet.merged(sheet, "person", {"ecog": 2, "frailty": None}) == {"adults": 0, "ecog": 2}


def test_zero_and_no_are_known():
    found = fact_sheet.merged({}, "home", {"lives_alone": False, "adults": 0})

    assert found == {"lives_alone": False, "adults": 0}
