import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from clinic.models import CareTeamMember, Escalation, Invitation, Patient, User
from clinic.protocols import default_document
from clinic.services.escalations import scoring
from clinic.services.protocols import versions
from notifications.models import Message
from tests import factories


@pytest.fixture
def preparing(patient):
    patient.status = "preparing"
    patient.save(update_fields=["status"])
    return patient


@pytest.fixture
def drill(preparing, caregiver):
    report = factories.ReportFactory(
        patient=preparing, author=caregiver, answers={"red_flags": ["seizure"]}, is_drill=True
    )
    scoring.score(report_id=report.pk, now=timezone.now())
    return Escalation.objects.get(is_drill=True)


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_list_shows_who_is_being_prepared(nurse, preparing, clinic):
    factories.PatientFactory(clinic=clinic, given_name="Ada", family_name="Athome")

    text = text_of(signed_in(nurse).get("/console/patients/?status=preparing"))

    assert preparing.full_name in text
    assert "Athome" not in text
    assert "Athome" in text_of(signed_in(nurse).get("/console/patients/?status=nonsense"))


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Texts reach a second contact, on a phone of their own"),
        ("es", "Los mensajes llegan a un segundo contacto, en un teléfono propio"),
    ],
)
def test_page_takes_no_reason_for_the_second_contact_of_whoever_is_alone(
    clinic, nurse, caregiver, preparing, language, words
):
    document = default_document("car-t")
    next(row for row in document["additions"] if row["code"] == "few_helpers")["active"] = True
    versions.publish(clinic=clinic, code="car-t", document=document, by=nurse, now=timezone.now())
    Patient.objects.filter(pk=preparing.pk).update(findings="caregiver")
    User.objects.filter(pk=nurse.pk).update(language=language)

    page = signed_in(nurse).get(f"/console/patients/{preparing.pk}/")

    assert f"{words}: {caregiver.name}" in text_of(page)
    assert "second-caregiver" not in page.content.decode()


def test_start_is_refused_until_everything_is_done_or_a_reason_is_given(nurse, preparing):
    browser, root = signed_in(nurse), f"/console/patients/{preparing.pk}/"
    assert "Before going home" in text_of(browser.get(root))

    refused = browser.post(f"{root}start/", {"start-reason": ""})
    assert refused.status_code == 422
    assert "Not everything is done." in text_of(refused)

    started = browser.post(f"{root}start/", {"start-reason": "Leaves tonight"}, follow=True)
    assert "Monitoring has started." in text_of(started)
    assert "Monitoring started before everything was proven to work. Reason: Leaves tonight" in text_of(
        started
    )
    assert "Not everything is done yet." in text_of(browser.post(f"{root}flag/drop/", follow=True))


def test_usual_values_second_caregiver_and_test_texts_are_stored(nurse, preparing, caregiver):
    browser, root = signed_in(nurse), f"/console/patients/{preparing.pk}/"

    browser.post(f"{root}baseline/", {"usual-sbp": "130", "usual-spo2": "96"})
    assert browser.post(f"{root}baseline/", {"usual-spo2": "101"}).status_code == 422
    browser.post(f"{root}second-caregiver/", {"second-reason": "Lives alone"})
    sent = browser.post(f"{root}test-texts/", follow=True)

    preparing.refresh_from_db()
    assert preparing.baseline == {"sbp": 130, "spo2": 96}
    assert preparing.single_caregiver_reason == "Lives alone"
    assert "1 test text is being sent." in text_of(sent)
    assert Message.objects.get().to == str(caregiver.phone)


def test_link_to_scan_is_shown_once_as_a_code_and_texted_to_nobody(nurse, preparing):
    response = signed_in(nurse).post(
        f"/console/patients/{preparing.pk}/invite/",
        {
            "invite-name": "Ines",
            "invite-phone": "(617) 555-0199",
            "invite-relation": "wife",
            "invite-language": "en",
            "way": "print",
        },
    )

    page = response.content.decode()
    # With a view box, so that a narrow page shrinks it: cut off, no camera reads it.
    assert '<svg viewBox="0 0 ' in page
    assert "style=" not in page
    assert "/join/" not in page
    assert response["Cache-Control"] == "no-store"
    assert (Invitation.objects.get().is_printed, Message.objects.count()) == (True, 0)


def test_open_link_is_texted_again_and_a_lost_phone_is_signed_out(nurse, preparing, caregiver):
    invitation = factories.InvitationFactory(
        patient=preparing, expires_at=timezone.now() + timedelta(hours=1)
    )
    root = f"/console/patients/{preparing.pk}/"
    browser, member = signed_in(nurse), CareTeamMember.objects.get(user=caregiver)

    browser.post(f"{root}invitations/{invitation.pk}/again/")
    answer = browser.post(f"{root}caregivers/{member.pk}/sign-out/", follow=True)

    assert Invitation.objects.filter(revoked_at__isnull=True).count() == 1
    assert f"{caregiver.name} is signed out on every phone." in text_of(answer)


def test_too_young_is_told_at_the_date_of_birth(nurse, clinic):
    facts = {"given_name": "Ada", "family_name": "Newman", "product": "axi-cel", "target": "CD19"}
    dates = {"infusion_date": timezone.localdate().isoformat(), "birth_date": "2020-01-01"}

    response = signed_in(nurse).post(
        "/console/patients/new/",
        {**facts, **dates, "tier": "standard", "language": "en", "clinic": clinic.slug},
    )

    assert response.status_code == 422
    assert "This protocol is for people of 18 and older." in text_of(response)
    assert not Patient.objects.exists()


def test_test_alarm_stands_apart_on_the_worklist_and_is_answered_there(nurse, drill, preparing):
    browser = signed_in(nurse)
    page = text_of(browser.get("/console/"))
    assert "Test alarms, nobody is in danger" in page
    assert "Waiting for you 0" in page

    answered = browser.post(f"/console/drills/{drill.pk}/answer/", follow=True)
    again = browser.post(f"/console/drills/{drill.pk}/answer/", follow=True)

    assert "The family can see that the test has arrived." in text_of(answered)
    assert "Somebody has answered this test already." in text_of(again)
    assert "TEST" in text_of(browser.get(f"/console/patients/{preparing.pk}/"))


def test_other_clinic_family_and_administrator_answer_no_drill(drill, other_nurse, caregiver, clinic):
    administrator = factories.StaffFactory(clinic=clinic, role="administrator").user

    codes = [
        signed_in(person).post(f"/console/drills/{drill.pk}/answer/").status_code
        for person in (other_nurse, caregiver, administrator)
    ]

    assert codes == [404, 404, 403]
    drill.refresh_from_db()
    assert drill.state == "open"


def test_drill_is_no_escalation_for_panel_and_api(nurse, drill):
    browser = signed_in(nurse)

    assert browser.get(f"/console/escalations/{drill.pk}/").status_code == 404
    assert browser.get(f"/api/v1/escalations/{drill.pk}/").status_code == 404
    assert browser.get("/api/v1/escalations/?state=open").json()["results"] == []


def test_record_that_is_over_asks_for_no_proof_any_more(nurse, patient):
    patient.start_override, patient.status = "Practised at the bedside", "ended"
    patient.save(update_fields=["start_override", "status"])

    over = text_of(signed_in(nurse).get(f"/console/patients/{patient.pk}/"))

    assert "Before going home" not in over
    assert "before everything was proven" not in over
