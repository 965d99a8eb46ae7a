"""One screen for a laboratory's report: units chosen, unusual values asked about once, lines pasted."""

import re

import pytest
import time_machine
from django.test import Client

from clinic.models import AuditEvent, LabResult
from clinic.queries.risk import known
from tests.factories import StaffFactory


@pytest.fixture
def desk(nurse, now):
    client = Client()
    client.force_login(nurse)
    with time_machine.travel(now, tick=False):
        yield client


@pytest.fixture
def address(patient):
    return f"/console/patients/{patient.pk}/labs/"


@pytest.fixture
def told(patient, now):
    return {"taken_on": known.today_of(patient, now).isoformat()}


def test_a_set_is_entered_on_one_screen(desk, address, told, nurse):
    told |= {"value_anc": "0.4", "unit_anc": "10^9/L", "value_crp": "30", "unit_crp": "mg/L"}

    answer = desk.post(address, told, follow=True)

    page = answer.content.decode()
    assert "2 values are on record." in page
    assert "0.4\u00a0K/µL" in page
    assert "3\u00a0mg/dL" in page
    assert "typed as 30\u00a0mg/L" in page
    assert {(row.lab, row.entered_by) for row in LabResult.objects.all()} == {("anc", nurse), ("crp", nurse)}


def test_sent_twice_it_says_that_it_was_there(desk, address, told):
    told |= {"value_anc": "0.4", "unit_anc": "10^9/L"}
    desk.post(address, told)

    answer = desk.post(address, told, follow=True)

    assert "on record already" in answer.content.decode()
    assert LabResult.objects.count() == 1


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"unit_anc": ""}, "Choose the unit that the laboratory prints: K/µL or /µL."),
        ({"value_anc": "0,4"}, "Enter a number with a point"),
        ({"value_anc": ""}, "Enter at least one value."),
        ({"taken_on": "2031-01-01"}, "still to come"),
        ({"taken_on": "1990-01-01"}, "too long ago"),
        ({"taken_on": ""}, "Enter the day of the sample."),
        ({"unit_anc": "mg/dL"}, "not one of the available choices"),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_lost(desk, address, told, changes, words):
    told |= {"value_anc": "0.4", "unit_anc": "10^9/L", "value_hb": "", **changes}

    answer = desk.post(address, told)

    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert not LabResult.objects.exists()


def test_an_unusual_value_is_asked_about_once(desk, address, told):
    told |= {"value_crp": "300", "unit_crp": "mg/dL"}

    asked = desk.post(address, told)
    assert asked.status_code == 422
    assert 'name="right_crp"' in asked.content.decode()
    assert "say that it is right" in asked.content.decode()

    desk.post(address, {**told, "right_crp": "on"})
    assert LabResult.objects.get().is_confirmed


def test_pasted_lines_fill_the_form_and_save_nothing(desk, address):
    lines = "Platelets 74 K/uL\nCRP 30 mg/L\nFerritin 900\nWBC 3.1 K/uL"

    page = desk.post(address, {"read": "1", "paste-lines": lines}).content.decode()

    assert 'name="value_platelets" value="74"' in page
    assert '<option value="mg/L" selected>' in page
    # As laboratories print it; what is sent and kept are the document's letters.
    assert '<option value="K/uL" selected>K/µL</option>' in page
    assert "3 lines were read into the form." in page
    assert "WBC 3.1 K/uL" in page.split("Not read:")[1]
    assert not LabResult.objects.exists()


def test_nothing_pasted_is_said(desk, address):
    answer = desk.post(address, {"read": "1", "paste-lines": ""})

    assert answer.status_code == 422
    assert "Paste at least one line." in answer.content.decode()


def chosen(page, lab):
    select = re.search(rf'<select name="unit_{lab}".*?</select>', page, re.DOTALL)[0]
    return re.findall(r'<option value="([^"]*)" selected>', select)


def test_a_lab_is_entered_in_the_unit_in_which_it_is_read(desk, address, told):
    first = desk.get(address).content.decode()
    assert [chosen(first, lab) for lab in ("crp", "anc", "platelets", "igg")] == [[""]] * 4
    assert chosen(first, "ferritin") == ["ng/mL"]
    desk.post(
        address,
        told
        | {"value_crp": "3", "unit_crp": "mg/dL", "value_anc": "0.4", "unit_anc": "10^9/L"}
        | {"value_platelets": "47000", "unit_platelets": "/uL"},
    )

    page = desk.get(address).content.decode()

    assert [chosen(page, lab) for lab in ("crp", "anc")] == [["mg/dL"], ["K/uL"]]
    # Another unit is chosen each time, and says in what the value will be read.
    assert chosen(page, "platelets") == [""]
    assert '<option value="/uL">/µL → K/µL</option>' in page
    assert '<option value="mg/L">mg/L → mg/dL</option>' in page
    assert "10⁹" not in page


@pytest.mark.parametrize(
    ("lab", "value", "unit", "words"),
    [
        (
            "platelets",
            "150000",
            "K/uL",
            "Platelets 150000\u00a0K/µL: hardly anybody has such a value. "
            "If the report says 150000\u00a0/µL, choose /µL: that is 150\u00a0K/µL.",
        ),
        (
            "platelets",
            "150",
            "/uL",
            "Platelets 150\u00a0/µL: hardly anybody has such a value. "
            "If the report says 150\u00a0K/µL, choose K/µL.",
        ),
        ("anc", "450", "K/uL", "choose /µL: that is 0.45\u00a0K/µL."),
        ("crp", "88", "mg/dL", "If the report says 88\u00a0mg/L, choose mg/L: that is 8.8\u00a0mg/dL."),
        (
            "ldh",
            "30000",
            "U/L",
            "LDH 30000\u00a0U/L: hardly anybody has such a value. Check number and unit.",
        ),
    ],
)
def test_a_number_that_is_usual_in_another_unit_names_that_unit(desk, address, told, lab, value, unit, words):
    page = desk.post(address, told | {f"value_{lab}": value, f"unit_{lab}": unit}).content.decode()

    assert words in page
    assert not LabResult.objects.exists()


def test_a_wrong_value_is_struck_out_with_a_reason(desk, address, told, nurse):
    desk.post(address, {**told, "value_anc": "0.4", "unit_anc": "10^9/L"})
    row = LabResult.objects.get()

    without = desk.post(f"{address}{row.pk}/strike/", {"reason": ""}, follow=True)
    assert "Say why the value is wrong." in without.content.decode()

    page = desk.post(f"{address}{row.pk}/strike/", {"reason": "of another"}, follow=True).content.decode()
    assert "It stays on record and counts no more." in page
    assert "of another" in page
    again = desk.post(f"{address}{row.pk}/strike/", {"reason": "of another"}, follow=True)
    assert "struck out already" in again.content.decode()


def test_who_looked_is_in_the_audit(desk, address, patient):
    desk.get(address)

    assert AuditEvent.objects.filter(action="risk.viewed", patient_id=patient.pk).count() == 1


def test_an_educator_enters_nothing(clinic, address, now):
    client = Client()
    client.force_login(StaffFactory(clinic=clinic, role="educator").user)

    assert client.get(address).status_code == 403


def test_a_lab_is_shown_in_one_unit_and_no_count_becomes_none(desk, address, told, patient):
    desk.post(
        address,
        told | {"value_anc": "4", "unit_anc": "/uL", "value_platelets": "47", "unit_platelets": "K/uL"},
    )

    page = desk.get(f"/console/patients/{patient.pk}/risk/").content.decode()

    heads = re.findall(r"<strong>([^<]+)</strong>\s*<br>", page)
    assert heads == ["47\u00a0K/µL", "0.004\u00a0K/µL"]
    assert "typed as 4\u00a0/µL" in page
