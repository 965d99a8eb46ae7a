"""Putting a patient on record, and texting an invitation to their family."""

import re

import pytest
from django.test import Client
from django.utils import timezone

from clinic.models import Invitation, Patient
from notifications.models import Message, PhoneTrouble
from tests import factories

ENROLMENT = {
    "given_name": "Ada",
    "family_name": "Newman",
    "birth_date": "1960-03-02",
    "infusion_date": "2026-11-20",
    "product": "axi-cel",
    "target": "CD19",
    "tier": "high",
    "language": "es",
    "neutropenia": "on",
}


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_enrolling_puts_the_patient_on_record(nurse, clinic):
    response = signed_in(nurse).post(
        "/console/patients/new/", {**ENROLMENT, "clinic": clinic.slug}, follow=True
    )

    patient = Patient.objects.get(family_name="Newman")
    assert (patient.clinic, patient.tier, patient.neutropenia, patient.language) == (
        clinic,
        "high",
        True,
        "es",
    )
    assert "Ada Newman is enrolled. Now invite the family." in text_of(response)


@pytest.mark.django_db
def test_clinic_without_a_protocol_says_what_comes_first():
    clinic = factories.ClinicFactory(protocol=False)
    nurse = factories.StaffFactory(clinic=clinic, role="nurse").user

    response = signed_in(nurse).post("/console/patients/new/", {**ENROLMENT, "clinic": clinic.slug})

    assert response.status_code == 422
    assert "no protocol yet" in text_of(response)
    assert "Newman" in response.content.decode(), "nothing typed is lost"
    assert not Patient.objects.exists()


def test_enrolling_at_another_clinic_is_no_choice(nurse, other_clinic):
    response = signed_in(nurse).post("/console/patients/new/", {**ENROLMENT, "clinic": other_clinic.slug})

    assert response.status_code == 422
    assert Patient.objects.count() == 0


@pytest.mark.parametrize("day", ["1926-11-20", "2036-11-20", "", "yesterday"])
def test_slip_in_the_day_of_infusion_is_asked_about_and_nothing_typed_is_lost(nurse, clinic, day):
    response = signed_in(nurse).post(
        "/console/patients/new/", {**ENROLMENT, "clinic": clinic.slug, "infusion_date": day}
    )

    assert response.status_code == 422
    assert 'value="Newman"' in response.content.decode()
    assert Patient.objects.count() == 0


def test_invitation_goes_out_as_a_text_and_is_listed(nurse, patient):
    response = signed_in(nurse).post(
        f"/console/patients/{patient.pk}/invite/",
        {
            "invite-name": "Ines",
            "invite-phone": "(617) 555-0199",
            "invite-relation": "wife",
            "invite-language": "es",
        },
        follow=True,
    )

    invitation = Invitation.objects.get()
    assert (str(invitation.phone), invitation.language) == ("+16175550199", "es")
    assert Message.objects.get(purpose="invite").to == "+16175550199"
    assert "The link is being sent to Ines." in text_of(response)
    assert "Invited, not joined yet Ines (wife), (617) 555-0199" in text_of(response)


def test_wrong_phone_is_refused_and_nothing_typed_is_lost(nurse, patient):
    response = signed_in(nurse).post(
        f"/console/patients/{patient.pk}/invite/",
        {"invite-name": "Ines", "invite-phone": "12", "invite-language": "es"},
    )

    assert response.status_code == 422
    assert 'value="Ines"' in response.content.decode()
    assert Invitation.objects.count() == 0


def test_invitation_can_be_taken_back_until_it_is_used(nurse, patient):
    open_one = factories.InvitationFactory(patient=patient)
    used = factories.InvitationFactory(
        patient=patient, redeemed_at=timezone.now(), redeemed_by=factories.CaregiverFactory()
    )
    root = f"/console/patients/{patient.pk}/invitations/"

    taken_back = signed_in(nurse).post(f"{root}{open_one.pk}/revoke/", follow=True)
    too_late = signed_in(nurse).post(f"{root}{used.pk}/revoke/", follow=True)

    open_one.refresh_from_db()
    assert open_one.revoked_by == nurse
    assert "The link does not work any more." in text_of(taken_back)
    assert "This link has been used already." in text_of(too_late)


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ("+44 7911 123456", "Texts do not go to this country."),
        ("617-555-0172 x12", "A number with an extension cannot be texted."),
        ("(201) 555-0101", "This is the clinic&#x27;s own number."),
        ("800 234 5678", "This is a toll-free number"),
    ],
)
@pytest.mark.parametrize("way", ["text", "print"])
def test_number_that_cannot_be_texted_is_refused_where_it_is_typed(
    nurse, patient, settings, typed, said, way
):
    settings.SMS_COUNTRIES = ["US", "CA"]
    fields = {"invite-name": "Ines", "invite-phone": typed, "invite-language": "es", "way": way}

    response = signed_in(nurse).post(f"/console/patients/{patient.pk}/invite/", fields)

    assert response.status_code == 422
    assert said in response.content.decode()
    assert "is being sent" not in response.content.decode()
    assert not Message.objects.exists()


def test_second_link_to_a_number_that_texts_do_not_reach_says_why(nurse, patient, now):
    fields = {"invite-name": "Ines", "invite-phone": "+16175550199", "invite-language": "es"}
    signed_in(nurse).post(f"/console/patients/{patient.pk}/invite/", fields)
    PhoneTrouble.objects.create(phone="+16175550199", since=now, no_texts_at=now)

    again = f"/console/patients/{patient.pk}/invitations/{Invitation.objects.get().pk}/again/"
    response = signed_in(nurse).post(again, follow=True)

    assert "Texts have not reached this number. Ask for another cell phone number." in text_of(response)
