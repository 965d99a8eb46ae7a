"""One tap from home and from every result, with and without a signal."""

import json
import re
from datetime import timedelta
from uuid import uuid4

from django.test import Client
from django.urls import reverse

from clinic.models import Escalation, Worry
from clinic.services.escalations import contacts, lifecycle
from tests import factories
from tests.sealed import envelope


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def address_on(page):
    found = re.search(r'action="(/worried/[^"]+)"', page.content.decode())
    assert found
    return found.group(1)


def test_one_tap_on_home_and_on_a_result_asks_for_a_call(device, patient, caregiver):
    report = factories.ReportFactory(patient=patient, author=caregiver)
    for path in ("/", f"/reports/{report.pk}/"):
        url = address_on(device.get(path))

        answer = device.post(url, follow=True)

        assert answer.redirect_chain == [(url, 302)]
        assert "No one reads this until Monday 8:00 AM. Then a person calls you." in words(answer)
        assert "If it cannot wait, call now." in words(answer)
        assert 'href="tel:+12015550101"' in answer.content.decode()
    assert Worry.objects.count() == 2
    assert Escalation.objects.get().level == "same_day"


def test_words_come_after_and_reach_staff(device, patient):
    url = address_on(device.get("/"))
    device.post(url)
    device.post(url, {"words": "He looks\x00 through me."})

    page = device.post(url, {"how": "very"}, follow=True)

    assert "You wrote: He looks through me." in words(page)
    assert "You said that you are very worried." in words(page)
    assert Escalation.objects.get().level == "urgent"
    assert "Staff on call are told now." in words(page)


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
