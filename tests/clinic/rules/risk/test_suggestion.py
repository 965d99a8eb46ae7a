from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from clinic.rules.risk.facts import Facts, Infection, Tier
from clinic.rules.risk.suggestion import Action, Suggestion, suggest
from tests.clinic.rules.risk.made_up import DOCUMENT, facts, lab, labs, record_of, scores_of


def suggested(found: Facts) -> Suggestion:
    return suggest(DOCUMENT, found, record_of(found), scores_of(found))


def majors(**known: Any) -> list[str]:
    return [reason.key for reason in suggested(facts(**known)).major]


def minors(**known: Any) -> dict[str, int]:
    return {reason.key: reason.points for reason in suggested(facts(**known)).minor}


def infection(day: int, grade: int, is_treated: bool = True) -> dict[str, Any]:
    return {"infections": (Infection(day=day, grade=grade, is_treated=is_treated),)}


def counted(*cells: float, day: int) -> dict[str, Any]:
    """So many neutrophils a day from day 5 on, 3000 before and after."""
    values = [*(3000 for _ in range(5)), *cells, *(3000 for _ in range(26 - len(cells)))]
    return {"day": day, "values": labs(*(lab("anc", value, at, "/uL") for at, value in enumerate(values)))}


def test_nothing_wrong_is_standard() -> None:
    found = suggested(facts())

    assert (found.tier, found.major, found.minor, found.missing) == (Tier.STANDARD, (), (), ())


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"person": {"product": "brexu-cel"}}, ["disease"]),
        ({"person": {"product": " Brexu-Cel "}}, ["disease"]),
        ({"person": {"disease": "MCL"}}, ["disease"]),
        ({"person": {"disease": "B-ALL"}}, ["disease"]),
        ({"person": {"disease": "LBCL"}}, []),
        ({"person": {"ecog": 1}}, []),
        ({"person": {"ecog": 2}}, ["ecog"]),
        ({"background": {"comorbidities": frozenset({"renal"})}}, []),
        ({"background": {"comorbidities": frozenset({"renal", "obesity"})}}, ["comorbidity"]),
        ({"background": {"cirs": {"renal": 2, "heart": 4}}}, []),
        ({"background": {"cirs": {"renal": 3}}}, ["comorbidity"]),
        ({"values": labs(platelets=70, anc=1)}, []),
        ({"values": labs(platelets=70, anc=1, hb=8)}, ["hematotox"]),
        ({"values": labs(platelets=70, anc=1, hb=8, crp=None)}, ["hematotox"]),
        ({"values": labs(lab("lvef", 40, 1)), "day": 2}, []),
        ({"values": labs(lab("lvef", 39.9, 1)), "day": 2}, ["lvef"]),
        ({"values": labs(lab("lvef", 30, 1), lab("lvef", 55, 2)), "day": 2}, []),
        ({"course": {"crs_max": 1}, "day": 5}, []),
        ({"course": {"crs_max": 2}, "day": 100}, ["toxicity"]),
        ({"course": {"crs_max": 4}, "day": 101}, []),
        ({"course": {"icans_max": 2}, "day": 5}, ["toxicity"]),
        ({"course": {"had_iec_hs": True}, "day": 3000}, ["iec_hs"]),
        (counted(*[400] * 13, day=100), []),
        (counted(*[400] * 14, day=100), ["icaht"]),
        (counted(*[400] * 14, day=101), []),
        ({"values": labs(lab("anc", 0.6, 40)), "day": 900}, []),
        ({"values": labs(lab("anc", 0.5, 40)), "day": 900}, ["icaht"]),
        ({"course": infection(-35, 3), "day": 0}, ["infection"]),
        ({"course": infection(-36, 3), "day": 0}, []),
        ({"course": infection(10, 2), "day": 20}, []),
        ({"course": infection(10, 3), "day": 100}, ["infection"]),
        ({"course": infection(10, 5), "day": 101}, []),
        ({"course": infection(10, 3), "day": 9}, []),
        ({"course": {"steroid_days": 8}, "day": 90}, []),
        ({"course": {"steroid_days": 9}, "day": 90}, ["steroids"]),
        ({"course": {"steroid_days": 9}, "day": 91}, []),
    ],
)
def test_major_reason_on_both_sides_of_its_line(known: dict[str, Any], expected: list[str]) -> None:
    assert majors(**known) == expected


@pytest.mark.parametrize(
    ("known", "expected"),
    [
        ({"person": {"age": 64}}, {}),
        ({"person": {"age": 65}}, {"age": 1}),
        ({"person": {"age": 74}}, {"age": 1}),
        ({"person": {"age": 75}}, {"age": 2}),
        ({"values": labs(anc=1)}, {}),
        ({"values": labs(anc=1, hb=9)}, {"hematotox": 1}),
        ({"values": labs(anc=1, hb=9, crp=3)}, {"hematotox": 1}),
        ({"values": labs(anc=1, hb=9, crp=3, ferritin=700)}, {}),  # major
        ({"values": labs(platelets=200, ldh=467, creatinine=2)}, {"egfr": 1}),
        ({"values": labs(platelets=200, ldh=467.1, creatinine=2)}, {"easix": 1, "egfr": 1}),
        ({"background": {"comorbidities": frozenset({"diabetes"})}}, {"diabetes": 1}),
        ({"values": labs(ldh=500)}, {}),
        ({"values": labs(ldh=500.1)}, {"ldh": 1}),
        ({"values": labs(ldh=900), "background": {"ldh_upper_limit": None}}, {}),
        ({"background": {"bridging": True}}, {"bridging": 1}),
        ({"background": {"bridging": None}}, {}),
        ({"background": {"prior_transplant": "auto"}}, {"prior_hct": 1}),
        ({"background": {"prior_transplant": "allo"}}, {"prior_hct": 1}),
        ({"values": labs(creatinine=1.38)}, {}),  # 62
        ({"values": labs(creatinine=1.42)}, {}),  # 60
        ({"values": labs(creatinine=1.45)}, {"egfr": 1}),  # 59
        ({"values": labs(lab("lvef", 50, 1)), "day": 2}, {"lvef": 1}),
        ({"values": labs(lab("lvef", 50.1, 1)), "day": 2}, {}),
        ({"values": labs(lab("lvef", 40, 1)), "day": 2}, {"lvef": 1}),
        ({"values": labs(lab("lvef", 39, 1)), "day": 2}, {}),  # major
        ({"values": labs(lab("igg", 400, 0)), "day": 90}, {"immunity": 1}),
        ({"values": labs(lab("igg", 400.1, 0)), "day": 90}, {}),
        ({"values": labs(lab("igg", 400, 0)), "day": 91}, {}),
        ({"values": labs(lab("cd4", 199, 0)), "day": 180}, {"immunity": 1}),
        ({"values": labs(lab("cd4", 200, 0)), "day": 180}, {}),
        ({"values": labs(lab("cd4", 199, 0)), "day": 181}, {}),
        ({"values": labs(lab("igg", 300, 0), lab("cd4", 100, 0)), "day": 9}, {"immunity": 1}),
        ({"course": infection(-5, 1)}, {"prior_infection": 1}),
        ({"course": infection(-35, 2)}, {"prior_infection": 1}),
        ({"course": infection(-36, 2)}, {}),
        ({"course": infection(-4, 2)}, {}),
        ({"course": infection(-20, 2, is_treated=False)}, {}),
        ({"course": infection(-20, 3)}, {}),  # major
        ({"person": {"product": "axi-cel"}}, {"product": 1}),
        ({"person": {"product": "cilta-cel"}}, {"product": 1}),
        ({"person": {"frailty": 4}}, {}),
        ({"person": {"frailty": 5}}, {"frailty": 1}),
        ({"surroundings": {"minutes_to_centre": 60}}, {}),
        ({"surroundings": {"minutes_to_centre": 61}}, {"distance": 1}),
        ({"surroundings": {"adults": 2}}, {}),
        ({"surroundings": {"adults": 1}}, {"caregiver": 1}),
        ({"surroundings": {"lives_alone": True}}, {"caregiver": 1}),
        ({"surroundings": {"lives_alone": True, "adults": 0}}, {"caregiver": 1}),
    ],
)
def test_minor_reason_on_both_sides_of_its_line(known: dict[str, Any], expected: dict[str, int]) -> None:
    assert minors(**known) == expected


@pytest.mark.parametrize(
    ("person", "tier"),
    [
        ({"age": 65, "product": "axi-cel"}, Tier.STANDARD),
        ({"age": 65, "product": "axi-cel", "frailty": 5}, Tier.HIGH),
        ({"age": 75, "product": "axi-cel"}, Tier.HIGH),
    ],
)
def test_three_points_do_as_much_as_one_major_reason(person: dict[str, Any], tier: Tier) -> None:
    assert suggested(facts(person=person)).tier is tier


def test_points_are_added_up() -> None:
    assert suggested(facts(person={"age": 75, "product": "axi-cel"})).points == 3


@pytest.mark.parametrize(
    ("known", "missing"),
    [
        ({"person": {"age": None}}, "age"),
        ({"person": {"product": " "}}, "product"),
        ({"person": {"ecog": None}}, "ecog"),
        ({"background": {"comorbidities": None}}, "comorbidity"),
        ({"values": labs(ferritin=None)}, "hematotox"),
    ],
)
def test_required_fact_that_nobody_recorded_is_high(known: dict[str, Any], missing: str) -> None:
    found = suggested(facts(**known))

    assert (found.missing, found.tier, found.action) == ((missing,), Tier.HIGH, Action.RAISE)


def test_one_record_of_other_illness_is_enough() -> None:
    assert suggested(facts(background={"comorbidities": None, "cirs": {}})).missing == ()


def test_what_is_wanted_and_not_known_is_named() -> None:
    known = suggested(facts(values=labs(lab("igg", 900), lab("cd4", 900), lab("lvef", 60))))
    unknown = suggested(
        facts(
            day=1,
            person={"sex": "", "disease": "", "frailty": None},
            background={"ldh_upper_limit": None, "bridging": None, "prior_transplant": None},
            course={"crs_max": None, "icans_max": None, "steroid_days": None},
            surroundings={"minutes_to_centre": None, "lives_alone": None, "adults": None},
            values=labs(ldh=None, creatinine=None),
        )
    )

    assert known.not_known == ()
    assert set(unknown.not_known) == {
        *("disease", "sex", "frailty", "easix", "ldh", "ldh_upper_limit", "creatinine", "igg", "cd4", "lvef"),
        *("bridging", "prior_hct", "crs", "icans", "steroid_days", "minutes_to_centre", "lives_alone"),
        "adults",
    }
    assert unknown.tier is Tier.STANDARD


def test_what_cannot_have_happened_yet_is_not_asked_for() -> None:
    before = suggested(facts(day=-1, course={"crs_max": None, "icans_max": None, "steroid_days": None}))

    assert not {"crs", "icans", "steroid_days"} & set(before.not_known)


@pytest.mark.parametrize("day", [30, 100, 180, 365])
def test_lowering_is_offered_on_a_review_day_only(day: int) -> None:
    found = [suggested(facts(tier=Tier.HIGH, day=at)).action for at in (day - 1, day, day + 1)]

    assert found == [Action.KEEP_UNTIL_REVIEW, Action.OFFER_LOWER, Action.KEEP_UNTIL_REVIEW]


def test_lowering_is_not_offered_while_a_required_fact_is_missing() -> None:
    assert suggested(facts(tier=Tier.HIGH, day=100, person={"ecog": None})).action is Action.KEEP


def test_two_points_stand_in_no_way_of_lowering_and_three_do() -> None:
    two = facts(tier=Tier.HIGH, day=100, person={"age": 75})
    three = facts(tier=Tier.HIGH, day=100, person={"age": 75, "frailty": 5})

    assert [suggested(two).action, suggested(three).action] == [Action.OFFER_LOWER, Action.KEEP]


@pytest.mark.parametrize(("day", "following"), [(-5, 30), (29, 30), (30, 100), (100, 180), (365, None)])
def test_suggestion_names_the_next_review(day: int, following: int | None) -> None:
    assert suggested(facts(day=day)).next_review_day == following


def test_reason_leads_to_the_value_its_unit_day_and_source() -> None:
    [reason] = suggested(facts(day=9, values=labs(lab("lvef", 45, 4)))).minor

    [evidence] = reason.evidence
    assert (evidence.name, evidence.value, evidence.unit, evidence.day, evidence.source) == (
        "lvef",
        Fraction(45),
        "%",
        4,
        "typed",
    )
