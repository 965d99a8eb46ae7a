"""The pages on which two administrators delete a person, and the button that hands a record out."""

import io
import zipfile

import pytest
from django.test import Client

from clinic.models import Patient, RecordHold, User
from tests import factories


@pytest.fixture
def leads(clinic):
    return [factories.StaffFactory(clinic=clinic, role="administrator").user for _ in range(2)]


@pytest.fixture
def ended(clinic):
    return factories.PatientFactory(
        clinic=clinic, status="ended", family_name="Zimmer", hospital_number="9002"
    )


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def test_one_asks_another_deletes_and_the_page_is_gone(ended, leads):
    address = f"/console/patients/{ended.pk}/"
    first, second = (browser(lead) for lead in leads)
    page = first.get(f"{address}delete/").content.decode()
    assert "Delete Walter Zimmer" in page
    assert "no. 9002" in page
    assert "The law asks for six years of it" in page

    assert first.post(f"{address}delete/ask/", {}).status_code == 422
    first.post(f"{address}delete/ask/", {"ground": "asked", "note": "by letter"})
    assert "Delete for ever now" not in first.get(f"{address}delete/").content.decode()
    listed = second.get("/console/patients/").content.decode()
    assert f"{address}delete/" in listed
    assert "no. 9002" in listed
    shown = second.get(f"{address}delete/").content.decode()
    assert "by letter" in shown
    assert "Decline" in shown and "Withdraw the request" not in shown
    answer = second.post(f"{address}delete/decide/", {"answer": "agree"}, follow=True)

    assert "Deleted." in answer.content.decode()
    assert answer.redirect_chain == [("/console/patients/", 302)]
    assert [second.get(place).status_code for place in (address, f"{address}delete/")] == [404, 404]
    assert Patient.objects.get().family_name == ""


def test_caregiver_is_deleted_from_the_page_of_their_patient(patient, leads, other_clinic):
    member = factories.CareTeamMemberFactory(patient=patient, user__name="Carla Zimmer")
    address = f"/console/patients/{patient.pk}/caregivers/{member.pk}/delete/"
    first, second = (browser(lead) for lead in leads)
    assert address in first.get(f"/console/patients/{patient.pk}/").content.decode()

    first.post(f"{address}ask/", {"ground": "asked"})
    assert address in second.get("/console/patients/").content.decode()
    second.post(f"{address}decide/", {"answer": "withdraw"})
    assert address not in second.get("/console/patients/").content.decode()
    first.post(f"{address}ask/", {"ground": "asked"})
    answer = second.post(f"{address}decide/", {"answer": "agree"}, follow=True).content.decode()

    assert "Deleted." in answer
    assert "Carla Zimmer" not in answer
    assert not User.objects.filter(name="Carla Zimmer").exists()
    elsewhere = factories.PatientFactory(clinic=patient.clinic)
    assert first.get(f"/console/patients/{elsewhere.pk}/caregivers/{member.pk}/delete/").status_code == 404


def test_hold_is_placed_and_lifted_and_says_why_nothing_can_be_deleted(ended, leads):
    client, address = browser(leads[0]), f"/console/patients/{ended.pk}/"
    assert client.post(f"{address}hold/", {"answer": "place", "reason": ""}).status_code == 422

    page = client.post(
        f"{address}hold/", {"answer": "place", "reason": "case 7"}, follow=True
    ).content.decode()
    assert "nothing of it may be deleted" in page
    assert "case 7" in page
    assert "Ask for a second person" not in page

    client.post(f"{address}hold/", {"answer": "lift"})
    assert RecordHold.objects.get().ended_by == leads[0]
    assert "Ask for a second person" in client.get(f"{address}delete/").content.decode()


def test_record_is_downloaded_by_a_button_and_over_the_api(patient, leads, nurse):
    client, address = browser(leads[0]), f"/console/patients/{patient.pk}/"
    assert f"{address}record.zip" in client.get(address).content.decode()
    assert f"{address}record.zip" not in browser(nurse).get(address).content.decode()

    for place in (f"{address}record.zip", f"/api/v1/patients/{patient.pk}/record.zip"):
        answer = client.get(place)
        assert answer["Content-Disposition"] == 'attachment; filename="record.zip"'
        assert "no-store" in answer["Cache-Control"]
        names = zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content))).namelist()
        assert names == ["record.pdf", "record.html", "record.json", "record.fhir.json"]


def test_what_forbids_it_comes_first(patient, leads):
    page = browser(leads[0]).get(f"/console/patients/{patient.pk}/delete/").content.decode()

    assert page.index("banner-strong") < page.index("What goes")
