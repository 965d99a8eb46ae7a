"""Somebody whose access has ended, or who never had any, ticks a danger sign: what to do comes first."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from clinic.models import AuditEvent, Report, Worry


@pytest.fixture
def ended(device: Client, check_in_url: str, caregiver: Any, nurse: Any, now: Any) -> Client:
    """The phone that was at the check-in when the clinic ended its access."""
    device.get(check_in_url)
    caregiver.care_links.update(ended_at=now, ended_by=nurse)
    return device


def tick(client: Client, url: str, **fields: Any) -> Any:
    return client.post(url, {"report_id": str(uuid4()), "action": "go", "red_flags": "seizure", **fields})


@pytest.mark.parametrize("action", ["go", "alarm", "none_send"])
def test_danger_sign_after_access_has_ended_shows_whom_to_call(
    ended: Client, check_in_url: str, patient: Any, action: str
) -> None:
    answer = tick(ended, check_in_url, action=action)

    page = answer.content.decode()
    assert answer.status_code == 404
    assert "Call 911 now" in page
    assert f'href="tel:{patient.clinic.line_phone}"' in page
    assert "The clinic did not get what you sent" in page
    assert patient.given_name not in page
    assert patient.family_name not in page
    assert not Report.objects.exists()
    assert AuditEvent.objects.filter(action="access.denied").exists()


def test_page_for_somebody_elses_patient_and_for_none_is_the_same(
    ended: Client, patient: Any, stranger: Any
) -> None:
    ids = [patient.pk, stranger.care_links.get().patient_id, uuid4()]

    pages = [tick(ended, f"/check-in/{one}/").content.decode().replace(str(one), "") for one in ids]

    assert len({page.partition("<main")[2].partition("</main>")[0] for page in pages}) == 1


def test_calm_answers_and_visits_are_a_404_with_the_numbers(
    ended: Client, check_in_url: str, patient: Any
) -> None:
    calm = ended.post(check_in_url, {"report_id": str(uuid4()), "action": "none"})
    visit = ended.get(check_in_url)

    for answer in (calm, visit):
        page = answer.content.decode()
        assert answer.status_code == 404
        assert "Page not found" in page
        assert page.count('id="calls"') == 1
        assert f'href="tel:{patient.clinic.line_phone}"' in page
        assert "Call 911 now" not in page
    assert "The clinic did not get what you sent" in calm.content.decode()
    assert "The clinic did not get what you sent" not in visit.content.decode()


def test_worry_after_access_has_ended_shows_the_numbers(ended: Client, patient: Any) -> None:
    answer = ended.post(f"/worried/{patient.pk}/{uuid4()}/", {"strong": "1"})

    assert answer.status_code == 404
    assert f'href="tel:{patient.clinic.line_phone}"' in answer.content.decode()
    assert not Worry.objects.exists()


def test_script_that_asks_for_a_part_gets_no_page(ended: Client, check_in_url: str) -> None:
    answer = ended.get(check_in_url, headers={"X-Requested-With": "fetch"})

    # What every address that is not there says, which has numbers too, and none of what was sent.
    assert (answer.status_code, b"Call 911 now" in answer.content) == (404, False)
    assert b"The clinic did not get what you sent" not in answer.content


def test_danger_sign_of_an_unknown_visitor_shows_whom_to_call(clinic: Any, patient: Any) -> None:
    page = tick(Client(), f"/check-in/{patient.pk}/").content.decode()

    assert "Call 911 now" in page
    assert patient.family_name not in page
