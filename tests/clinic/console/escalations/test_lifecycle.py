import re
from datetime import timedelta
from threading import Barrier, Thread
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from clinic.models import AuditEvent, Escalation, EscalationEvent, KnownFinding
from clinic.services.escalations import lifecycle
from tests import cases, factories


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


@pytest.fixture
def escalation(patient):
    return cases.escalate(patient, cases.FEVER, timezone.now())


@pytest.fixture
def taken(escalation, nurse):
    return lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=timezone.now())


def address(escalation, act=""):
    return f"/console/escalations/{escalation.pk}/{act}"


def test_panel_is_a_page_of_its_own_with_phone_reason_and_report(nurse, caregiver, escalation):
    response = signed_in(nurse).get(address(escalation))

    assert response.status_code == 200
    assert f'href="tel:{caregiver.phone.as_e164}"' in response.content.decode()
    text = text_of(response)
    for said in (
        "Temperature 38.6 °C (38.0 to 39.9)",
        "Carla Caregiver (daughter)",
        "24-hour line",
        "Take it",
    ):
        assert said in text


def test_reports_stand_above_the_forms_of_whoever_has_it_and_below_the_button_that_takes_it(
    nurse, escalation
):
    address = f"/console/escalations/{escalation.pk}/"
    browser = signed_in(nurse)

    waiting = browser.get(address).content.decode()
    browser.post(f"{address}acknowledge/")
    taken = browser.get(address).content.decode()

    assert waiting.index('id="panel-forms"') < waiting.index('id="panel-reports"')
    assert taken.index('id="panel-reports"') < taken.index('id="panel-forms"')
    assert taken.index("I am still on it") < taken.index("Save the note")


def test_looking_at_a_panel_is_on_record(nurse, escalation):
    signed_in(nurse).get(address(escalation))

    seen = AuditEvent.objects.get(action="escalation.viewed")
    assert (seen.actor_id, seen.patient_id, seen.clinic_id) == (
        nurse.pk,
        escalation.patient_id,
        escalation.clinic_id,
    )


def test_htmx_gets_the_panel_alone_and_going_back_the_whole_page(nurse, escalation):
    client = signed_in(nurse)

    part = client.get(address(escalation), headers={"HX-Request": "true"}).content.decode()
    whole = client.get(
        address(escalation), headers={"HX-Request": "true", "HX-History-Restore-Request": "true"}
    ).content.decode()

    assert "<html" not in part
    assert "<html" in whole


def test_live_part_holds_no_form(nurse, taken):
    page = signed_in(nurse).get(address(taken, "live/"), headers={"HX-Request": "true"}).content.decode()

    assert 'id="panel-head"' in page
    assert "<form" not in page
    assert "<textarea" in signed_in(nurse).get(address(taken, "forms/")).content.decode()


def test_acknowledge_takes_it_and_shows_who_has_it(nurse, escalation):
    response = signed_in(nurse).post(address(escalation, "acknowledge/"), follow=True)

    escalation.refresh_from_db()
    assert (escalation.state, escalation.acknowledged_by) == ("acknowledged", nurse)
    assert "You took it at" in text_of(response)


def test_second_nurse_is_told_who_was_first(clinic, taken):
    second = factories.StaffFactory(clinic=clinic).user

    response = signed_in(second).post(address(taken, "acknowledge/"))

    assert response.status_code == 409
    assert "Nora Nurse took it at" in text_of(response)
    assert "You do not have it." in text_of(response)


@pytest.mark.django_db(transaction=True)
def test_six_at_once_make_one_winner_and_five_conflicts(clinic, patient):
    escalation = cases.escalate(patient, cases.FEVER, timezone.now())
    clients = [signed_in(factories.StaffFactory(clinic=clinic).user) for _ in range(6)]
    barrier = Barrier(len(clients))
    statuses = []

    def press(client):
        barrier.wait()
        try:
            statuses.append(client.post(address(escalation, "acknowledge/")).status_code)
        finally:
            connection.close()

    threads = [Thread(target=press, args=[client]) for client in clients]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(statuses) == [302, 409, 409, 409, 409, 409]
    assert EscalationEvent.objects.filter(kind="acknowledged").count() == 1
    assert AuditEvent.objects.filter(action="escalation.acknowledged").count() == 1


def test_note_is_kept_in_the_history(nurse, taken):
    response = signed_in(nurse).post(
        address(taken, "notes/"), {"note-text": "Spoke to Carla: <b>38.9</b> now"}, follow=True
    )

    assert EscalationEvent.objects.get(kind="note").text == "Spoke to Carla: <b>38.9</b> now"
    assert "&lt;b&gt;38.9&lt;/b&gt;" in response.content.decode()


def test_empty_note_is_refused_in_words(nurse, taken):
    response = signed_in(nurse).post(address(taken, "notes/"), {"note-text": "  "})

    assert response.status_code == 422
    assert "Write what was said first." in text_of(response)


def test_urgent_closes_with_an_outcome(nurse, taken):
    response = signed_in(nurse).post(
        address(taken, "resolve/"),
        {"resolve-outcome": "clinic_visit", "resolve-note": "At 22:00"},
        follow=True,
    )

    taken.refresh_from_db()
    assert (taken.state, taken.outcome, taken.resolved_by) == ("resolved", "clinic_visit", nurse)
    assert "Closed by Nora Nurse" in text_of(response)
    assert "Coming to the clinic" in text_of(response)


def test_urgent_without_an_outcome_is_refused_and_the_note_stays(nurse, taken):
    response = signed_in(nurse).post(address(taken, "resolve/"), {"resolve-note": "Typed with care"})

    taken.refresh_from_db()
    assert (response.status_code, taken.state) == (422, "acknowledged")
    assert "Choose what came of it." in text_of(response)
    assert "Typed with care" in response.content.decode()
    assert "(optional) Choose" not in text_of(response)


def test_watch_closes_without_an_outcome(nurse, patient):
    escalation = cases.escalate(patient, cases.NAUSEA, timezone.now())
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=timezone.now())

    response = signed_in(nurse).post(address(escalation, "resolve/"), {})

    escalation.refresh_from_db()
    assert (response.status_code, escalation.state) == (302, "resolved")


def test_closing_what_rose_meanwhile_says_to_take_it_first(nurse, patient, taken):
    cases.escalate(patient, cases.FEVER_AND_CONFUSION, timezone.now())

    response = signed_in(nurse).post(
        address(taken, "resolve/"), {"resolve-outcome": "advice_given", "resolve-note": "Words"}
    )

    assert response.status_code == 409
    assert "Take it first." in text_of(response)
    assert "Words" in response.content.decode()


@pytest.mark.parametrize(
    ("act", "data"),
    [
        ("notes/", {"note-text": "My words"}),
        ("resolve/", {"resolve-outcome": "advice_given", "resolve-note": "My words"}),
    ],
)
def test_what_somebody_closed_first_keeps_my_words_on_the_page(nurse, taken, act, data):
    lifecycle.resolve(escalation_id=taken.pk, by=nurse, outcome="advice_given", note="", now=timezone.now())

    response = signed_in(nurse).post(address(taken, act), data)

    assert response.status_code == 409
    assert "not saved" in text_of(response)
    assert "My words" in response.content.decode()


@pytest.mark.parametrize("act", ["acknowledge/", "notes/", "resolve/"])
def test_administrator_may_look_but_not_act(clinic, escalation, act):
    admin = factories.StaffFactory(clinic=clinic, role="administrator").user

    assert signed_in(admin).get(address(escalation)).status_code == 200
    assert signed_in(admin).post(address(escalation, act), {"note-text": "x"}).status_code == 403
    assert Escalation.objects.get(pk=escalation.pk).state == "open"


@pytest.mark.parametrize("act", ["", "live/", "forms/"])
def test_other_clinics_nurse_and_family_get_404_for_every_part(other_nurse, caregiver, escalation, act):
    for person in (other_nurse, caregiver):
        assert signed_in(person).get(address(escalation, act)).status_code == 404


@pytest.mark.parametrize("act", ["acknowledge/", "notes/", "resolve/"])
def test_other_clinics_nurse_and_family_get_404_for_every_act(other_nurse, caregiver, escalation, act):
    for person in (other_nurse, caregiver):
        response = signed_in(person).post(address(escalation, act), {"note-text": "x"})
        assert response.status_code == 404
    assert Escalation.objects.get(pk=escalation.pk).state == "open"


def test_unknown_escalation_is_404(nurse):
    assert signed_in(nurse).get(f"/console/escalations/{uuid4()}/").status_code == 404


def test_acts_need_the_form_of_our_own_page(nurse, escalation):
    client = Client(enforce_csrf_checks=True)
    client.force_login(nurse)

    assert client.post(address(escalation, "acknowledge/")).status_code == 403
    assert Escalation.objects.get(pk=escalation.pk).state == "open"


@pytest.fixture
def slower(patient, nurse):
    """Taken: urgent by a mild finding, beside a temperature."""
    answers = {"temp_value": "37.6", "temp_unit": "C", "confusion": 1}
    opened = cases.escalate(patient, answers, timezone.now())
    return lifecycle.acknowledge(escalation_id=opened.pk, by=nurse, now=timezone.now())


def test_closing_offers_mild_findings_in_words_and_nothing_that_is_measured(nurse, slower):
    page = signed_in(nurse).get(address(slower)).content.decode()

    assert re.findall(r'name="resolve-expected" value="(\w+)"', page) == ["confusion"]
    assert "Thinking: Slower, or forgets things" in page


def test_fever_alone_offers_nothing_to_expect(nurse, taken):
    assert "resolve-expected" not in signed_in(nurse).get(address(taken)).content.decode()


def test_closing_keeps_what_is_expected_and_the_panel_says_so(nurse, patient, slower):
    client = signed_in(nurse)
    client.post(
        address(slower, "resolve/"),
        {
            "resolve-outcome": "advice_given",
            "resolve-note": "Known since the ward",
            "resolve-expected": ["confusion"],
            "resolve-expected_hours": "48",
        },
    )

    found = KnownFinding.objects.get()
    assert (found.item, found.answer, found.named_by, found.patient) == ("confusion", 1, nurse, patient)
    assert found.expected_until - found.expected_from == timedelta(hours=48)
    said = text_of(client.get(address(slower)))
    assert "Expected until" in said
    assert "Thinking: Slower, or forgets things · Nora Nurse" in said


@pytest.mark.parametrize(
    ("left_out", "told"),
    [
        ("resolve-expected_hours", "Choose for how long."),
        ("resolve-note", "Say why this is expected."),
    ],
)
def test_what_is_expected_needs_an_end_and_a_reason(nurse, slower, left_out, told):
    sent = {
        "resolve-outcome": "advice_given",
        "resolve-note": "Known since the ward",
        "resolve-expected": ["confusion"],
        "resolve-expected_hours": "48",
    }

    response = signed_in(nurse).post(address(slower, "resolve/"), {**sent, left_out: ""})

    assert response.status_code == 422
    assert told in text_of(response)
    assert Escalation.objects.get().state == "acknowledged"


def test_finding_that_is_not_offered_is_refused(nurse, slower):
    sent = {
        "resolve-outcome": "advice_given",
        "resolve-note": "Why",
        "resolve-expected": ["temp"],
        "resolve-expected_hours": "48",
    }

    response = signed_in(nurse).post(address(slower, "resolve/"), sent)

    assert response.status_code == 422
    assert "Only a mild finding of this escalation can be expected." in text_of(response)
    assert not KnownFinding.objects.exists()


@pytest.mark.parametrize(
    ("answers", "on_phone", "said"),
    [
        (
            {"temp_value": "36.8", "temp_unit": "C"},
            "urgent",
            "The phone said: Urgent. The rules here say: No alert. The higher one counts.",
        ),
        (cases.FEVER, "watch", "The phone said: Watch. The rules here say: Urgent. The higher one counts."),
        (cases.FEVER, "urgent", None),
        (cases.FEVER, "", None),
    ],
)
def test_panel_says_where_phone_and_rules_differ(nurse, patient, answers, on_phone, said):
    escalation = cases.escalate(patient, answers, timezone.now(), level_on_phone=on_phone)

    for url in (address(escalation), f"/console/patients/{patient.pk}/"):
        text = text_of(signed_in(nurse).get(url))
        assert ("The phone said:" in text) is (said is not None)
        assert said is None or said in text
