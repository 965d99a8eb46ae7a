"""Pages about what became of people: what is due, one form, events to review, figures."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from clinic.models import OutcomeRecord, OutcomeReview
from clinic.rules.patients.life_events import Kind
from clinic.services.escalations import life_events
from clinic.services.outcomes import counting
from tests import cases, factories

DAY = timedelta(days=1)


@pytest.fixture
def client(nurse):
    client = Client()
    client.force_login(nurse)
    return client


@pytest.fixture
def patient(clinic):
    """Day 40."""
    now = timezone.now()
    return factories.PatientFactory(
        clinic=clinic, family_name="Okafor", infusion_date=now.date() - 40 * DAY, created_at=now - 39 * DAY
    )


@pytest.fixture
def url(patient):
    return f"/console/patients/{patient.pk}/outcomes/1/30/"


def text_of(response, status=200):
    assert response.status_code == status
    words = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", words).replace("&#x27;", "'")


def on(patient, day):
    return (patient.infusion_date + day * DAY).isoformat()


def test_form_is_found_from_the_patient_filled_in_and_stands_there(client, patient, url):
    assert f"/console/patients/{patient.pk}/outcomes/" in client.get(f"/console/patients/{patient.pk}/").text
    overview = client.get(f"/console/patients/{patient.pk}/outcomes/")
    assert "Day 30" in text_of(overview) and "Late" in text_of(overview) and url in overview.text

    stored = client.post(
        url, {"contact_on": on(patient, 31), "crs_grade": "2", "crs_onset": on(patient, 2)}, follow=True
    )

    assert "Day 30 is on record." in text_of(stored)
    assert "On record" in text_of(client.get(f"/console/patients/{patient.pk}/outcomes/"))
    page = text_of(client.get(url))
    assert "Worst grade (ASTCT) 2" in page and "Store correction" in page


def test_wrong_answers_are_told_and_nothing_typed_is_lost(client, patient, url):
    typed = {
        "contact_on": on(patient, 31),
        "crs_onset": on(patient, 5),
        "second_cancer_type": "Skin",
    }

    answer = client.post(url, {**typed, "steroid_days": "two"})

    assert "Enter a whole number." in text_of(answer, 422)
    for value in (*typed.values(), "two"):
        assert f'value="{value}"' in answer.text
    again = client.post(url, typed)
    assert "There are days below. Choose the grade, or clear the days." in text_of(again, 422)
    assert not OutcomeRecord.objects.exists()


@pytest.mark.parametrize(
    ("outcome", "stay", "is_filled_in"),
    [("sent_to_emergency", False, True), ("sent_to_emergency", True, False), ("clinic_visit", False, False)],
)
def test_day_of_an_emergency_visit_is_known_from_the_alert_unless_a_stay_came_of_it(
    client, patient, nurse, url, outcome, stay, is_filled_in
):
    at = timezone.now() - 15 * DAY
    factories.EscalationFactory(
        patient=patient,
        clinic=patient.clinic,
        state="resolved",
        outcome=outcome,
        opened_at=at,
        resolved_at=at,
        resolved_by=nurse,
    )
    if stay:
        then = at + timedelta(hours=3)
        life_events.record(
            patient_id=patient.pk, kind=Kind.ADMITTED, by=nurse, at=then, reason="", now=timezone.now()
        )

    page = client.get(url).text

    assert (re.search(r'name="visit1_on" value="\d{4}-', page) is not None) is is_filled_in
    assert "Emergency room without admission, 1" in page
    told = {"contact_on": on(patient, 31), "emergency_visits": "1", "visit1_on": on(patient, 25)}
    stored = text_of(client.post(url, {**told, "visit1_reason": "gut"}, follow=True))
    assert "Day 30 is on record." in stored
    assert "Main reason Gut" in text_of(client.get(url))


def test_two_at_once_hear_of_each_other(client, patient, url):
    mine = {"contact_on": on(patient, 31), "crs_grade": "1"}
    client.post(url, mine)

    late = client.post(url, {"contact_on": on(patient, 31), "crs_grade": "3"})

    assert "Somebody else has stored this form meanwhile." in text_of(late, 409)
    replaces = re.search(r'name="replaces" value="([^"]+)"', late.text)[1]
    client.post(url, {"contact_on": on(patient, 31), "crs_grade": "3", "replaces": replaces})
    assert OutcomeRecord.objects.count() == 2


def test_form_that_is_not_asked_leads_back(client, patient):
    answer = client.get(f"/console/patients/{patient.pk}/outcomes/1/100/", follow=True)

    assert "This form is not asked of this course now." in text_of(answer)


def test_clinics_list_leads_to_the_form(client, patient, url):
    page = client.get("/console/outcomes/due/")

    assert "Okafor" in text_of(page) and url in page.text


def test_event_is_reviewed_from_the_list(client, patient, nurse):
    now = timezone.now()
    event = life_events.record(
        patient_id=patient.pk, kind=Kind.ADMITTED, by=nurse, at=now - timedelta(hours=2), reason="", now=now
    )
    address = f"/console/patients/{patient.pk}/events/{event.pk}/review/"
    assert address in client.get("/console/outcomes/events/").text
    assert "Not reviewed yet" in text_of(client.get("/console/outcomes/events/"))

    assert "Choose what it showed." in text_of(client.post(address, {"note": "Learned a lot"}), 422)
    assert "Learned a lot" in client.post(address, {"note": "Learned a lot"}).text
    client.post(address, {"verdict": "not_reported", "note": "Learned a lot"})

    assert OutcomeReview.objects.get().verdict == "not_reported"
    page = text_of(client.get("/console/outcomes/events/"))
    assert "Nothing was reported before it : Learned a lot" in page
    assert "Not reviewed yet" not in page


def test_figures_say_when_they_were_counted_and_hide_what_is_small(client, clinic, patient):
    assert "Nothing is counted yet." in text_of(client.get("/console/outcomes/"))

    counting.count(clinic=clinic, now=timezone.now())

    page = text_of(client.get("/console/outcomes/"))
    assert "1 course" in page and "Outcomes known for 0 of 1 forms due." in page
    assert "Incomplete." in page and "Hidden: fewer than 11 people" in page
    assert "protocol version 1." in page and "car-t" not in page


def test_each_cell_of_the_figures_says_its_column_on_a_phone(client, clinic, patient):
    """There the heading of a table is out of sight; a bar says what the number beside it says."""
    at = timezone.now() - timedelta(minutes=10)
    cases.escalate(patient, cases.FEVER, at)
    counting.count(clinic=clinic, now=timezone.now())
    for address in ("/console/outcomes/", "/console/insights/"):
        page = client.get(address).text

        tables = re.findall(r'<table class="table[^"]*by-line">.*?</table>', page, re.S)
        cells = [one for table in tables for one in re.findall(r"<td[^>]*>", table)]
        assert cells and page.count("<table") == len(tables)
        unnamed = [one for one in cells if "data-label" not in one]
        assert [one for one in unnamed if "bar-cell" not in one and "colspan" not in one] == []


def test_rules_are_called_by_their_words(client, clinic, patient):
    row = counting.count(clinic=clinic, now=timezone.now())
    worth = {"right": 1, "wrong": 0, "unknown": 0, "value": 1.0}
    fired = ("T1_two_steps:headache", "temp", "A1_three_same_day", "missed_checkin", "long_gone")
    row.figures["rules"] = [{"rule": rule, **worth} for rule in fired]
    row.save()

    page = text_of(client.get("/console/outcomes/"))

    assert "Headache: change since earlier reports" in page
    assert "A planned check-in was missed" in page
    # What the protocol has no more keeps its code.
    assert [rule for rule in fired if f" {rule} " in page] == ["long_gone"]


def test_administrator_reads_and_records_but_does_not_review(clinic, patient, url):
    client = Client()
    client.force_login(factories.StaffFactory(clinic=clinic, role="administrator").user)

    assert client.post(url, {"contact_on": on(patient, 31)}).status_code == 302
    assert client.get("/console/outcomes/").status_code == 200
