"""PUT and GET /api/v1/reports/<id>/ with the level that the phone worked out."""

import pytest
from django.utils import timezone

from clinic.models import Escalation, Report
from clinic.services.escalations import scoring

pytestmark = pytest.mark.django_db

WELL = {"temp_value": 36.8, "temp_unit": "C"}


def read(client, url):
    scoring.score(report_id=Report.objects.get().pk, now=timezone.now())
    return client.get(url).json()


def test_both_levels_are_shown_and_the_higher_one_escalates(as_caregiver, body, report_url):
    sent = as_caregiver.put(report_url, body(answers=WELL, level_on_phone="urgent"), format="json")

    assert (sent.status_code, sent.json()["advice"]["level"]) == (201, "urgent")
    shown = read(as_caregiver, report_url)
    assert shown["level_on_phone"] == "urgent"
    assert shown["assessment"]["level"] == "none"
    assert shown["escalation"]["level"] == "urgent"


def test_without_it_nothing_was_said(as_caregiver, body, report_url):
    as_caregiver.put(report_url, body(answers=WELL), format="json")

    shown = read(as_caregiver, report_url)
    assert (shown["level_on_phone"], shown["escalation"]) == (None, None)


@pytest.mark.parametrize("sent", ["severe", "URGENT", "3", ""])
def test_level_that_is_not_known_is_no_reason_to_refuse_a_report(as_caregiver, body, report_url, sent):
    answer = as_caregiver.put(report_url, body(answers=WELL, level_on_phone=sent), format="json")

    assert answer.status_code == 201
    assert read(as_caregiver, report_url)["level_on_phone"] is None


@pytest.mark.parametrize(
    "sent", ["x" * 41, "urgent" * 20_000, 3, True, ["urgent"], {"level": "urgent"}, None]
)
def test_value_that_is_no_word_is_refused(as_caregiver, body, report_url, sent):
    answer = as_caregiver.put(report_url, body(answers=WELL, level_on_phone=sent), format="json")

    assert answer.status_code == 400
    assert list(answer.json()["error"]["fields"]) == ["level_on_phone"]
    assert not Report.objects.exists()


@pytest.mark.parametrize(("first", "second"), [("", "urgent"), ("urgent", ""), ("watch", "urgent")])
def test_same_body_with_another_level_is_a_repeat(as_caregiver, body, report_url, first, second):
    told = body(answers=WELL)
    as_caregiver.put(report_url, {**told, "level_on_phone": first}, format="json")
    read(as_caregiver, report_url)

    again = as_caregiver.put(report_url, {**told, "level_on_phone": second}, format="json")

    assert (again.status_code, again.json()["replayed"]) == (200, True)
    assert again.json()["advice"]["level"] == "urgent"
    assert read(as_caregiver, report_url)["level_on_phone"] == "urgent"
    assert Escalation.objects.get().level == "urgent"
