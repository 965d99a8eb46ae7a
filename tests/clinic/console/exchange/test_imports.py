"""The pages of what comes from the hospital, as an administrator and a nurse use them."""

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from clinic.models import Import, ImportRow, Patient
from clinic.services.exchange import messages
from tests import factories

CSV = "given_name,family_name,birth_date,hospital_number,infusion_date,product\n"
WALTER = "Walter,Reed,1960-03-02,MRN-1,2026-11-17,axi-cel\n"


@pytest.fixture
def admin(clinic, client):
    person = factories.StaffFactory(clinic=clinic, role="administrator").user
    client.force_login(person)
    return person


def upload(client, text, source="csv_patients"):
    file = SimpleUploadedFile("patients.csv", text.encode())
    return client.post(reverse("console_imports"), {"source": source, "file": file})


def page_of(client, found):
    return client.get(reverse("console_import", args=[found.pk])).content.decode()


def test_file_is_looked_at_then_taken_then_taken_back(client, admin):
    upload(client, CSV + WALTER)
    found = Import.objects.get()
    assert "Nothing is on record yet." in page_of(client, found)
    assert "Put 1 row on record" in page_of(client, found)
    assert Patient.objects.count() == 0

    client.post(reverse("console_import", args=[found.pk]), {"act": "take"})
    assert Patient.objects.get().full_name == "Walter Reed"
    assert "Undo this import" in page_of(client, found)

    client.post(reverse("console_import_undo", args=[found.pk]))
    assert Patient.objects.count() == 0
    assert "took this import back" in page_of(client, found)


def test_page_says_who_sent_took_and_took_back_and_when(client, clinic):
    """Three people, so that none can stand for another."""
    ada, ben, cleo = (
        factories.StaffFactory(clinic=clinic, role="administrator", user__name=name).user
        for name in ("Ada Admin", "Ben Second", "Cleo Third")
    )
    client.force_login(ada)
    upload(client, CSV + WALTER)
    found = Import.objects.get()
    preview = page_of(client, found)
    client.force_login(ben)
    client.post(reverse("console_import", args=[found.pk]), {"act": "take"})
    taken, listed = page_of(client, found), client.get(reverse("console_imports")).content.decode()
    client.force_login(cleo)
    client.post(reverse("console_import_undo", args=[found.pk]))
    undone = page_of(client, found)

    moment = r"(today )?\d\d:\d\d"
    assert re.search(rf"Sent by Ada Admin, {moment}\.", preview)
    assert "Put on record by" not in preview
    assert re.search(rf"Sent by Ada Admin, {moment}\.\s+Put on record by Ben Second, {moment}\.", taken)
    assert "· Ben Second<br>" in listed
    assert re.search(rf"Cleo Third took this import back {moment}\.", undone)


def test_import_that_an_older_version_took_says_when(client, admin):
    upload(client, CSV + WALTER)
    found = Import.objects.get()
    client.post(reverse("console_import", args=[found.pk]), {"act": "take"})
    Import.objects.update(committed_by=None)

    assert re.search(r"Put on record (today )?\d\d:\d\d\.", page_of(client, found))


def test_namesake_is_ticked_as_another_person(client, admin, clinic):
    factories.PatientFactory(clinic=clinic, given_name="Walter", family_name="Reed", birth_date="1960-03-02")
    upload(client, CSV + WALTER)
    found = Import.objects.get()
    assert "They are two people" in page_of(client, found)

    client.post(reverse("console_import", args=[found.pk]), {"act": "look", "another": "2"})

    assert "Put 1 row on record" in page_of(client, found)


@pytest.mark.parametrize(
    ("text", "words"), [("", "There is nothing in it."), ("x\n1\n", "x: This column is not known here.")]
)
def test_file_that_cannot_be_read_says_why(client, admin, text, words):
    answer = upload(client, text)

    assert answer.status_code == 422
    assert words in answer.content.decode()


def test_same_file_leads_to_what_came_of_it(client, admin):
    upload(client, CSV + WALTER)
    found = Import.objects.get()
    client.post(reverse("console_import", args=[found.pk]), {"act": "take"})

    again = upload(client, CSV + WALTER)

    assert again["Location"] == reverse("console_import", args=[found.pk])


def test_nurse_settles_what_waits(client, admin, nurse, clinic, now):
    body = b"MSH|^~\\&|A|H|K|river|20261122020000+0000||ADT^A11|1|P|2.5.1\rPID|1||MRN-1\rPV1|1|I\r"
    factories.PatientFactory(clinic=clinic, hospital_number="MRN-1", given_name="Walter")
    messages.receive(body=body, clinic_slug="", by=admin, now=now)
    client.force_login(nurse)
    page = client.get(reverse("console_imports_waiting")).content.decode()
    assert "took an admission back" in page and "Walter" in page

    client.post(reverse("console_import_settle", args=[ImportRow.objects.get().pk]))

    assert "Nothing waits." in client.get(reverse("console_imports_waiting")).content.decode()
    assert ImportRow.objects.get().settled_by == nurse
