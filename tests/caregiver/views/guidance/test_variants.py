"""A clinic's own variant of a page, as families meet it: theirs, the other clinic's, signed in or not."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from caregiver.models import GuidanceUse, VariantUse
from clinic.models import GuidanceReading
from tests import factories

pytestmark = pytest.mark.django_db
PAGE = "/learn/fever/"


@pytest.fixture(autouse=True)
def _pages(clinic: Any) -> None:
    """A page that is shared, and this clinic's own text of it."""
    factories.GuidanceEditionFactory(
        slug="fever",
        level="urgent",
        content=factories.guidance_content("fever", "urgent", summary="As all say it."),
    )
    factories.VariantEditionFactory(
        clinic=clinic,
        slug="fever",
        level="urgent",
        content=factories.guidance_content(
            "fever", "urgent", summary="As we say it.", title="Our fever page"
        ),
    )


def text(client: Client, address: str = PAGE) -> str:
    return str(client.get(address).content.decode())


def test_family_of_the_clinic_reads_it_in_every_place(device, clinic):
    page = text(device)
    assert "As we say it." in page and "As all say it." not in page
    assert f"This is the page of {clinic.name}." in page
    assert "Our fever page" in text(device, "/learn/")
    assert "Our fever page" in text(device, "/learn/?q=fever")
    assert "As we say it." in text(device, "/offline/learn/fever/")
    assert "Our fever page" in text(device, "/offline/learn/")


def test_everybody_else_reads_the_shared_page(clinic, other_clinic):
    assert "As all say it." in text(Client())
    assert "As all say it." in text(Client(), f"{PAGE}?clinic={clinic.pk}")
    nurse = Client()
    nurse.force_login(factories.StaffFactory(clinic=other_clinic, role="nurse").user)
    assert "As all say it." in text(nurse, f"{PAGE}?clinic={clinic.pk}")


def test_nurse_of_the_clinic_reads_what_its_families_read(clinic):
    nurse = Client()
    nurse.force_login(factories.StaffFactory(clinic=clinic, role="nurse").user)

    assert "As we say it." in text(nurse)


def test_phone_that_is_signed_out_goes_on_reading_it(device):
    text(device)
    signed_out = Client()
    signed_out.cookies["clinic"] = device.cookies["clinic"].value

    assert "As we say it." in text(signed_out)


def test_versions_tell_whose_text_each_was(device, clinic):
    versions = text(device, f"{PAGE}versions/")

    assert versions.count("Your clinic’s own text") == 1
    # Of one moment families have read one text: the shared one stands back.
    assert versions.count("Version 1") == 1
    factories.VariantEditionFactory(
        clinic=clinic, slug="fever", number=1, state="withdrawn", at=factories.NOW - timedelta(days=2)
    )
    factories.GuidanceEditionFactory(slug="fever", number=2, at=factories.NOW - timedelta(days=1))
    assert text(device, f"{PAGE}versions/").count("Version 2") == 1


def test_use_is_counted_apart_and_without_names(device, clinic):
    text(device)
    device.post(f"{PAGE}clear/", {"clear": "yes"})
    text(Client())

    own, shared = VariantUse.objects.get(), GuidanceUse.objects.get()
    assert (own.clinic, own.views, own.clear) == (clinic, 1, 1)
    assert (shared.views, shared.clear) == (1, 0)


@pytest.fixture
def second(caregiver: Any, other_clinic: Any) -> Any:
    """The same caregiver looks after somebody at the other clinic too."""
    patient = factories.PatientFactory(clinic=other_clinic)
    factories.CareTeamMemberFactory(patient=patient, user=caregiver)
    return patient


def test_who_has_patients_at_two_clinics_chooses_and_is_told_whose_page_it_is(
    device, second, clinic, other_clinic
):
    here = text(device, f"{PAGE}?clinic={clinic.pk}")
    there = text(device, f"{PAGE}?clinic={other_clinic.pk}")

    assert "As we say it." in here and f"Read the page of {other_clinic.name}" in here
    assert "As all say it." in there and f"Read the page of {clinic.name}" in there


def test_reading_counts_for_patients_whose_families_read_this_text(
    device, patient, second, clinic, other_clinic
):
    device.post(f"{PAGE}read/?clinic={clinic.pk}")
    row = GuidanceReading.objects.get()
    assert (row.patient, row.is_variant, row.title) == (patient, True, "Our fever page")
    assert "You have read this page." in text(device, f"{PAGE}?clinic={clinic.pk}")
    assert "You have read this page." not in text(device, f"{PAGE}?clinic={other_clinic.pk}")

    answered = device.post(f"{PAGE}answer/?clinic={other_clinic.pk}", {"choice": "0"})
    assert answered["Location"].startswith(f"{PAGE}?clinic={other_clinic.pk}&answered=0")
    assert GuidanceReading.objects.get(patient=second).is_variant is False


def test_other_language_is_told_of_the_own_english_page_and_may_read_it(device, caregiver):
    factories.GuidanceEditionFactory(
        slug="fever",
        language="es",
        level="urgent",
        source_number=1,
        content=factories.guidance_content("fever", "urgent", summary="Como dicen todos."),
    )
    caregiver.language = "es"
    caregiver.save()

    shared = text(device)
    assert "Como dicen todos." in shared
    assert 'href="?english' in shared
    assert "As we say it." in text(device, f"{PAGE}?english")


def test_worker_of_the_clinics_phones_changes_with_its_text_alone(device, clinic, other_clinic):
    def worker() -> str:
        return text(device, "/sw.js")

    text(device)
    before = worker()
    factories.VariantEditionFactory(clinic=other_clinic, slug="fever", level="urgent")
    assert worker() == before
    factories.VariantEditionFactory(clinic=clinic, slug="fever", level="urgent", number=2)
    assert worker() != before
