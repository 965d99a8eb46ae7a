"""Who of the family is awake tonight, terms that have changed, and a reading to take again."""

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from clinic.models import NightDuty, TermsAcceptance
from clinic.models.checkin import CheckinState
from clinic.queries.patients import terms
from clinic.services.checkins import plan
from tests import factories


@pytest.fixture
def second(patient: Any, caregiver: Any) -> Any:
    return factories.CareTeamMemberFactory(patient=patient, user__name="Bea Backup")


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def test_family_says_who_is_awake_and_changes_it(
    device: Client, patient: Any, caregiver: Any, second: Any, now: Any
) -> None:
    plan.plan_all(now=now - timedelta(hours=2))
    assert "Nobody has said so yet." in words(device.get("/"))

    answer = device.post(f"/patient/{patient.pk}/tonight/", {"member": second.pk}, follow=True)
    assert "Saved: Bea Backup is awake." in words(answer)
    assert "I am awake" in words(device.get("/"))

    mine = patient.care_team.get(user=caregiver)
    device.post(f"/patient/{patient.pk}/tonight/", {"member": mine.pk})
    assert "Carla Caregiver is awake." in words(device.get("/"))
    assert NightDuty.objects.count() == 2


def test_family_of_one_is_not_asked(device: Client, patient: Any, now: Any) -> None:
    plan.plan_all(now=now - timedelta(hours=2))

    assert "Who is awake tonight?" not in words(device.get("/"))


@pytest.mark.parametrize("member", ["", "x", "999999"])
def test_nobody_else_can_be_chosen(device: Client, patient: Any, second: Any, member: str) -> None:
    assert device.post(f"/patient/{patient.pk}/tonight/", {"member": member}).status_code == 404


def test_outsider_chooses_nothing(patient: Any, second: Any, stranger: Any) -> None:
    client = Client()
    client.force_login(stranger)

    assert client.post(f"/patient/{patient.pk}/tonight/", {"member": second.pk}).status_code == 404
    assert not NightDuty.objects.exists()


def test_new_terms_are_asked_for_once_and_hold_nothing_up(device: Client, caregiver: Any, now: Any) -> None:
    assert "The terms of use have changed." in words(device.get("/"))
    assert "I agree" in words(device.get("/terms/"))

    for _ in range(2):
        device.post("/terms/accept/")

    row = TermsAcceptance.objects.get()
    assert (row.user, row.version, row.source, row.accepted_at) == (
        caregiver,
        terms.VERSION,
        "renewal",
        now,
    )
    assert "The terms of use have changed." not in words(device.get("/"))
    assert "I agree" not in words(device.get("/terms/"))


def test_visitor_reads_the_terms_before_joining(client: Client, db: Any) -> None:
    page = words(client.get("/terms/"))

    assert "Terms of use" in page
    assert "I agree" not in page


def test_home_and_result_say_when_to_measure_again_until_it_is_done(
    device: Client, patient: Any, caregiver: Any, now: Any
) -> None:
    report = factories.ReportFactory(patient=patient, author=caregiver, received_at=now)
    checkin = plan.open_recheck(report=report, patient=patient, after=timedelta(hours=1))
    pages = ("/", f"/reports/{report.pk}/", f"/reports/{report.pk}/status/")
    again = re.compile("Measure the temperature again (Measure )?today at 10:00 PM and send it.")

    assert [bool(again.search(words(device.get(page)))) for page in pages] == [True] * 3

    checkin.state = CheckinState.DONE
    checkin.save()

    assert [bool(again.search(words(device.get(page)))) for page in pages] == [False] * 3
