import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from clinic.models import ClinicTransfer, Patient
from tests import factories


@pytest.fixture
def patient(clinic):
    return factories.PatientFactory(clinic=clinic, created_at=timezone.now() - timedelta(days=9))


@pytest.fixture
def page(patient):
    return f"/console/patients/{patient.pk}/"


def desk_of(user):
    client = Client()
    client.force_login(user)
    return client


def text_of(response):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode()))


def test_offer_is_seen_at_the_other_clinic_and_accepted_there(
    patient, page, caregiver, nurse, other_nurse, other_clinic
):
    here, there = desk_of(nurse), desk_of(other_nurse)
    empty = here.post(f"{page}transfer/", {"offer-to_clinic": "", "offer-reason": ""})
    told = {"offer-to_clinic": str(other_clinic.pk), "offer-reason": "Moves house"}
    offered = here.post(f"{page}transfer/", told, follow=True)

    made = ClinicTransfer.objects.get()
    answer = f"/console/transfers/{made.pk}/"
    assert "Another clinic offers to hand a patient over" in text_of(there.get("/console/"))
    assert answer in there.get("/console/").content.decode()
    seen = text_of(there.get(answer))
    link = caregiver.care_links.get()
    accepted = there.post(
        f"{answer}accept/", {"accept-time_zone": "America/Chicago", "accept-members": [link.pk]}, follow=True
    )

    assert empty.status_code == 422
    assert "Choose the clinic." in text_of(empty)
    assert "Say why the patient goes on there." in text_of(empty)
    assert f"Offered to {other_clinic.name}. You monitor until they accept." in text_of(offered)
    for word in (patient.full_name, "Moves house", patient.clinic.name, caregiver.name):
        assert word in seen
    new = Patient.objects.get(clinic=other_clinic)
    assert accepted.redirect_chain[-1][0] == f"/console/patients/{new.pk}/"
    left = text_of(here.get(page))
    assert f"{other_clinic.name} has taken this patient over." in left
    assert "Offer the patient to another clinic" not in left
    assert "Record an event" not in left
    made.refresh_from_db()
    phone = other_clinic.clinic_phone.as_national
    for told_at, page_of_it in (("patient", left), ("offer", text_of(here.get(answer)))):
        assert f"{other_nurse.name} accepted there, " in page_of_it, told_at
        assert f"The patient is cared for at {other_clinic.name} now." in page_of_it, told_at
        assert phone in page_of_it, told_at
    # Who may not see the record there is led to no such page, who may is.
    for asked in (page, answer):
        assert f"/console/patients/{new.pk}/" not in here.get(asked).content.decode()
    assert f"/console/patients/{new.pk}/" in there.get(answer).content.decode()
    # Twice: the second press is told so and begins nothing.
    again = there.post(f"{answer}accept/", {"accept-time_zone": "America/Chicago"}, follow=True)
    assert "This offer is open no more." in text_of(again)
    assert Patient.objects.count() == 2


def test_declined_with_a_reason_that_the_sender_reads(patient, page, nurse, other_nurse, other_clinic):
    here, there = desk_of(nurse), desk_of(other_nurse)
    told = {"offer-to_clinic": str(other_clinic.pk), "offer-reason": "Moves house"}
    here.post(f"{page}transfer/", told)
    answer = f"/console/transfers/{ClinicTransfer.objects.get().pk}/"

    nothing = there.post(f"{answer}decline/", {"decline-reason": " "})
    there.post(f"{answer}decline/", {"decline-reason": "No room"})

    assert (nothing.status_code, "Say why." in text_of(nothing)) == (422, True)
    assert f"{other_clinic.name} declined. No room" in text_of(here.get(page))
    seen = text_of(here.get(answer))
    assert f"{other_clinic.name} declined: {other_nurse.name}," in seen
    assert f"No room The patient stays with {patient.clinic.name}." in seen
    assert "The other clinic does not take the patient over" in text_of(here.get("/console/"))
    here.post(f"{page}transfer/", told)
    second = ClinicTransfer.objects.get(state="offered")
    waiting = text_of(here.get(page))
    assert f"Offered to {other_clinic.name}. You monitor until they accept. Look at the offer" in waiting
    withdrawn = here.post(f"/console/transfers/{second.pk}/withdraw/", follow=True)
    assert f"The offer to {other_clinic.name} was withdrawn." in text_of(withdrawn)
    assert "hand a patient over" not in text_of(there.get("/console/"))
    assert f"The offer was withdrawn: {nurse.name}," in text_of(there.get(f"/console/transfers/{second.pk}/"))


def test_record_that_another_clinic_goes_on_with_is_changed_no_more(
    patient, page, nurse, other_nurse, other_clinic
):
    here, there = desk_of(nurse), desk_of(other_nurse)
    here.post(f"{page}transfer/", {"offer-to_clinic": str(other_clinic.pk), "offer-reason": "Moves house"})
    answer = f"/console/transfers/{ClinicTransfer.objects.get().pk}/"
    there.post(f"{answer}accept/", {"accept-time_zone": "America/Chicago"})

    shown = here.get(page).content.decode()
    soon = timezone.localtime() + timedelta(days=2)
    pause = {"pause-until": f"{soon:%Y-%m-%dT%H:%M}", "pause-reason": "x"}
    reason = "Another clinic has taken this patient over. This record stays as it is."
    tried = (
        here.get(f"{page}labs/", follow=True),
        here.post(f"{page}baseline/", follow=True),
        here.post(f"{page}pause/", pause, follow=True),
    )
    report = here.get(f"{page}told/", follow=True)

    for refused in tried:
        assert refused.redirect_chain == [(page, 302)]
        assert reason in text_of(refused)
    assert "Another clinic has taken this patient over: it takes the report." in text_of(report)
    for offered in (f'href="{page}labs/"', f'href="{page}told/"', 'id="ambulance"', f'action="{page}facts/"'):
        assert offered not in shown
    assert reason in text_of(here.get(f"{page}risk/"))


def test_somebody_of_the_same_name_is_shown_before_accepting(patient, page, nurse, other_nurse, other_clinic):
    Patient.objects.update(birth_date="1960-01-02")
    name = {"given_name": patient.given_name, "family_name": patient.family_name}
    factories.PatientFactory(clinic=other_clinic, birth_date="1960-01-02", **name)
    told = {"offer-to_clinic": str(other_clinic.pk), "offer-reason": "Moves house"}
    desk_of(nurse).post(f"{page}transfer/", told)
    there, answer = desk_of(other_nurse), f"/console/transfers/{ClinicTransfer.objects.get().pk}/accept/"
    body = {"accept-time_zone": "America/New_York"}

    asked = there.post(answer, body)
    known = re.findall(r'name="known_others" value="([^"]+)"', asked.content.decode())
    there.post(answer, {**body, "known_others": known})

    assert (asked.status_code, len(known)) == (422, 1)
    assert ClinicTransfer.objects.get().state == "accepted"


def test_hospital_number_is_confirmed_on_the_page_and_a_clash_is_said_there(
    patient, page, nurse, other_nurse, other_clinic
):
    Patient.objects.update(hospital_number="A1")
    factories.PatientFactory(clinic=other_clinic, hospital_number="A1")
    told = {"offer-to_clinic": str(other_clinic.pk), "offer-reason": "Moves house"}
    desk_of(nurse).post(f"{page}transfer/", told)
    there, answer = desk_of(other_nurse), f"/console/transfers/{ClinicTransfer.objects.get().pk}/"

    shown = there.get(answer).content.decode()
    body = {"accept-time_zone": "America/New_York", "accept-hospital_number": "A1"}
    taken = there.post(f"{answer}accept/", body)
    unreadable = there.post(f"{answer}accept/", {**body, "accept-hospital_number": "--"})
    there.post(f"{answer}accept/", {**body, "accept-hospital_number": "b 7"})

    assert 'name="accept-hospital_number" value="A1"' in shown
    assert taken.status_code == unreadable.status_code == 422
    assert "Another patient of this clinic has this number." in text_of(taken)
    assert "A hospital number has letters or digits." in text_of(unreadable)
    assert Patient.objects.filter(clinic=other_clinic, hospital_number="B7").exists()


@pytest.mark.parametrize("ends", ["withdraw", "decline"])
def test_offer_that_came_to_nothing_names_nobody_at_the_clinic_that_was_asked(
    patient, page, caregiver, nurse, other_nurse, other_clinic, ends
):
    here, there = desk_of(nurse), desk_of(other_nurse)
    here.post(f"{page}transfer/", {"offer-to_clinic": str(other_clinic.pk), "offer-reason": "CRS grade 2"})
    offer = f"/console/transfers/{ClinicTransfer.objects.get().pk}/"
    stale = there.get(offer)
    who = here if ends == "withdraw" else there
    who.post(f"{offer}{ends}/", {"decline-reason": "No room"})

    seen, kept = there.get(offer).content.decode(), text_of(here.get(offer))
    pressed = there.post(
        f"{offer}accept/",
        {"accept-time_zone": "America/Chicago", "accept-members": [caregiver.care_links.get().pk]},
        follow=True,
    )

    assert f"A patient of {patient.clinic.name}" in seen
    for word in (patient.full_name, "CRS grade 2", "axi-cel", caregiver.name):
        assert word in text_of(stale)
        assert word not in seen
        assert word not in text_of(pressed)
    for word in (patient.full_name, "CRS grade 2"):
        assert word in kept
    assert "This offer is open no more." in text_of(pressed)
    assert Patient.objects.count() == 1
