"""The page of a patient's risk: what is suggested and why, and what staff answer."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client

from clinic.models import RiskFactSheet, RiskLowering, User
from clinic.queries.risk import known
from clinic.queries.risk.document import rules
from clinic.services.risk import labs
from clinic.services.risk.labs import TypedLab
from tests.factories import StaffFactory


@pytest.fixture
def desk(nurse, now):
    client = Client()
    client.force_login(nurse)
    with time_machine.travel(now, tick=False):
        yield client


@pytest.fixture
def address(patient):
    return f"/console/patients/{patient.pk}/risk/"


@pytest.fixture
def low(patient, nurse, now):
    value = TypedLab("anc", "0.4", "10^9/L", known.today_of(patient, now))
    labs.enter(patient_id=patient.pk, by=nurse, values=[value], source="typed", now=now)
    return known.current_run(patient)


def test_before_anything_is_known_the_page_says_so(desk, address, patient):
    page = desk.get(address).content.decode()

    assert "Nothing is suggested yet" in page
    assert "No lab has been entered yet." in page
    assert address in desk.get(f"/console/patients/{patient.pk}/").content.decode()


def test_the_suggestion_has_its_reasons_and_what_is_not_recorded(desk, address, low):
    page = desk.get(address).content.decode()

    assert "Suggested: high risk tier" in page
    assert "Not recorded yet, and so high:" in page
    assert "Neutrophils (ANC): 0.4\u00a0K/µL, day" in page
    assert "counts by itself from" in page
    assert page.count("is a proposal that no clinician has signed") == 1


def test_a_count_that_is_back_once_does_not_end_a_flag_and_the_page_says_so(
    desk, address, patient, nurse, low, now
):
    tomorrow = now + timedelta(days=1)
    value = TypedLab("anc", "0.7", "10^9/L", known.today_of(patient, tomorrow))
    labs.enter(patient_id=patient.pk, by=nurse, values=[value], source="typed", now=tomorrow)
    with time_machine.travel(tomorrow, tick=False):
        page = desk.get(address).content.decode()

    assert re.search(r"Neutrophils \(ANC\): 0\.4\xa0K/µL, day", page)
    assert re.search(r"\(newest: 0\.7\xa0K/µL, day \d+; the flag ends after 3 better values in a row\)", page)


def test_scores_whose_numbers_nobody_has_signed_are_named_once(desk, address, low):
    page = desk.get(address).content.decode()

    assert re.search(r"no clinician has signed them: [^.<]*CAR\u2011HEMATOTOX", page)
    assert "Its numbers" not in page


@pytest.mark.parametrize(
    ("value", "marked", "is_told"),
    [
        ("48", {"none": "on"}, True),
        ("48", {"comorbidities": ["diabetes"]}, True),
        ("48", {"comorbidities": ["cardiac"]}, False),
        ("55", {"none": "on"}, False),
        # Whoever has not answered yet is asked by the step itself.
        ("48", {}, False),
    ],
)
def test_a_weak_heart_on_record_that_is_not_marked_is_pointed_out(
    desk, address, patient, nurse, now, value, marked, is_told
):
    typed = [TypedLab("lvef", value, "%", known.today_of(patient, now))]
    labs.enter(patient_id=patient.pk, by=nurse, values=typed, source="typed", now=now)
    assert desk.post(f"{address}facts/illnesses/", {**marked, "done": "1"}).status_code == 302

    page = desk.get(address).content.decode()

    assert ("the illness of the heart is not marked under" in page) is is_told


def enter(patient, nurse, now, ago, **values):
    units = {"ldh": "U/L", "creatinine": "mg/dL", "platelets": "K/uL", "crp": "mg/L"}
    on = known.today_of(patient, now) - timedelta(days=ago)
    typed = [TypedLab(name, value, units[name], on) for name, value in values.items()]
    return labs.enter(patient_id=patient.pk, by=nurse, values=typed, source="typed", now=now)


def test_easix_over_time_is_a_chart_and_a_table_of_days_with_enough_labs(desk, address, patient, nurse, now):
    enter(patient, nurse, now, 2, ldh="400", platelets="100", creatinine="1.0")
    page = desk.get(address).content.decode()
    # One day is no line, and CRP of that day is missing.
    assert "EASIX over time" in page
    assert "EASIX over time, from" not in page
    assert re.search(r'<td class="number">4.00</td>\s*<td class="number">–</td>', page)

    struck = enter(patient, nurse, now, 0, ldh="300", platelets="60", creatinine="2.0", crp="10")
    page = desk.get(address).content.decode()
    assert "EASIX over time, from 4.00 to 10.00. The table below says the same." in page
    assert "m-EASIX) over time" not in page

    labs.strike(patient_id=patient.pk, result_id=struck[0].pk, by=nurse, reason="Another's", now=now)
    assert "EASIX over time, from" not in desk.get(address).content.decode()


def test_nothing_is_drawn_without_the_labs_of_easix(desk, address, low):
    assert "EASIX over time" not in desk.get(address).content.decode()


def test_a_nurse_takes_it_up(desk, address, patient, low):
    page = desk.post(f"{address}take-up/", {"run": str(low.pk)}, follow=True).content.decode()

    patient.refresh_from_db()
    assert (patient.tier, patient.neutropenia) == ("high", True)
    assert "It counts from the next report on." in page
    assert "Waits for your answer" not in page


def test_an_answer_to_what_has_changed_is_asked_again(desk, address, patient, low):
    page = desk.post(f"{address}take-up/", {"run": "another"}, follow=True).content.decode()

    patient.refresh_from_db()
    assert patient.tier == "standard"
    assert "What is suggested has changed." in page


def test_staying_below_waits_for_a_second_clinician(desk, address, patient, low, now):
    told = {
        "below-subjects": ["tier", "neutropenia"],
        "below-reason_code": "known_baseline",
        "below-text": "",
        "below-ends_on": (known.today_of(patient, now) + timedelta(days=7)).isoformat(),
    }

    page = desk.post(f"{address}stay-below/", told, follow=True).content.decode()

    lowering = RiskLowering.objects.get()
    assert (lowering.reason_code, lowering.end) == ("known_baseline", "")
    assert "stays Standard" in page
    again = desk.post(f"{address}stay-below/", told)
    assert again.status_code == 422
    assert "waits for a second person already" in again.content.decode()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"below-subjects": []}, "Choose what should not count."),
        ({"below-reason_code": ""}, "Choose a reason."),
        ({"below-reason_code": "other", "below-text": "so"}, "at least 10 letters"),
        ({"below-ends_on": ""}, "Enter the day on which the suggestion counts again."),
        ({"below-ends_on": "2020-01-01"}, "Choose a day after today."),
        ({"below-ends_on": "2031-01-01"}, "At most 30 days ahead."),
    ],
)
def test_staying_below_says_what_is_wrong(desk, address, patient, low, now, changes, words):
    told = {
        "below-subjects": ["tier"],
        "below-reason_code": "known_baseline",
        "below-ends_on": (known.today_of(patient, now) + timedelta(days=7)).isoformat(),
        **changes,
    }

    answer = desk.post(f"{address}stay-below/", told)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not RiskLowering.objects.exists()


def test_facts_go_step_by_step_and_may_be_left_half_done(desk, address, patient):
    first = desk.post(f"{address}facts/person/", {"ecog": "1", "next": "1"})
    assert first.url == f"{address}facts/before/"
    seen = str(RiskFactSheet.objects.get().pk)
    desk.post(f"{address}facts/before/", {"seen": seen, "bridging": "no", "done": "1"})

    assert known.sheet_of(patient) == {"ecog": 1, "bridging": False}
    page = desk.get(f"{address}facts/person/").content.decode()
    assert '<option value="1" selected>' in page
    assert "1 of 3 known" in desk.get(address).content.decode()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ["on the telephone: Vietnamese", "Before you call", "no reliable signal · no thermometer"]),
        ("es", ["por teléfono: Vietnamita", "Antes de llamar", "sin señal confiable · sin termómetro"]),
    ],
)
def test_whoever_calls_reads_how_the_family_is_reached_and_what_it_lacks(
    desk, address, patient, nurse, language, words
):
    told = {"call_language": "vi", "signal": "no", "thermometer": "no", "cuff": "yes"}
    desk.post(f"{address}facts/reach/", told)
    seen = str(RiskFactSheet.objects.get().pk)
    desk.post(f"{address}facts/home/", {"seen": seen, "minutes_to_emergency": "12", "night_cover": "yes"})
    wrong = desk.post(f"{address}facts/home/", {"minutes_to_emergency": "-1"})
    User.objects.filter(pk=nurse.pk).update(language=language)

    page = " ".join(desk.get(f"/console/patients/{patient.pk}/").content.decode().split())

    assert wrong.status_code == 422
    assert [one for one in [*words, "12 min"] if one not in page] == []
    assert known.sheet_of(patient)["cuff"] is True


def test_not_known_is_an_answer_of_its_own(desk, address, patient):
    desk.post(f"{address}facts/home/", {"lives_alone": "yes", "adults": "0"})
    seen = str(RiskFactSheet.objects.get().pk)
    desk.post(f"{address}facts/home/", {"seen": seen, "lives_alone": "", "adults": "0"})

    assert known.sheet_of(patient) == {"adults": 0}


def test_no_illness_is_told_apart_from_not_asked(desk, address, patient):
    desk.post(f"{address}facts/illnesses/", {})
    assert known.sheet_of(patient) == {}

    desk.post(f"{address}facts/illnesses/", {"none": "on"})
    assert known.sheet_of(patient) == {"comorbidities": []}

    answer = desk.post(f"{address}facts/illnesses/", {"none": "on", "comorbidities": ["diabetes"]})
    assert answer.status_code == 422


def test_illnesses_and_systems_are_kept(desk, address, patient):
    desk.post(f"{address}facts/illnesses/", {"comorbidities": ["diabetes", "valve"]})
    told = {"cirs_liver": "3", "cirs_heart": "0", "seen": str(RiskFactSheet.objects.get().pk)}
    desk.post(f"{address}facts/organs/", {**told, "cirs_done": "on"})

    assert known.sheet_of(patient) == {"comorbidities": ["diabetes", "valve"], "cirs": {"liver": 3}}
    page = desk.get(address).content.decode()
    assert "sum 3, Severe4: yes" in page


def test_an_organ_that_nobody_graded_is_not_zero(desk, address, patient):
    organs = rules().document.scores.cirs.systems
    first = desk.get(f"{address}facts/organs/").content.decode()
    assert first.count('<option value="" selected>Not known</option>') == len(organs)

    desk.post(f"{address}facts/organs/", {"cirs_heart": "1", "cirs_renal": "0"})

    open_ones = {one: None for one in organs if one not in {"heart", "renal"}}
    assert known.sheet_of(patient) == {"cirs": {"heart": 1, **open_ones}}
    again = desk.get(f"{address}facts/organs/").content.decode()
    assert again.count('<option value="" selected>Not known</option>') == len(organs) - 2
    page = desk.get(address).content.decode()
    assert "2 of 14 known" in page
    assert "HCT-CI or CIRS" in page.split("Not recorded yet, and so high:")[1]
    assert "Severe4: " not in page


def test_one_severe_organ_is_enough_to_know_severe4(desk, address, patient):
    desk.post(f"{address}facts/organs/", {"cirs_liver": "3", "cirs_heart": "1"})

    page = desk.get(address).content.decode()

    assert "sum at least 4, Severe4: yes" in page
    assert "Severe4: breathing, upper gut, liver or kidney" in page


def test_an_infection_of_which_treatment_is_not_known_stays_so(desk, address, patient, now):
    on = known.today_of(patient, now).isoformat()
    desk.post(f"{address}facts/since/", {"infection_on_0": on, "infection_grade_0": "2"})

    assert known.sheet_of(patient) == {"infections": [{"on": on, "grade": 2, "is_treated": None}]}
    page = desk.get(f"{address}facts/since/").content.decode()
    treated = page.split('name="infection_treated_0"')[1].split("</select>")[0]
    assert '<option value="" selected>Not known</option>' in treated


def test_infections_since_the_infusion(desk, address, patient, now):
    on = known.today_of(patient, now).isoformat()
    told = {"infection_on_0": on, "infection_grade_0": "3", "infection_treated_0": "yes", "crs_max": "0"}
    desk.post(f"{address}facts/since/", told)

    assert known.sheet_of(patient) == {
        "infections": [{"on": on, "grade": 3, "is_treated": True}],
        "crs_max": 0,
    }
    half = desk.post(f"{address}facts/since/", {"infection_on_0": on})
    assert "needs its first day and its grade" in half.content.decode()
    ahead = desk.post(f"{address}facts/since/", {"infection_on_0": "2031-01-01", "infection_grade_0": "1"})
    assert ahead.status_code == 422


def test_what_a_colleague_changed_meanwhile_is_not_overwritten(desk, address, clinic, now):
    desk.post(f"{address}facts/person/", {"ecog": "1", "seen": ""})
    other = Client()
    other.force_login(StaffFactory(clinic=clinic, role="physician").user)

    answer = other.post(f"{address}facts/person/", {"ecog": "2", "seen": ""})

    assert answer.status_code == 422
    assert "has changed this step meanwhile" in answer.content.decode()


def test_no_such_step(desk, address):
    assert desk.get(f"{address}facts/nothing/").status_code == 404
