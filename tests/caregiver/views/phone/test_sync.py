"""The phone's errands: take the checklist along, hand in sealed reports, leave."""

import json
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from caregiver.models import CheckinDraft, Phone
from caregiver.services.phone import tokens
from clinic.models import Patient, ProtocolVersion, Report
from clinic.rules.protocols.document.decision_table import decision_table
from clinic.services.protocols.versions import current_version, rules_of
from tests import cases, factories
from tests.sealed import envelope

FEVER = {"red_flags": [], "temp_value": "38,6", "temp_unit": "C", "confusion": 2}


@pytest.fixture
def token(device: Client) -> str:
    """Of a phone that is not signed in any more; only the token is left."""
    token = device.post(reverse("caregiver_enrol_phone")).json()["token"]
    device.logout()
    return str(token)


def told(patient: Patient, **changes: Any) -> dict[str, Any]:
    return {
        "patient": str(patient.pk),
        "protocol_version": 1,
        "observed_at": "2026-11-22T01:30:00+00:00",
        "language": "en",
        "answers": FEVER,
        "level": "emergency",
        **changes,
    }


def hand_in(token: str, report: Any, report_id: Any = None, **changes: Any) -> Any:
    report_id = report_id or uuid4()
    body = {**envelope(report, str(report_id)), "device_now": "2026-11-22T02:00:07+00:00", **changes}
    return Client(enforce_csrf_checks=True).put(
        reverse("caregiver_offline_report", args=[report_id]),
        json.dumps(body),
        content_type="application/json",
        headers={"Authorization": f"Bearer {token}"},
    )


def test_report_is_stored_with_receipt_and_advice(token: str, patient: Patient, caregiver: Any) -> None:
    answer = hand_in(token, told(patient))

    report = Report.objects.get()
    assert (answer.status_code, answer["Content-Type"]) == (201, "application/json")
    body = answer.json()
    assert (body["id"], body["replayed"]) == (str(report.pk), False)
    assert body["page"] == reverse("caregiver_result", args=[report.pk])
    assert (body["advice"]["level"], body["advice"]["call"][0]["phone"]) == ("emergency", "911")
    assert (report.author, report.patient, report.answers) == (caregiver, patient, FEVER)
    assert report.observed_at.isoformat() == "2026-11-22T01:30:00+00:00"
    assert report.clock_skew_seconds == 7


def test_same_report_again_is_stored_once(token: str, patient: Patient) -> None:
    report_id = uuid4()

    answers = [hand_in(token, told(patient), report_id) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [201, 200, 200]
    assert [answer.json()["replayed"] for answer in answers] == [False, True, True]
    assert Report.objects.count() == 1


def test_report_that_had_gone_out_as_a_form_is_the_same_report(
    token: str, patient: Patient, caregiver: Any
) -> None:
    stored = factories.ReportFactory(patient=patient, author=caregiver, answers=FEVER)

    answer = hand_in(token, told(patient), stored.pk)

    assert (answer.status_code, answer.json()["replayed"]) == (200, True)
    assert Report.objects.count() == 1


def test_other_answers_under_the_same_id_conflict(token: str, patient: Patient) -> None:
    report_id = uuid4()
    hand_in(token, told(patient), report_id)

    answer = hand_in(token, told(patient, answers={**FEVER, "confusion": 1}), report_id)

    assert (answer.status_code, answer.json()) == (409, {"error": {"code": "conflict"}})
    assert Report.objects.get().answers == FEVER


def test_unfinished_check_in_ends_with_its_report(token: str, patient: Patient, caregiver: Any) -> None:
    draft = CheckinDraft.objects.create(
        user=caregiver, patient=patient, protocol_version=ProtocolVersion.objects.get()
    )

    hand_in(token, told(patient), draft.report_id)

    assert not CheckinDraft.objects.exists()


def test_report_on_an_older_version_is_scored_by_that_version(token: str, patient: Patient) -> None:
    first = current_version(clinic=patient.clinic)
    factories.ProtocolVersionFactory(protocol=first.protocol, number=2, content_hash="f" * 64)

    hand_in(token, told(patient))

    assert Report.objects.get().protocol_version == first


@pytest.mark.parametrize(
    "changes",
    [
        {"protocol_version": 9},
        {"protocol_version": "1"},
        {"protocol_version": None},
        {"answers": [1]},
    ],
    ids=str,
)
def test_report_that_makes_no_sense_is_refused(token: str, patient: Patient, changes: dict[str, Any]) -> None:
    answer = hand_in(token, told(patient, **changes))

    assert (answer.status_code, answer.json()) == (422, {"error": {"code": "unreadable"}})
    assert not Report.objects.exists()


@pytest.mark.parametrize("sent", [{"sealed": "AAAA"}, {"kid": 5}, {"sender": None}], ids=str)
def test_envelope_that_cannot_be_opened_is_refused(
    token: str, patient: Patient, sent: dict[str, Any]
) -> None:
    assert hand_in(token, told(patient), **sent).status_code == 422
    assert not Report.objects.exists()


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 422),
        (b"[]", 422),
        (b"{", 422),
        (b"\xff", 422),
        (b"[" * 20_000, 400),
        (b'{"sealed": "' + b"A" * 70_000 + b'"}', 422),
    ],
    ids=["nothing", "a list", "half", "no text", "bottomless", "too large"],
)
def test_body_that_is_no_envelope_is_refused(token: str, body: bytes, status: int) -> None:
    url = reverse("caregiver_offline_report", args=[uuid4()])
    headers = {"Authorization": f"Bearer {token}"}

    assert Client().put(url, body, content_type="application/json", headers=headers).status_code == status


@pytest.mark.parametrize("language", ["xx", 7, ["es"], {"es": 1}, None], ids=str)
def test_odd_phone_time_and_language_hold_up_no_report(token: str, patient: Patient, language: Any) -> None:
    answer = hand_in(token, told(patient, observed_at="yesterday", language=language), device_now=17)

    assert answer.status_code == 201
    assert Report.objects.get().language == "en"


def test_somebody_elses_patient_is_refused(token: str, stranger: Any) -> None:
    other = stranger.care_links.get().patient

    answer = hand_in(token, told(other))

    assert (answer.status_code, answer.json()["error"]) == (403, {"code": "nottheirs"})
    assert not Report.objects.exists()


def test_refused_report_with_a_danger_sign_says_whom_to_call(
    token: str, patient: Patient, caregiver: Any, nurse: Any, now: Any
) -> None:
    caregiver.care_links.update(ended_at=now, ended_by=nurse)

    answers = {"red_flags": ["seizure"], "nobody_knows": 7, "temp_value": None}
    answer = hand_in(token, told(patient, answers=answers))

    assert (answer.status_code, answer.json()["advice"]["level"]) == (403, "emergency")
    assert answer.json()["advice"]["title"] == "Call 911 now"
    assert [call["phone"] for call in answer.json()["advice"]["call"]] == [
        "911",
        str(patient.clinic.line_phone),
        str(patient.clinic.clinic_phone),
    ]
    assert patient.full_name not in answer.content.decode()
    calm = hand_in(token, told(patient, answers="none")).json()["advice"]
    assert (calm["level"], calm["title"], len(calm["call"])) == ("watch", "Call for help", 3)


def test_ended_access_keeps_the_report_out(
    token: str, patient: Patient, caregiver: Any, nurse: Any, now: Any
) -> None:
    caregiver.care_links.update(ended_at=now, ended_by=nurse)

    assert hand_in(token, told(patient)).status_code == 403


def test_report_for_a_patient_who_goes_on_elsewhere_reaches_that_clinic_once(
    token: str, patient: Patient, other_clinic: Any, now: datetime
) -> None:
    """Sealed before the transfer: one that had been stored, and one that is on the phone still."""
    before, kept = uuid4(), uuid4()
    hand_in(token, told(patient), before)
    Patient.objects.update(created_at=now - timedelta(days=9))
    new = cases.transfer(patient, other_clinic, now)

    again = hand_in(token, told(patient), before)
    first = hand_in(token, told(patient), kept)
    second = hand_in(token, told(patient), kept)

    assert [one.status_code for one in (again, first, second)] == [200, 201, 200]
    assert set(Report.objects.values_list("pk", "patient")) == {(before, patient.pk), (kept, new.pk)}
    assert first.json()["advice"]["call"][1]["phone"] == str(other_clinic.line_phone)


@pytest.mark.parametrize("wrong", ["", "kwp_guessed", "Ä"])
def test_unknown_token_is_refused(patient: Patient, wrong: str) -> None:
    assert hand_in(wrong, told(patient)).status_code == 401


def test_token_ends_after_ninety_days_and_when_revoked(
    token: str, patient: Patient, caregiver: Any, clock: Any, now: Any
) -> None:
    phone = Phone.objects.get()
    assert phone.token_hash != token
    assert phone.expires_at == now + timedelta(days=90)

    assert (
        Client()
        .delete(reverse("caregiver_revoke_phone"), headers={"Authorization": f"Bearer {token}"})
        .status_code
        == 204
    )
    assert hand_in(token, told(patient)).status_code == 401

    later = tokens.enrol(by=caregiver, now=now)
    clock.shift(timedelta(days=90))
    assert hand_in(later, told(patient)).status_code == 401


def test_token_reads_nothing(token: str, patient: Patient) -> None:
    headers = {"Authorization": f"Bearer {token}"}

    assert Client().get(reverse("caregiver_pack"), headers=headers).status_code == 204
    assert Client().get(f"/api/v1/patients/{patient.pk}/", headers=headers).status_code == 401


def test_token_of_an_inactive_person_is_refused(token: str, patient: Patient, caregiver: Any) -> None:
    caregiver.is_active = False
    caregiver.save(update_fields=["is_active"])

    assert hand_in(token, told(patient)).status_code == 401


def test_enrolment_needs_a_session(db: None) -> None:
    assert Client().post(reverse("caregiver_enrol_phone")).status_code == 401


def test_enrolment_needs_a_csrf_token(caregiver: Any) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(caregiver, backend="django.contrib.auth.backends.ModelBackend")

    assert client.post(reverse("caregiver_enrol_phone")).status_code == 403
    assert not Phone.objects.exists()


def test_visitor_takes_nothing_along(db: None) -> None:
    assert Client().get(reverse("caregiver_pack")).status_code == 204


def test_pack_holds_only_the_persons_own_patients(
    device: Client, patient: Patient, stranger: Any, caregiver: Any, now: Any
) -> None:
    factories.ReportFactory(patient=patient, author=caregiver, answers=FEVER, received_at=now)
    factories.ReportFactory(patient=stranger.care_links.get().patient, author=stranger)

    answer = device.get(reverse("caregiver_pack"))

    pack = answer.json()
    assert [one["id"] for one in pack["patients"]] == [str(patient.pk)]
    assert [one["answers"] for one in pack["patients"][0]["history"]] == [FEVER]
    assert pack["patients"][0]["calls"]["line"]["phone"] == str(patient.clinic.line_phone)
    assert "no-store" in answer["Cache-Control"]


def test_pack_holds_the_rules_in_the_persons_own_language(
    device: Client, patient: Patient, caregiver: Any
) -> None:
    caregiver.language = "es"
    caregiver.save(update_fields=["language"])

    pack = device.get(reverse("caregiver_pack")).json()

    (checklist,) = pack["checklists"].values()
    rules = rules_of(current_version(clinic=patient.clinic))
    plain = json.loads(json.dumps(decision_table(rules)))
    assert checklist["table"]["rules"] == plain["rules"]
    assert checklist["table"]["advice"]["none"][0]["title"] == {
        "es": plain["advice"]["none"][0]["title"]["es"]
    }
    assert checklist["questions"]["chills"]["text"] == rules.question("chills").text("es")


def test_temperature_of_a_packed_card_stays_in_its_order_in_arabic(
    device: Client, patient: Patient, caregiver: Any, now: Any
) -> None:
    caregiver.language = "ar"
    caregiver.save(update_fields=["language"])
    factories.ReportFactory(patient=patient, author=caregiver, answers=FEVER, received_at=now)

    (one,) = device.get(reverse("caregiver_pack")).json()["patients"]

    assert one["card"]["rows"][0]["told"].endswith("\u206638,6\u00a0°C\u2069")


def test_pack_tells_when_the_clinic_reads_reports(device: Client, patient: Patient) -> None:
    (one,) = device.get(reverse("caregiver_pack")).json()["patients"]

    # Saturday night in New York: Monday, 8 to 17.
    assert one["staffed"][0]["from"] == "2026-11-23T13:00:00+00:00"
    assert one["staffed"][0]["to"] == "2026-11-23T22:00:00+00:00"
    assert one["staffed"][0]["spoken"].startswith("Monday 8")


def test_clinic_without_a_protocol_has_nothing_to_take_along(device: Client, patient: Patient) -> None:
    patient.clinic = factories.ClinicFactory(protocol=False)
    patient.save(update_fields=["clinic"])

    assert device.get(reverse("caregiver_pack")).json()["patients"] == []


@pytest.mark.parametrize("moment", ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59-23:59"])
def test_times_at_the_end_of_time_count_as_missing(
    token: str, patient: Patient, now: datetime, moment: str
) -> None:
    answer = hand_in(token, told(patient, observed_at=moment), device_now=moment)

    assert answer.status_code == 201
    assert (Report.objects.get().observed_at, Report.objects.get().sent_at) == (now, now)


def test_zero_bytes_in_answers_never_stop_an_emergency(token: str, patient: Patient) -> None:
    answers = {"red_flags": ["seizure", "x\x00"], "temp_value": "38\x00", "temp_unit": "C"}

    answer = hand_in(token, told(patient, answers=answers))

    assert answer.status_code == 201
    assert answer.json()["advice"]["level"] == "emergency"


def test_report_of_a_clock_five_hours_ahead_is_of_when_it_was_seen(
    token: str, patient: Patient, now: datetime
) -> None:
    ahead = timedelta(hours=5)
    seen_at = now - timedelta(hours=2)

    answer = hand_in(
        token,
        told(patient, observed_at=(seen_at + ahead).isoformat()),
        device_now=(now + ahead).isoformat(),
    )

    report = Report.objects.get()
    assert (report.observed_at, report.clock_skew_seconds) == (seen_at, 5 * 3600)
    assert [one["code"] for one in answer.json()["problems"]] == ["clock_wrong"]


def test_report_of_a_clock_five_hours_behind_is_of_when_it_was_seen(
    token: str, patient: Patient, now: datetime
) -> None:
    behind = timedelta(hours=5)

    hand_in(
        token, told(patient, observed_at=(now - behind).isoformat()), device_now=(now - behind).isoformat()
    )

    report = Report.objects.get()
    assert (report.observed_at, report.is_late) == (now, False)


def test_receipt_says_which_reading_could_not_be_taken(token: str, patient: Patient) -> None:
    answers = {"red_flags": [], "temp_value": "hot", "temp_unit": "C", "pulse": "quite fast"}

    answer = hand_in(token, told(patient, answers=answers))

    found = [(one["key"], one["code"]) for one in answer.json()["problems"]]
    assert found == [("temp", "reject"), ("pulse", "wrong_type")]
    assert Report.objects.get().answers == answers
