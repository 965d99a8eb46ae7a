import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from clinic.models import ClinicLanguage
from tests import factories


@pytest.fixture
def administrator(clinic, client):
    person = factories.StaffFactory(clinic=clinic, role="administrator").user
    client.force_login(person)
    return person


def test_administrator_takes_a_language_in_and_out_of_use(client, administrator, clinic):
    ClinicLanguage.objects.all().delete()

    refused = client.post(reverse("console_offer_language", args=[clinic.pk, "es"]))
    offered = client.post(
        reverse("console_offer_language", args=[clinic.pk, "es"]), {"accepts_draft": "on"}, follow=True
    )
    nameless = client.post(reverse("console_approve_language", args=[clinic.pk, "es"]), {"name": ""})
    approved = client.post(
        reverse("console_approve_language", args=[clinic.pk, "es"]), {"name": "Ines"}, follow=True
    )
    withdrawn = client.post(reverse("console_withdraw_language", args=[clinic.pk, "es"]), follow=True)

    assert (refused.status_code, nameless.status_code) == (422, 422)
    assert "Check the box if your clinic accepts" in refused.content.decode()
    assert "Enter the translator&#x27;s name." in nameless.content.decode()
    assert "Families can choose this language now." in offered.content.decode()
    assert "Checked by Ines" in approved.content.decode()
    assert "Not offered" in withdrawn.content.decode()


def test_family_is_told_that_a_machine_translated_until_a_person_has_checked(
    client, clinic, patient, caregiver, now
):
    caregiver.language = "es"
    caregiver.save(update_fields=["language"])
    client.force_login(caregiver)

    before = client.get(reverse("caregiver_settings")).content.decode()
    ClinicLanguage.objects.filter(clinic=clinic).update(
        approved_at=now, approved_by=caregiver, approved_name="Ines"
    )
    after = client.get(reverse("caregiver_settings")).content.decode()

    warning = "Una computadora hizo esta traducción."
    assert (warning in before, warning in after) == (True, False)


def test_language_that_the_clinic_does_not_offer_cannot_be_chosen_for_an_invitation(client, clinic, patient):
    ClinicLanguage.objects.all().delete()
    client.force_login(factories.StaffFactory(clinic=clinic, role="nurse").user)

    answer = client.post(
        reverse("console_invite", args=[patient.pk]),
        {"invite-name": "Ana", "invite-phone": "+12025550188", "invite-language": "es"},
    )

    assert answer.status_code == 422
    assert patient.invitations.count() == 0


def test_language_page_costs_the_same_with_three_clinics(client, administrator):
    def queries() -> int:
        with CaptureQueriesContext(connection) as seen:
            assert client.get(reverse("console_languages")).status_code == 200
        return len(seen)

    # The first page of a session notes the desk besides.
    queries()
    one = queries()
    for _ in range(2):
        factories.StaffFactory(user=administrator, role="administrator")

    assert queries() == one
