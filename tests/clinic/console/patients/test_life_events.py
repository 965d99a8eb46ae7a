import re
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from clinic.models import AuditEvent, HomeCheck, LifeEvent, Patient
from clinic.services.escalations import life_events
from tests import cases, factories


@pytest.fixture
def patient(clinic):
    return factories.PatientFactory(clinic=clinic, created_at=timezone.now() - timedelta(days=9))


@pytest.fixture
def console(nurse):
    client = Client()
    client.force_login(nurse)
    return client


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def posted(kind, minutes=5, **more):
    """As the nurse's clock has it."""
    at = timezone.localtime(timezone=ZoneInfo("America/New_York")) - timedelta(minutes=minutes)
    return {"event-kind": kind, "event-at": f"{at:%Y-%m-%dT%H:%M}", "event-reason": "", **more}


def test_event_is_recorded_shown_and_offers_what_may_follow(console, patient):
    url = f"/console/patients/{patient.pk}/"

    console.post(f"{url}events/", posted("admitted"))
    page = console.get(url)

    assert LifeEvent.objects.get().kind == "admitted"
    assert "In hospital." in text_of(page)
    assert "Admitted to hospital" in text_of(page)
    kinds = re.findall(r'name="event-kind" value="(\w+)"', page.content.decode())
    assert kinds == ["discharged", "relapsed", "ended", "died", "infused"]
    listed = console.get("/console/patients/?status=admitted")
    assert "In hospital" in text_of(listed)


def test_a_discharge_asks_about_the_way(console, nurse, patient):
    Patient.objects.filter(pk=patient.pk).update(minutes_to_centre=25)
    url = f"/console/patients/{patient.pk}/"
    console.post(f"{url}events/", posted("admitted"))
    page = console.get(url).content.decode()
    assert re.search(r'name="event-minutes_to_centre" value="25"', page)

    told = {"event-minutes_to_centre": "80", "event-can_come_tonight": "no"}
    wrong = console.post(
        f"{url}events/", posted("discharged", 3, **{**told, "event-minutes_to_centre": "far"})
    )
    console.post(f"{url}events/", posted("discharged", 3, **told))

    patient.refresh_from_db()
    assert (wrong.status_code, patient.status) == (422, "active")
    assert patient.minutes_to_centre == 80
    assert patient.no_transport_until > timezone.now()
    changed = AuditEvent.objects.get(action="patient.facts_changed")
    assert changed.detail == {"minutes_to_centre": {"from": 25, "to": 80}}


def test_a_discharge_that_says_nothing_of_the_way_leaves_what_is_on_file(console, patient):
    Patient.objects.filter(pk=patient.pk).update(minutes_to_centre=25)
    url = f"/console/patients/{patient.pk}/events/"
    console.post(url, posted("admitted"))
    console.post(
        url, posted("discharged", 3, **{"event-minutes_to_centre": "", "event-can_come_tonight": ""})
    )

    patient.refresh_from_db()
    assert (patient.status, patient.minutes_to_centre, patient.no_transport_until) == ("active", 25, None)


@pytest.fixture
def noon():
    """There, so that some minutes ago is the same day."""
    there = timezone.localtime(timezone=ZoneInfo("America/New_York"))
    with time_machine.travel(there.replace(hour=12), tick=False):
        yield


def test_second_infusion_asks_what_was_given_and_names_both(noon, console, patient):
    url = f"/console/patients/{patient.pk}/"
    wrong = console.post(f"{url}events/", posted("infused", **{"event-product": "other"}))
    nameless = text_of(wrong)

    told = {"event-product": "cilta-cel"}
    said = console.post(f"{url}events/", posted("infused", **told), follow=True)
    twice = console.post(f"{url}events/", posted("infused", minutes=4, **told))

    assert (wrong.status_code, twice.status_code) == (422, 422)
    assert "Enter the name of the product." in nameless
    assert "Days, check-ins and times to stay near count from this infusion." in text_of(said)
    assert "cilta-cel, BCMA" in text_of(said)
    assert "Infused before Nov 17, 2026: axi-cel" in text_of(said)
    assert "The infusion of this day is on record already." in text_of(twice)


def test_infusion_after_an_end_is_offered_and_leads_to_the_go_home_check(console, patient):
    url = f"/console/patients/{patient.pk}/"
    console.post(f"{url}events/", posted("ended", **{"event-reason": "Day 100"}))
    offered = re.findall(r'name="event-kind" value="(\w+)"', console.get(url).content.decode())

    said = console.post(f"{url}events/", posted("infused", 3), follow=True)

    assert offered == ["relapsed", "died", "infused"]
    assert "Prepare the patient to go home again" in text_of(said)
    patient.refresh_from_db()
    assert (patient.status, patient.course_number) == ("preparing", 2)


def test_death_asks_for_a_last_look_first(console, patient, caregiver):
    patient.hospital_number = "9002"
    patient.save(update_fields=["hospital_number"])
    escalation = cases.escalate(patient, cases.FEVER, timezone.now())
    url = f"/console/patients/{patient.pk}/events/"

    look = console.post(url, posted("died"))

    assert not LifeEvent.objects.exists()
    assert "The open alert (Urgent) is closed in your name" in text_of(look)
    assert "No text tells the family." in text_of(look)
    assert "no. 9002" in text_of(look)
    said = console.post(url, posted("died", confirmed="yes"), follow=True)
    escalation.refresh_from_db()
    assert (escalation.outcome, Patient.objects.get().status) == ("died", "died")
    assert "Nothing is sent to the family and nobody is paged." in text_of(said)
    assert "Invite somebody" not in text_of(said)


def test_what_does_not_fit_is_said_beside_the_field(console, patient):
    url = f"/console/patients/{patient.pk}/events/"

    answers = [
        console.post(url, posted("discharged")),
        console.post(url, posted("ended")),
        console.post(url, {**posted("died"), "event-at": "2090-01-01T10:00"}),
        console.post(url, {**posted("died"), "event-at": ""}),
    ]

    assert [answer.status_code for answer in answers] == [422] * 4
    for answer, words in zip(
        answers,
        ["Record the admission first", "Say why monitoring ends", "still to come", "Enter a day and a time"],
        strict=True,
    ):
        assert words in text_of(answer)
    assert not LifeEvent.objects.exists()


def test_mistake_is_taken_back_with_a_reason_and_stays_to_be_read(console, nurse, patient):
    now = timezone.now()
    event = life_events.record(patient_id=patient.pk, kind="died", by=nurse, at=now, reason="", now=now)
    url = f"/console/patients/{patient.pk}/"

    console.post(f"{url}events/{event.pk}/take-back/", {"back-reason": ""})
    assert Patient.objects.get().status == "died"
    assert "Somebody should call the family." in text_of(console.get(url))
    page = console.post(f"{url}events/{event.pk}/take-back/", {"back-reason": "Other Mr Ray"}, follow=True)

    assert Patient.objects.get().status == "active"
    assert "(taken back)" in text_of(page)
    assert "Somebody should call the family." not in text_of(page)
    assert "Other Mr Ray" in text_of(page)


def test_administrator_is_offered_no_death_and_refused_one(patient):
    client = Client()
    client.force_login(factories.StaffFactory(clinic=patient.clinic, role="administrator").user)
    url = f"/console/patients/{patient.pk}/"

    page = client.get(url).content.decode()
    refused = client.post(f"{url}events/", posted("died", confirmed="yes"))

    assert 'value="died"' not in page
    assert (refused.status_code, LifeEvent.objects.count()) == (403, 0)


# What still makes sense on the record of somebody who has died: relative to the patient's page.
AFTER_DEATH = {
    *("calls/", "correct/", "risk/", "outcomes/"),
    *("caregivers/{member}/sign-out/", "caregivers/{member}/end/", "events/{event}/take-back/"),
}


def record_death(patient, nurse):
    now = timezone.now()
    return life_events.record_death(patient_id=patient.pk, by=nurse, at=now, reason="", now=now)


def test_after_a_death_the_page_offers_what_still_makes_sense_and_nothing_else(
    console, patient, caregiver, nurse
):
    url = f"/console/patients/{patient.pk}/"
    before = console.get(url).content.decode()
    event = record_death(patient, nurse)

    page = console.get(url).content.decode()

    found = set(re.findall(rf'(?:action|href)="{url}([a-z-]+/[^"?]*)"', page))
    names = {"member": caregiver.care_links.get().pk, "event": event.pk}
    assert found == {one.format(**names) for one in AFTER_DEATH}
    for gone in (
        'id="ambulance"',
        "Next check-in",
        "Enter labs",
        "Change risks",
        "Put the usual score on file",
    ):
        assert gone in before
        assert gone not in page
    risk = console.get(f"{url}risk/")
    assert "A death is on record. If that is a mistake, take it back first." in text_of(risk)
    assert f'{url}labs/"' not in risk.content.decode()
    assert "Labs that are due" not in text_of(risk)


def test_after_a_death_the_server_refuses_what_the_page_does_not_offer(console, patient, caregiver, nurse):
    url, member = f"/console/patients/{patient.pk}/", caregiver.care_links.get().pk
    record_death(patient, nurse)
    before = Patient.objects.filter(pk=patient.pk).values().get()
    soon = timezone.localtime() + timedelta(days=2)
    risks = {"facts-tier": "high", "facts-nearest_emergency": ""}
    tried = {
        "facts/": risks,
        "pause/": {"pause-until": f"{soon:%Y-%m-%dT%H:%M}", "pause-reason": "x"},
        "resume/": {},
        "start/": {},
        "baseline/": {},
        "second-caregiver/": {"second-reason": "x"},
        "thinking-baseline/": {"baseline-score": "9", "baseline-language": "en"},
        "windows/": {"near_centre": "40", "no_driving": "60"},
        "labs/": {},
        "risk/take-up/": {},
        f"caregivers/{member}/texts/": {"wanted": "yes"},
        f"caregivers/{member}/keypad/code/": {},
        f"caregivers/{member}/keypad/calls/": {"wanted": "yes"},
    }

    for path, body in tried.items():
        refused = console.post(url + path, body, follow=True)
        assert refused.redirect_chain == [(url, 302)], path
        words = "A death is on record. If that is a mistake, take it back first."
        assert words in text_of(refused), path
    for path in ("labs/", "risk/facts/person/"):
        assert console.get(url + path, follow=True).redirect_chain == [(url, 302)], path
    assert Patient.objects.filter(pk=patient.pk).values().get() == before
    assert not HomeCheck.objects.exists()
