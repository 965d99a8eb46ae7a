"""A sealed report says what the phone told the family, with no signal and perhaps by an older checklist."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

import pytest

from clinic.models import Escalation, Page, Patient, Report
from clinic.services.escalations import scoring
from clinic.services.protocols.versions import current_version
from tests import factories
from tests.caregiver.views.phone.test_sync import hand_in, token, told

__all__ = ["token"]

WELL = {"red_flags": [], "temp_value": "36,8", "temp_unit": "C"}


def score(report_id: UUID, now: datetime) -> Report:
    scoring.score(report_id=report_id, now=now)
    return Report.objects.get(pk=report_id)


def test_older_version_said_call_now_and_the_server_says_none(
    token: str, patient: Patient, clinic: Any, now: datetime
) -> None:
    factories.OnCallFactory(staff__clinic=clinic, position=0)
    first = current_version(clinic=patient.clinic)
    factories.ProtocolVersionFactory(protocol=first.protocol, number=2, content_hash="f" * 64)
    report_id = uuid4()

    answer = hand_in(token, told(patient, answers=WELL, level="urgent"), report_id)

    assert (answer.status_code, answer.json()["advice"]["level"]) == (201, "urgent")
    report = score(report_id, now)
    assert (report.protocol_version, report.level_on_phone, report.assessment.level) == (
        first,
        "urgent",
        "none",
    )
    assert Escalation.objects.get().level == "urgent"
    assert Page.objects.count() == 1


@pytest.mark.parametrize(
    "level", [None, "", "severe", 3, ["urgent"], {"urgent": 1}, "\x00", "x" * 20_000], ids=repr
)
def test_report_is_taken_whatever_the_phone_calls_its_level(token: str, patient: Patient, level: Any) -> None:
    answer = hand_in(token, told(patient, answers=WELL, level=level))

    assert (answer.status_code, answer.json()["advice"]["level"]) == (201, "none")
    assert Report.objects.get().level_on_phone == ""


def test_form_got_through_first_and_the_phone_brings_its_word_later(
    token: str, patient: Patient, caregiver: Any, now: datetime
) -> None:
    """The form's observed_at is the server's, so the hash differs; the answers tell that it is the same."""
    stored = factories.ReportFactory(patient=patient, author=caregiver, answers=WELL)
    score(stored.pk, now)

    answer = hand_in(token, told(patient, answers=WELL, level="urgent"), stored.pk)

    assert (answer.status_code, answer.json()["replayed"]) == (200, True)
    assert answer.json()["advice"]["level"] == "urgent"
    assert score(stored.pk, now).level_on_phone == "urgent"
    assert Escalation.objects.get().level == "urgent"


def test_alarm_under_the_id_of_a_calm_report_is_refused_and_heard(
    token: str, patient: Patient, caregiver: Any, clinic: Any, now: datetime
) -> None:
    """The form got through, its answer did not; with no signal the family then answered worse."""
    factories.OnCallFactory(staff__clinic=clinic, position=0)
    stored = factories.ReportFactory(patient=patient, author=caregiver, answers=WELL)
    score(stored.pk, now)

    worse = told(patient, answers={**WELL, "red_flags": ["seizure"]}, level="emergency")
    answer = hand_in(token, worse, stored.pk)

    assert answer.status_code == 409
    report = score(stored.pk, now)
    assert (report.answers, report.level_on_phone) == (WELL, "emergency")
    assert Escalation.objects.get().level == "emergency"
    assert Page.objects.count() == 1


def test_word_of_a_phone_about_somebody_elses_report_counts_nothing(
    token: str, patient: Patient, now: datetime
) -> None:
    stored = factories.ReportFactory(patient=patient, answers=WELL)
    score(stored.pk, now)

    assert hand_in(token, told(patient, answers=WELL, level="emergency"), stored.pk).status_code == 409
    assert Report.objects.get().level_on_phone == ""


def test_three_repeats_page_once(token: str, patient: Patient, clinic: Any, now: datetime) -> None:
    factories.OnCallFactory(staff__clinic=clinic, position=0)
    report_id = uuid4()

    for _ in range(3):
        hand_in(token, told(patient, answers=WELL, level="emergency"), report_id)
        score(report_id, now)

    assert Page.objects.count() == 1
    assert Escalation.objects.get().version == 1
