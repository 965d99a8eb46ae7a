"""Care tasks on the patient's page and on the clinic's list: one tap, with words, taken back."""

from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from clinic.models import CareTaskEntry
from clinic.protocols import default_document
from clinic.queries.risk import known
from clinic.services.protocols import versions
from tests.factories import CareTaskEntryFactory, PatientFactory, StaffFactory

LIST = "/console/labs/"
CALL = "Call by a nurse (day 3 at home)"


@pytest.fixture
def desk(nurse, now):
    client = Client()
    client.force_login(nurse)
    with time_machine.travel(now, tick=False):
        yield client


@pytest.fixture
def high(patient, clinic, nurse, now):
    """On day 3 at high risk, at a clinic that asks for the calls."""
    document = default_document("car-t")
    next(one for one in document["additions"] if one["code"] == "high_risk")["active"] = True
    versions.publish(clinic=clinic, code="car-t", document=document, by=nurse, now=now)
    patient.infusion_date, patient.tier = known.today_of(patient, now) - timedelta(days=3), "high"
    patient.save(update_fields=["infusion_date", "tier"])
    return patient


@pytest.fixture
def address(high):
    return f"/console/patients/{high.pk}/risk/"


def test_card_shows_what_is_due_left_undone_and_ahead(desk, address):
    page = desk.get(address).content.decode()

    assert page.count("Call by a nurse (day") >= 3
    assert "1 not done in time" in page
    assert page.index("Still ahead") < page.index("Call by a nurse (day 7 at home)")


def test_nothing_stands_there_where_the_clinic_asks_for_nothing(desk, patient):
    assert "Care tasks" not in desk.get(f"/console/patients/{patient.pk}/risk/").content.decode()
    assert "Care tasks" not in desk.get(LIST).content.decode()


def test_one_tap_on_the_list_does_it_and_leads_back_to_the_list(desk, high, nurse):
    assert CALL in desk.get(LIST).content.decode()
    told = {"task": "nurse_call", "day": "3", "act": "done", "from": "list"}

    answer = desk.post(f"/console/patients/{high.pk}/risk/tasks/", told)

    assert answer.url == f"{LIST}?clinic={high.clinic.slug}"
    assert CALL not in desk.get(LIST).content.decode()
    entry = CareTaskEntry.objects.get()
    assert (entry.task, entry.day, entry.act, entry.words, entry.by) == ("nurse_call", 3, "done", "", nurse)


def test_not_needed_wants_words_and_can_be_taken_back(desk, address, high):
    told = {"task": "nurse_call", "day": "3", "act": "not_needed", "words": ""}
    page = desk.post(f"{address}tasks/", told, follow=True).content.decode()
    assert "Say why, so that the next person knows." in page
    assert not CareTaskEntry.objects.exists()

    told["words"] = "Seen here <today>"
    page = desk.post(f"{address}tasks/", told, follow=True).content.decode()
    assert "Seen here &lt;today&gt;" in page
    entry = CareTaskEntry.objects.get()
    back = f"{address}tasks/{entry.pk}/take-back/"
    assert back in page
    page = desk.post(back, {"words": ""}, follow=True).content.decode()
    assert "Say why, so that the next person knows." in page
    page = desk.post(back, {"words": "Another patient"}, follow=True).content.decode()
    assert "asked for again where it still is" in page
    page = desk.post(back, {"words": "Another patient"}, follow=True).content.decode()
    assert "Somebody has changed this meanwhile." in page
    assert CareTaskEntry.objects.count() == 2


def test_what_a_colleague_has_done_meanwhile_is_said(desk, address, high, clinic):
    colleague = StaffFactory(clinic=clinic, role="physician").user
    CareTaskEntryFactory(patient=high, day=3, by=colleague)

    page = desk.post(f"{address}tasks/", {"task": "nurse_call", "day": "3", "act": "done"}, follow=True)

    assert f"{colleague.name} has put this on record already." in page.content.decode()


@pytest.mark.parametrize(
    "wrong", [{"task": "dance"}, {"day": "2"}, {"day": "x"}, {"act": "taken_back"}, {"task": "x" * 40}]
)
def test_what_is_not_asked_for_is_refused_in_words(desk, address, high, wrong):
    told = {"task": "nurse_call", "day": "3", "act": "done"} | wrong

    page = desk.post(f"{address}tasks/", told, follow=True).content.decode()

    assert "This is not asked for any more." in page
    assert not CareTaskEntry.objects.exists()


def test_more_patients_with_tasks_ask_no_more_statements(desk, high, clinic, now):
    desk.get(LIST)
    with CaptureQueriesContext(connection) as few:
        desk.get(LIST)
    day_0 = known.today_of(high, now) - timedelta(days=3)
    for one in PatientFactory.create_batch(4, clinic=clinic, tier="high", infusion_date=day_0):
        CareTaskEntryFactory(patient=one)

    with CaptureQueriesContext(connection) as many:
        page = desk.get(LIST).content.decode()

    assert len(many) == len(few)
    assert page.count(f">{CALL}</a>") == 5


def test_who_is_no_longer_looked_after_is_on_no_list(desk, high):
    high.status = "ended"
    high.save(update_fields=["status"])

    assert CALL not in desk.get(LIST).content.decode()
