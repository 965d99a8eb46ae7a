"""What a form about what became of somebody takes, and what contradicts itself."""

from datetime import date, timedelta

import pytest

from clinic.rules.outcomes import forms
from clinic.rules.outcomes.forms import Kind, Part, Problem
from clinic.rules.outcomes.time_points import TIME_POINTS

DAY_0 = date(2026, 10, 1)
TODAY = date(2026, 11, 20)


def on(day: int) -> date:
    return DAY_0 + timedelta(days=day)


def read(part=Part.FOLLOW_UP, day=30, **given):
    return forms.read(given, part=part, day=day, infused_on=DAY_0, today=TODAY)


def test_contact_alone_is_enough_and_nothing_else_is_made_up():
    assert read(contact_on=on(31)) == ({"contact_on": "2026-11-01"}, {})


def test_without_the_day_of_contact_a_form_says_nothing():
    assert read(crs_grade="2")[1] == {"contact_on": Problem.NEEDED}


@pytest.mark.parametrize(
    ("given", "problems"),
    [
        ({"contact_on": on(51)}, {"contact_on": Problem.AHEAD}),
        ({"contact_on": on(50)}, {}),
        ({"contact_on": on(0)}, {}),
        ({"contact_on": on(-1)}, {"contact_on": Problem.BEFORE_INFUSION}),
        (
            {"contact_on": on(30), "crs_grade": "1", "crs_onset": on(5), "crs_end": on(4)},
            {"crs_end": Problem.ORDER},
        ),
        ({"contact_on": on(30), "crs_grade": "1", "crs_onset": on(5), "crs_end": on(5)}, {}),
        ({"contact_on": on(30), "crs_onset": on(5)}, {"crs_grade": Problem.NOT_GRADED}),
        ({"contact_on": on(30), "icans_grade": "0", "icans_end": on(5)}, {"icans_grade": Problem.NOT_GRADED}),
        ({"contact_on": on(30), "iec_hs": "no", "iec_hs_onset": on(5)}, {"iec_hs": Problem.NOT_GRADED}),
        ({"contact_on": on(30), "iec_hs": "yes", "iec_hs_onset": on(5)}, {}),
        ({"contact_on": on(30), "progressed_on": on(31)}, {"progressed_on": Problem.AFTER_CONTACT}),
        ({"contact_on": on(30), "infection1_organ": "lung"}, {"infection1_on": Problem.NO_DAY}),
        ({"contact_on": on(30), "emergency_visits": 0}, {}),
        ({"contact_on": on(30), "emergency_visits": 5, "visit1_on": on(8), "visit1_reason": "gut"}, {}),
        ({"contact_on": on(30), "visit1_on": on(8), "visit2_on": on(9)}, {}),
        ({"contact_on": on(30), "visit2_reason": "gut"}, {"visit2_on": Problem.NO_DAY}),
        ({"contact_on": on(30), "visit1_on": on(31)}, {"visit1_on": Problem.AFTER_CONTACT}),
        (
            {"contact_on": on(30), "emergency_visits": 1, "visit1_on": on(8), "visit2_on": on(9)},
            {"emergency_visits": Problem.TOO_FEW},
        ),
        (
            {"contact_on": on(30), "visit1_on": on(8), "visit1_reason": "x"},
            {"visit1_reason": Problem.NOT_AN_ANSWER},
        ),
        ({"contact_on": on(30), "infection2_on": on(8), "infection2_type": "viral"}, {}),
        ({"contact_on": on(30), "crs_grade": "6"}, {"crs_grade": Problem.NOT_AN_ANSWER}),
        ({"contact_on": on(30), "crs_grade": ["1"]}, {"crs_grade": Problem.NOT_AN_ANSWER}),
        ({"contact_on": on(30), "steroid_days": -1}, {"steroid_days": Problem.NOT_AN_ANSWER}),
        ({"contact_on": on(30), "steroid_days": True}, {"steroid_days": Problem.NOT_AN_ANSWER}),
        ({"contact_on": on(30), "steroid_days": 0}, {}),
        ({"contact_on": "2026-11-31"}, {"contact_on": Problem.NOT_AN_ANSWER}),
        (
            {"contact_on": on(30), "second_cancer_type": "a\x00b"},
            {"second_cancer_type": Problem.NOT_AN_ANSWER},
        ),
        ({"contact_on": on(30), "height": 180}, {"height": Problem.NOT_ASKED}),
        ({"contact_on": on(30), "cause": "disease"}, {"cause": Problem.NOT_ASKED}),
    ],
)
def test_what_contradicts_itself_is_named(given, problems):
    assert read(**given)[1] == problems


def test_zero_is_an_answer_and_empty_is_none():
    stored, problems = read(contact_on=on(30), tocilizumab_doses=0, gcsf_days=None, response="")

    assert (stored, problems) == ({"contact_on": "2026-10-31", "tocilizumab_doses": 0}, {})


def test_death_asks_for_its_cause_alone():
    assert read(Part.DEATH, 0, place="home")[1] == {"cause": Problem.NEEDED}
    assert read(Part.DEATH, 0, cause="infection", autopsy="no")[1] == {}


def test_toxicities_of_the_first_weeks_are_not_asked_a_year_later():
    assert "crs_grade" in forms.items(Part.FOLLOW_UP, 100)
    assert "crs_grade" not in forms.items(Part.FOLLOW_UP, 180)


@pytest.mark.parametrize("day", [point.day for point in TIME_POINTS])
def test_every_day_that_came_as_text_is_a_day(day):
    asked = forms.items(Part.FOLLOW_UP, day)
    days = [key for key, item in asked.items() if item.kind is Kind.DATE]

    read_days = forms.with_days(dict.fromkeys(days, "2026-10-31"), Part.FOLLOW_UP, day)

    assert set(read_days.values()) == {date(2026, 10, 31)}
    assert forms.with_days({"contact_on": "31.10.2026"}, Part.FOLLOW_UP, day) == {"contact_on": "31.10.2026"}


def test_first_relapse_of_all_forms_counts_and_every_contact():
    told = [{"contact_on": "2026-11-01", "progressed_on": "2026-10-21"}, {"progressed_on": "2026-10-11"}, {}]

    assert forms.relapse_day(told, DAY_0) == 10
    assert forms.relapse_day([{}], DAY_0) is None
    assert forms.contact_days(told, DAY_0) == (31,)
