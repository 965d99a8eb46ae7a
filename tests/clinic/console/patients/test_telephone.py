"""Noting a call and entering a report by telephone, on the console."""

import re
from datetime import timedelta
from uuid import uuid4
from zoneinfo import ZoneInfo

import pytest
from bs4 import BeautifulSoup
from django.test import Client
from django.utils import timezone

from clinic.models import PhoneCall, Report
from clinic.services.escalations import scoring
from tests import cases, factories


@pytest.fixture
def member(patient, caregiver):
    return patient.care_team.get()


@pytest.fixture
def console(nurse):
    client = Client()
    client.force_login(nurse)
    return client


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def minutes_ago(count):
    """As the nurse's clock has it."""
    at = timezone.localtime(timezone=ZoneInfo("America/New_York")) - timedelta(minutes=count)
    return f"{at:%Y-%m-%dT%H:%M}"


@pytest.fixture
def filled(console, patient, member):
    """The form as it came, and these answers in it."""

    def fill(**answers):
        page = console.get(f"/console/patients/{patient.pk}/told/").content.decode()
        hidden = {
            name: re.search(rf'name="{name}" value="([^"]+)"', page)[1] for name in ("report_id", "version")
        }
        return {
            **hidden,
            "shown": re.findall(r'name="shown" value="(\w+)"', page),
            "person": str(member.pk),
            "seen_at": minutes_ago(3),
            "temp_unit": "C",
            **answers,
        }

    return fill


def test_report_is_stored_once_and_its_advice_is_read_out(console, patient, nurse, filled):
    url = f"/console/patients/{patient.pk}/told/"
    form = filled(temp_value="38.6")

    first = console.post(url, form, follow=True)
    again = console.post(url, form, follow=True)

    report = Report.objects.get()
    assert (report.author, report.told.who) == (nurse, "Carla Caregiver")
    assert first.redirect_chain == again.redirect_chain == [(f"{url}{report.pk}/", 302)]
    assert "Read this to them Call " in text_of(first)
    assert "pages staff where it must" not in text_of(first)
    shown = text_of(console.get(f"/console/patients/{patient.pk}/"))
    assert "Report by telephone" in shown
    assert "Nora Nurse, told by Carla Caregiver (daughter) by telephone" in shown


def test_what_is_wrong_is_said_and_what_was_typed_stays(console, patient, filled):
    url = f"/console/patients/{patient.pk}/told/"

    page = console.post(url, filled(temp_value="400", person=""))
    assert page.status_code == 422
    assert "Choose who was on the line." in text_of(page)

    page = console.post(url, filled(temp_value="400"))
    assert page.status_code == 422
    assert 'value="400"' in page.content.decode()
    assert "Cannot be measured now: send without it" in text_of(page)
    assert not Report.objects.exists()

    console.post(url, filled(temp_value="400", left_out=["temp"], chills="0"))
    assert Report.objects.get().answers["chills"] == 0


def test_question_that_an_answer_calls_for_is_asked_before_storing(console, patient, filled):
    url = f"/console/patients/{patient.pk}/told/"

    form = filled(temp_value="36.8")
    page = console.post(url, {**form, "shown": ["temp"]})

    assert page.status_code == 422
    assert "calls for one more question below" in text_of(page)
    assert 'name="chills"' in page.content.decode()
    assert not Report.objects.exists()
    console.post(url, form)
    assert Report.objects.exists()


def test_call_is_noted_and_errors_are_said(console, patient, member):
    url = f"/console/patients/{patient.pk}/calls/"
    form = {
        "call-call_id": str(uuid4()),
        "call-person": "other",
        "call-direction": "in",
        "call-reached": "yes",
        "call-at": minutes_ago(1),
        "call-words": "Asks about a rash.",
    }

    page = console.post(url, form)
    assert page.status_code == 422
    assert "Enter the person&#x27;s name." in page.content.decode()

    page = console.post(url, {**form, "call-other_name": "Ned"}, follow=True)
    assert "The call is on record." in text_of(page)
    assert "The family called" in text_of(page)
    assert PhoneCall.objects.get().words == "Asks about a rash."


def test_call_offers_the_log_of_the_alert_that_is_open(console, patient, member):
    url = f"/console/patients/{patient.pk}/calls/"
    assert "log it there too" not in text_of(console.get(url))

    escalation = cases.escalate(patient, cases.FEVER, timezone.now())
    assert "log it there too" in text_of(console.get(url))
    form = {
        "call-call_id": str(uuid4()),
        "call-person": str(member.pk),
        "call-direction": "out",
        "call-reached": "no",
        "call-at": minutes_ago(1),
        "call-for_alert": "on",
    }
    console.post(url, form)
    assert escalation.contacts.get().reached is False


def test_nothing_is_asked_about_somebody_who_has_died(console, patient):
    patient.status = "died"
    patient.save()

    page = console.get(f"/console/patients/{patient.pk}/told/", follow=True)

    assert "This patient has died: nothing is asked any more." in text_of(page)


def test_lead_who_answers_no_alerts_sees_no_such_button(patient, clinic):
    lead = Client()
    lead.force_login(factories.StaffFactory(clinic=clinic, role="administrator").user)

    assert "Note a call" not in text_of(lead.get(f"/console/patients/{patient.pk}/"))
    assert lead.get(f"/console/patients/{patient.pk}/told/").status_code == 403


def corrected(page, **answers):
    """The form as it came, and what somebody has changed in it."""
    soup = BeautifulSoup(page.content, "html.parser")
    form = soup.find("input", {"name": "version"}).find_parent("form")
    posted = {}
    for field in form.find_all("input"):
        if field.get("type") in ("radio", "checkbox") and not field.has_attr("checked"):
            continue
        if field.get("name") and not field.has_attr("disabled"):
            posted.setdefault(field["name"], []).append(field.get("value", ""))
    return {**posted, **answers}


def test_a_wrong_number_is_put_right_in_the_form_as_it_was_typed(console, patient, filled, caregiver):
    console.post(f"/console/patients/{patient.pk}/told/", filled(temp_value="39.6", chills="0"))
    wrong = Report.objects.get()
    scoring.score(report_id=wrong.pk, now=timezone.now())
    url = f"/console/patients/{patient.pk}/told/{wrong.pk}/correct/"
    assert url in console.get(f"/console/patients/{patient.pk}/").content.decode()
    page = console.get(url)
    assert 'value="39.6"' in page.content.decode()

    refused = console.post(url, corrected(page, temp_value="36.9"))
    assert refused.status_code == 422
    assert "Enter the reason." in text_of(refused)
    form = corrected(page, temp_value="36.9", reason="Typed 39.6 for 36.9")
    first, again = console.post(url, form, follow=True), console.post(url, form, follow=True)

    right = Report.objects.get(corrects=wrong)
    assert (right.answers["temp_value"], right.answers["chills"]) == ("36.9", 0)
    assert right.observed_at == wrong.observed_at
    there = (f"/console/patients/{patient.pk}/told/{right.pk}/", 302)
    assert first.redirect_chain == again.redirect_chain == [there]
    shown = text_of(console.get(f"/console/patients/{patient.pk}/"))
    assert "Entered in error, put right by Nora Nurse. Typed 39.6 for 36.9" in shown
    late = console.post(url, {**form, "report_id": str(uuid4())}, follow=True)
    assert "This report has been put right or marked already." in text_of(late)
    phone = Client()
    phone.force_login(caregiver)
    assert "corrected by the clinic" in text_of(phone.get("/history/"))
    assert "The clinic wrote something down wrongly here" in text_of(phone.get(f"/reports/{wrong.pk}/"))


def test_a_report_of_the_wrong_patient_is_marked_and_the_family_sees_it_struck_through(
    console, patient, filled, caregiver
):
    console.post(f"/console/patients/{patient.pk}/told/", filled(temp_value="38.6"))
    report = Report.objects.get()
    url = f"/console/patients/{patient.pk}/told/{report.pk}/mistake/"

    refused = console.post(url, {"wrong-reason": " "})
    assert (refused.status_code, "Enter the reason." in text_of(refused)) == (422, True)
    page = console.post(url, {"wrong-reason": "Meant for another patient"}, follow=True)

    assert "Marked as entered in error." in text_of(page)
    assert "It does not count. Meant for another patient" in text_of(page)
    again = console.post(url, {"wrong-reason": "Meant for another patient"}, follow=True)
    assert again.status_code == 200
    phone = Client()
    phone.force_login(caregiver)
    assert "The clinic wrote this down by mistake: it does not count" in text_of(phone.get("/history/"))
    assert "The clinic wrote this down by mistake." in text_of(phone.get(f"/reports/{report.pk}/"))
    assert "38.6" not in text_of(phone.get("/"))
