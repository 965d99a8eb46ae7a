"""Opening one record in an emergency, on the pages of who opens it and of who looks at it."""

import pytest
from django.urls import reverse

from clinic.models import AuditEvent, EmergencyAccess, SystemAlarm
from tests import factories

REASON = "Her husband stands at our desk"


@pytest.fixture
def patient(patient):
    patient.hospital_number, patient.birth_date = "RV-77", patient.infusion_date.replace(year=1961)
    patient.save()
    factories.CareTeamMemberFactory(patient=patient, user__name="Carla Caregiver")
    factories.ReportFactory(patient=patient, answers={"temp_value": 38.6, "temp_unit": "C"})
    return patient


@pytest.fixture
def lead(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator").user


def open_record(client, patient, **changes):
    form = {
        "clinic": patient.clinic_id,
        "birth_date": patient.birth_date.isoformat(),
        "hospital_number": "RV-77",
        "reason": REASON,
    }
    return client.post(reverse("console_emergency"), form | changes)


@pytest.mark.parametrize("role", ["educator", "other_nurse"])
def test_record_is_read_and_nothing_else_of_it_opens(client, clinic, patient, other_nurse, role):
    educator = factories.StaffFactory(clinic=clinic, role="educator").user
    client.force_login({"educator": educator, "other_nurse": other_nurse}[role])

    page = client.get(open_record(client, patient)["Location"])

    assert page.status_code == 200
    body = page.content.decode()
    assert patient.full_name in body
    assert "Carla Caregiver" in body
    # No link leads where they may not go.
    assert f"/console/patients/{patient.pk}" not in body
    assert "/console/escalations/" not in body
    assert client.get(reverse("console_patient", args=[patient.pk])).status_code in {403, 404}
    assert client.get(f"/api/v1/patients/{patient.pk}/").status_code in {403, 404}


def test_wrong_facts_say_the_same_for_who_is_there_and_who_is_not(client, patient, other_nurse):
    client.force_login(other_nurse)

    near = open_record(client, patient, birth_date="1950-01-01")
    far = open_record(client, patient, hospital_number="NO-1")

    assert (near.status_code, far.status_code) == (422, 422)
    words = "Nobody was found with exactly these facts"
    assert words in near.content.decode()
    assert words in far.content.decode()
    assert not EmergencyAccess.objects.exists()


def test_form_that_names_nobody_is_sent_back(client, patient, other_nurse):
    client.force_login(other_nurse)

    answer = open_record(client, patient, hospital_number="", reason="")

    assert answer.status_code == 422
    assert "Write why you must see this record now." in answer.content.decode()


def test_end_closes_the_page(client, patient, other_nurse):
    client.force_login(other_nurse)
    address = open_record(client, patient)["Location"]

    client.post(address + "end/", {"account": "Called the line"})

    assert client.get(address).status_code == 404
    assert EmergencyAccess.objects.get().account == "Called the line"


def test_lead_sees_the_alarm_ends_it_and_says_what_they_found(client, patient, other_nurse, lead):
    client.force_login(other_nurse)
    open_record(client, patient)
    access = EmergencyAccess.objects.get()

    client.force_login(lead)
    assert "A record was opened in an emergency" in client.get("/console/").content.decode()
    review = reverse("console_emergency_review", args=[access.pk])
    assert REASON in client.get(review).content.decode()
    client.post(review, {"answer": "end"})
    client.post(review, {"finding": "right", "note": ""})

    access.refresh_from_db()
    assert (access.finding, access.reviewed_by, access.ended_by) == ("right", lead, lead)
    assert not SystemAlarm.objects.filter(kind="emergency_access", cleared_at=None).exists()
    assert "Reviewed" in client.get(reverse("console_emergency")).content.decode()


def test_alarm_is_not_pressed_away(client, patient, other_nurse, lead):
    client.force_login(other_nurse)
    open_record(client, patient)
    alarm = SystemAlarm.objects.get(kind="emergency_access")

    client.force_login(lead)

    assert client.post(reverse("console_clear_alarm", args=[alarm.pk])).status_code == 403
    alarm.refresh_from_db()
    assert alarm.cleared_at is None


def test_nurse_sees_no_list_of_what_was_opened(client, patient, other_nurse, nurse):
    client.force_login(other_nurse)
    open_record(client, patient)

    client.force_login(nurse)

    assert patient.full_name not in client.get(reverse("console_emergency")).content.decode()
    assert "A record was opened" not in client.get("/console/").content.decode()


def test_whose_role_shows_them_lands_on_the_patients_page(client, patient, nurse):
    client.force_login(nurse)

    assert open_record(client, patient)["Location"] == reverse("console_patient", args=[patient.pk])
    assert not AuditEvent.objects.filter(action__startswith="emergency").exists()
