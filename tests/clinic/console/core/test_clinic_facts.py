"""The set-up page and the clinic's own facts."""

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from clinic.models import Clinic
from clinic.models.patient import PatientStatus
from tests import factories

pytestmark = pytest.mark.django_db

FACTS = {
    "name": "River Cancer Center",
    "sms_brand": "River",
    "line_phone": "+12015550101",
    "clinic_phone": "+12015550102",
    "emergency_number": "911",
    "time_zone": "America/New_York",
    "mon": "8-12, 13:00–17",
}


@pytest.fixture
def desk(clinic):
    client = Client()
    client.force_login(factories.StaffFactory(clinic=clinic, role="administrator").user)
    return client


def states(desk):
    page = BeautifulSoup(desk.get("/console/setup/").content, "html.parser")
    return {step["data-step"]: step["data-state"] for step in page.select("[data-step]")}


def test_hours_are_written_as_people_write_them(desk, clinic):
    done = desk.post("/console/setup/clinic/", FACTS, follow=True)

    assert "Saved. Families read it from the next page on." in done.content.decode()
    assert Clinic.objects.get().staffed_hours == {"mon": [["08:00", "12:00"], ["13:00", "17:00"]]}
    assert 'value="08:00–12:00, 13:00–17:00"' in desk.get("/console/setup/clinic/").content.decode()


def test_hours_that_cannot_be_are_named_by_their_day_and_kept(desk):
    refused = desk.post("/console/setup/clinic/", FACTS | {"tue": "8-25", "line_phone": "12"})

    assert refused.status_code == 422
    shown = refused.content.decode()
    assert "Tuesday: write the hours such as 08:00–17:00" in shown
    assert 'value="8-25"' in shown
    assert Clinic.objects.get().staffed_hours == factories.WEEKDAYS


def test_each_step_is_done_when_what_it_asks_for_is_there(desk, clinic, now):
    Clinic.objects.update(staffed_hours={})
    found = states(desk)
    assert found.pop("protocol") == "done"
    assert set(found.values()) == {"open"}

    factories.StaffInvitationFactory(clinic=clinic)
    assert states(desk)["team"] == "waits"
    nurse = factories.StaffFactory(clinic=clinic, role="nurse")
    assert (states(desk)["team"], states(desk)["phones"]) == ("done", "open")
    nurse.phone_verified_at = now
    nurse.save()
    assert states(desk)["phones"] == "done"
    patient = factories.PatientFactory(clinic=clinic, status=PatientStatus.PREPARING)
    assert (states(desk)["patient"], states(desk)["home"]) == ("done", "open")
    factories.CareTeamMemberFactory(patient=patient)
    assert states(desk)["family"] == "done"


def test_what_the_operator_has_to_mend_stands_apart(desk, settings):
    settings.HEARTBEAT_URL = ""
    seen = desk.get("/console/setup/").content.decode()

    # First of all what may keep an alarm from everybody; what to set is said to operators alone.
    assert seen.index("Nobody outside notices when everything stands still.") < seen.index("data-step")
    assert "For your operators to mend" in seen
    for setting in ("HEARTBEAT_URL", "TWILIO_", "EMAIL_URL", "DJANGO_SETTINGS_MODULE"):
        assert setting not in seen


def test_whom_the_clinic_treats_is_written_in_per_cent(desk):
    desk.post("/console/setup/clinic/", FACTS | {"expected_bcma": "40", "expected_far": ""})
    clinic = Clinic.objects.get()
    assert (clinic.expected_bcma, clinic.expected_far) == (40, None)

    refused = desk.post("/console/setup/clinic/", FACTS | {"expected_bcma": "140"})

    assert refused.status_code == 422
    assert 'value="140"' in refused.content.decode()
    assert Clinic.objects.get().expected_bcma == 40
