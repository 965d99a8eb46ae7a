"""One tap from home and from every result, with and without a signal."""

import json
import re
from datetime import timedelta
from uuid import uuid4

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from clinic.models import Escalation, Worry
from clinic.services.desk import record_access
from clinic.services.escalations import contacts, lifecycle
from clinic.services.paging import chain
from notifications.services import dispatch
from tests import cases, factories
from tests.sealed import envelope


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def address_on(page):
    found = re.search(r'action="(/worried/[^"]+)"', page.content.decode())
    assert found
    return found.group(1)


def test_one_tap_on_home_and_on_a_result_asks_for_a_call(device, patient, caregiver):
    report = factories.ReportFactory(patient=patient, author=caregiver)
    at_night = (
        "Tap to tell the clinic. The clinic is closed until Monday 8:00 AM. A person will call you then."
    )
    assert at_night in words(device.get("/"))
    for path in ("/", f"/reports/{report.pk}/"):
        url = address_on(device.get(path))

        answer = device.post(url, follow=True)

        assert answer.redirect_chain == [(url, 302)]
        assert "No one will read this until Monday 8:00 AM. Then a person will call you." in words(answer)
        assert "If it cannot wait, call now." in words(answer)
        assert 'href="tel:+12015550101"' in answer.content.decode()
    assert Worry.objects.count() == 2
    assert Escalation.objects.get().level == "same_day"


def test_form_says_what_home_says_of_when_somebody_calls(device, patient, now, clock):
    url = address_on(device.get("/"))
    at_night = device.get(url)
    clock.move_to(now + timedelta(hours=38))
    by_day = words(device.get(url))

    assert "The clinic is closed until Monday 8:00 AM. A person will call you then." in words(at_night)
    before, _, _ = at_night.content.decode().partition("Tell the clinic</button>")
    assert before.count('href="tel:+12015550101"') == 1, "the number to tap stands above the button"
    assert "This asks the clinic to call you." not in words(at_night)
    assert "Tell the clinic, and a person will call you." in by_day
    assert "This asks the clinic to call you." in by_day and "closed until" not in by_day


def test_words_come_after_and_reach_staff(device, patient):
    url = address_on(device.get("/"))
    device.post(url)
    device.post(url, {"words": "He looks\x00 through me."})
    assert "This pages staff on call now" in words(device.get(url))

    page = device.post(url, {"how": "very"}, follow=True)

    assert "You wrote: He looks through me." in words(page)
    assert "You said that you are very worried." in words(page)
    assert Escalation.objects.get().level == "urgent"
    assert "We are paging staff on call." in words(page)
    assert "were told at" not in words(page)


def test_staff_are_told_only_when_the_page_has_gone_out(device, patient, clinic, clock):
    staff = factories.CoveringStaffFactory(clinic=clinic)
    factories.OnCallFactory(staff=staff, position=0)
    url = address_on(device.get("/"))
    device.post(url, {"how": "very"})

    chain.send_due(now=timezone.now())
    queued = words(device.get(f"{url}status/"))
    dispatch.send_due(now=timezone.now())
    told = words(device.get(f"{url}status/"))

    assert "Staff on call were told" not in queued
    assert "Staff on call were told at 9:00 PM" in told
    assert "Not yet seen by staff" in told


def test_worry_after_somebody_took_the_patient_is_seen_only_when_it_was_opened(
    device, patient, caregiver, nurse, clock, now
):
    """An emergency is taken at 12:54; "I am worried" at 13:01 has been seen by nobody."""
    escalation = cases.escalate(patient, cases.FEVER_AND_CONFUSION, now - timedelta(minutes=10))
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now - timedelta(minutes=7))
    record_access.open_escalation(escalation_id=escalation.pk, by=nurse, now=now - timedelta(minutes=6))
    url = address_on(device.get("/"))
    page = words(device.post(url, follow=True))

    assert "Not yet seen by staff" in page
    assert "Staff took your earlier report at 8:53 PM. This one is with it." in page
    assert "Someone at the clinic has your earlier report." in page
    assert "Seen 8:5" not in page
    record_access.open_escalation(escalation_id=escalation.pk, by=nurse, now=now + timedelta(minutes=2))

    assert "Seen 9:02 PM by clinic staff" in words(device.get(f"{url}status/"))


def test_looking_at_the_address_tells_nobody(device, patient):
    url = f"/worried/{patient.pk}/{uuid4()}/"

    page = device.get(url)

    assert "Tell the clinic" in words(page)
    assert device.get(f"{url}status/").status_code == 404
    assert not Worry.objects.exists()


def test_status_tells_who_saw_it_and_that_the_call_was_noted(device, patient, nurse, now):
    url = address_on(device.get("/"))
    device.post(url)
    status = f"{url}status/"
    received = words(device.get(status))
    escalation = Escalation.objects.get()

    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now + timedelta(minutes=3))
    seen = words(device.get(status))
    contacts.log(
        escalation_id=escalation.pk,
        by=nurse,
        member_id=None,
        who="Carla",
        reached=True,
        note="",
        now=now + timedelta(minutes=9),
    )
    called = words(device.get(status))

    assert "Not yet seen by staff" in received
    assert "Seen 9:03 PM by Nora, nurse" in seen and "Nora Nurse" not in seen
    assert "Call noted by the clinic" in called


def test_somebody_elses_worry_is_not_shown(device, patient, caregiver, clock):
    other = factories.CareTeamMemberFactory(patient=patient).user
    url = address_on(device.get("/"))
    device.post(url, {"words": "canary"})
    second = Client()
    second.force_login(other)

    assert "canary" not in second.get(url).content.decode()
    assert second.post(url).status_code == 404


def test_tap_kept_on_the_phone_arrives_once(device, patient, caregiver):
    token = device.post(reverse("caregiver_enrol_phone")).json()["token"]
    worry_id = uuid4()
    told = {"patient": str(patient.pk), "observed_at": "2026-11-22T01:30:00+00:00", "language": "en"}

    def hand_in(told, worry_id=worry_id, token=token):
        return Client(enforce_csrf_checks=True).put(
            reverse("caregiver_offline_worry", args=[worry_id]),
            json.dumps({**envelope(told, str(worry_id)), "device_now": "2026-11-22T02:00:00+00:00"}),
            content_type="application/json",
            headers={"Authorization": f"Bearer {token}"},
        )

    answers = [hand_in(told) for _ in range(2)]

    worry = Worry.objects.get()
    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == {
        "id": str(worry.pk),
        "received_at": worry.received_at.isoformat(),
        "page": f"/worried/{patient.pk}/{worry.pk}/",
    }
    assert worry.told_at.isoformat() == "2026-11-22T01:30:00+00:00"
    stranger = factories.CareTeamMemberFactory().patient
    assert hand_in({**told, "patient": str(stranger.pk)}, uuid4()).status_code == 403
    assert hand_in({**told, "patient": "nobody"}, uuid4()).status_code == 422
    assert hand_in(told, token="kwp_wrong").status_code == 401
    assert Worry.objects.count() == 1
