"""Choosing a product, one record for one person, and correcting facts on the console."""

import html
import re
from datetime import date, timedelta

import pytest
from django.test import Client
from django.utils import timezone, translation

from clinic.console.forms.patients.register import EnrolForm, FactsForm
from clinic.models import FactCorrection, Patient
from tests import cases, factories

NEW = "/console/patients/new/"


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def text_of(response):
    return html.unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", response.content.decode())))


def enrolment(clinic, **more):
    return {
        "given_name": "Ada",
        "family_name": "Newman",
        "birth_date": "1960-03-02",
        "infusion_date": timezone.localdate().isoformat(),
        "product": "cilta-cel",
        "tier": "standard",
        "language": "en",
        "clinic": clinic.slug,
        **more,
    }


def correction(patient, **more):
    """The form as the page shows it, with what somebody has changed."""
    shown = {
        "given_name": patient.given_name,
        "family_name": patient.family_name,
        "birth_date": patient.birth_date.isoformat() if patient.birth_date else "",
        "hospital_number": patient.hospital_number,
        "product": "axi-cel",
        "language": patient.language,
        "time_zone": patient.time_zone,
        "infusion_date": patient.infusion_date.isoformat(),
    }
    return {
        **{f"initial-correct-{name}": value for name, value in shown.items()},
        **{
            f"correct-{name}": value for name, value in {**shown, "reason": "entered wrongly", **more}.items()
        },
    }


def test_product_of_the_list_brings_its_target(nurse, clinic):
    assert "cilta-cel (Carvykti), BCMA" in text_of(signed_in(nurse).get(NEW))

    signed_in(nurse).post(NEW, enrolment(clinic, hospital_number="mrn 1"))

    patient = Patient.objects.get()
    assert (patient.product, patient.target, patient.hospital_number) == ("cilta-cel", "BCMA", "MRN1")


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"product": ""}, "Choose the product."),
        ({"product": "Carvykti, I think"}, "Choose the product."),
        ({"product": "other"}, "Enter the name of the product."),
        ({"product": "other", "other_product": "zevor-cel"}, "Choose what another product aims at."),
        ({"product": "other", "other_product": "zevor-cel"}, "Enter the days"),
        ({"product": "other", "other_product": "CARVYKTI"}, "This product is in the list: choose it there."),
        ({"hospital_number": "--"}, "A hospital number has letters or digits."),
    ],
)
def test_what_is_missing_is_said_and_nothing_typed_is_lost(nurse, clinic, typed, said):
    response = signed_in(nurse).post(NEW, enrolment(clinic, **typed))

    assert response.status_code == 422
    assert said in text_of(response)
    assert 'value="Newman"' in response.content.decode()
    assert not Patient.objects.exists()


def test_same_person_is_asked_about_before_anything_is_saved(nurse, clinic):
    browser = signed_in(nurse)
    browser.post(NEW, enrolment(clinic, hospital_number="A1"))

    asked = browser.post(NEW, enrolment(clinic, given_name="ADA"))
    first = Patient.objects.get()
    browser.post(NEW, enrolment(clinic, given_name="ADA", known_others=str(first.pk)))

    assert asked.status_code == 422
    assert "Somebody of this name and date of birth is on record here." in text_of(asked)
    assert "Ada Newman , born Mar 2, 1960, no. A1" in text_of(asked)
    assert "They are different people: enrol" in text_of(asked)
    assert Patient.objects.count() == 2


def test_number_of_another_patient_is_refused_at_the_field(nurse, clinic):
    factories.PatientFactory(clinic=clinic, hospital_number="A1")

    response = signed_in(nurse).post(NEW, enrolment(clinic, hospital_number="a1"))

    assert "Another patient of this clinic has this number." in text_of(response)
    assert Patient.objects.count() == 1


def test_facts_are_corrected_on_the_page_and_stand_in_the_stream(nurse, patient):
    root = f"/console/patients/{patient.pk}/"
    changed = {"given_name": "Valter", "product": "cilta-cel", "hospital_number": "a 1"}

    response = signed_in(nurse).post(f"{root}correct/", correction(patient, **changed), follow=True)

    patient.refresh_from_db()
    assert (patient.given_name, patient.target, patient.hospital_number) == ("Valter", "BCMA", "A1")
    text = text_of(response)
    assert "Saved. What hangs on it follows." in text
    assert "Facts corrected" in text
    assert "Given name: Walter → Valter" in text
    assert "entered wrongly" in text
    assert set(FactCorrection.objects.get().changes) == {
        "given_name",
        "product",
        "target",
        "hospital_number",
    }


@pytest.mark.parametrize("language", ["en", "es", "ar", "vi", "zh-hans"])
def test_days_on_file_stand_in_their_fields_in_every_language(language, clinic):
    """A browser shows an empty field for a day that is not written with the year first."""
    day = date(2026, 12, 1)
    with translation.override(language):
        risks = FactsForm(initial={"masked_until": day})
        enrolment = EnrolForm(clinics=[clinic], today=day, initial={"birth_date": day, "infusion_date": day})

        shown = [str(risks["masked_until"]), str(enrolment["birth_date"]), str(enrolment["infusion_date"])]

    assert all('value="2026-12-01"' in field for field in shown)


def test_days_on_record_stand_in_their_fields_in_another_language(nurse, patient):
    """A browser shows a day only as 1960-03-02: an empty field would be saved, and the day be lost."""
    until = timezone.localdate() + timedelta(days=9)
    Patient.objects.filter(pk=patient.pk).update(birth_date=date(1960, 3, 2), masked_until=until)
    nurse.language = "es"
    nurse.save(update_fields=["language"])

    page = signed_in(nurse).get(f"/console/patients/{patient.pk}/").content.decode()

    for name, day in (
        ("correct-birth_date", "1960-03-02"),
        ("correct-infusion_date", patient.infusion_date.isoformat()),
        ("facts-masked_until", until.isoformat()),
    ):
        assert f'name="{name}" value="{day}"' in page


def test_what_a_colleague_has_put_right_meanwhile_stays(nurse, patient):
    seen = correction(patient, given_name="Valter")
    Patient.objects.filter(pk=patient.pk).update(family_name="Reed", time_zone="America/Denver")

    signed_in(nurse).post(f"/console/patients/{patient.pk}/correct/", seen)

    patient.refresh_from_db()
    assert (patient.full_name, patient.time_zone) == ("Valter Reed", "America/Denver")


def test_time_zone_is_called_by_its_town(nurse, patient):
    signed_in(nurse).post(
        f"/console/patients/{patient.pk}/correct/", correction(patient, time_zone="America/Denver")
    )

    page = text_of(signed_in(nurse).get(f"/console/patients/{patient.pk}/"))
    assert re.search(r"Time zone of the home: [A-Z][a-z ]+ → Denver", page, re.I)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"reason": ""}, "Enter the reason."),
        ({"given_name": ""}, "Enter the given name."),
        ({"birth_date": "2999-01-01"}, "A date of birth cannot be in the future."),
        ({"birth_date": "2020-01-01"}, "This protocol is for people of 18 and older."),
        ({"infusion_date": "1926-01-01"}, "Check the year: this day is too far away."),
        ({"product": "other", "other_product": "zevor-cel"}, "Choose what another product aims at."),
        ({"hospital_number": "T1"}, "Another patient of this clinic has this number."),
    ],
)
def test_wrong_correction_says_why_and_nothing_typed_is_lost(nurse, patient, clinic, wrong, said):
    factories.PatientFactory(clinic=clinic, hospital_number="T1")
    typed = correction(patient, family_name="Typed", **wrong)

    response = signed_in(nurse).post(f"/console/patients/{patient.pk}/correct/", typed)

    assert response.status_code == 422
    assert said in text_of(response)
    assert 'value="Typed"' in response.content.decode()
    assert not FactCorrection.objects.exists()


def test_day_0_is_moved_by_a_correction_and_a_second_infusion_is_not_one(nurse, patient):
    browser, root = signed_in(nurse), f"/console/patients/{patient.pk}/"
    day = timezone.localdate() + timedelta(days=3)

    browser.post(f"{root}correct/", correction(patient, infusion_date=day.isoformat(), reason="put off"))
    text = text_of(browser.get(root))

    patient.refresh_from_db()
    assert patient.infusion_date == day
    assert "A second infusion does not move it" in text
    assert "Move the day of infusion" not in text
    assert browser.post(f"{root}infusion/", {}).status_code == 404


def test_same_person_is_asked_about_in_a_correction_too(nurse, patient, clinic):
    other = factories.PatientFactory(
        clinic=clinic, given_name="Ada", family_name="Byron", birth_date=date(1960, 3, 2)
    )
    address = f"/console/patients/{patient.pk}/correct/"
    typed = correction(patient, given_name="Ada", family_name="Byron", birth_date="1960-03-02")

    asked = signed_in(nurse).post(address, typed)
    signed_in(nurse).post(address, {**typed, "known_others": str(other.pk)})

    assert "They are different people: save" in text_of(asked)
    patient.refresh_from_db()
    assert patient.full_name == "Ada Byron"


def test_look_alikes_are_told_apart_wherever_a_name_stands(nurse, patient, clinic):
    patient.given_name, patient.family_name, patient.birth_date = "Robert", "Lin", date(1949, 7, 3)
    patient.hospital_number = "A1"
    patient.save()
    factories.PatientFactory(clinic=clinic, given_name="Robert", family_name="Linn")
    alert = cases.escalate(patient, cases.FEVER, timezone.now())
    browser = signed_in(nurse)

    for path in (
        "/console/",
        "/console/patients/?q=lin",
        f"/console/patients/{patient.pk}/",
        f"/console/patients/{patient.pk}/windows/",
        f"/console/escalations/{alert.pk}/",
        "/console/handover/new/",
    ):
        assert "Robert Lin born Jul 3, 1949 · no. A1" in text_of(browser.get(path)), path


def test_disease_is_asked_at_enrolment_and_nobody_must_know_it(nurse, clinic):
    console = signed_in(nurse)
    console.post(NEW, enrolment(clinic))
    console.post(NEW, enrolment(clinic, given_name="Bo", disease="MM"))
    other = {"disease": "another", "other_disease": "Hairy cell leukemia"}
    console.post(NEW, enrolment(clinic, given_name="Cy", **other))
    page = console.post(NEW, enrolment(clinic, given_name="Di", disease="another"))

    assert dict(Patient.objects.values_list("given_name", "disease")) == {
        "Ada": "",
        "Bo": "MM",
        "Cy": "Hairy cell leukemia",
    }
    assert "Enter the name of the disease." in text_of(page)


def test_disease_is_put_right_and_the_change_is_in_words(nurse, patient):
    console, url = signed_in(nurse), f"/console/patients/{patient.pk}/"

    page = console.post(f"{url}correct/", correction(patient, disease="FL"), follow=True)
    assert "Disease Follicular lymphoma" in text_of(page)
    assert "Disease: – → Follicular lymphoma" in text_of(page)

    patient.refresh_from_db()
    was = {"disease": "another", "other_disease": "Waldenström"}
    console.post(f"{url}correct/", correction(patient, **was))
    patient.refresh_from_db()
    assert patient.disease == patient.courses.get().disease == "Waldenström"
    assert 'value="Waldenström"' in console.get(url).content.decode()
