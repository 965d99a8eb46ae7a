"""The caregiver's own page: two questions, where help is, and who can help tonight."""

from typing import Any
from uuid import uuid4

from django.test import Client

from clinic.models import HelpRequest, StrainAnswer
from tests import factories


def test_caregiver_answers_for_themselves_and_reads_where_help_is(
    device: Client, patient: Any, caregiver: Any, now: Any
) -> None:
    address = f"/patient/{patient.pk}/you/"
    assert "And how are you?" in device.get("/").content.decode()
    page = device.get(address).content.decode()
    assert "How did you sleep in the last few days?" in page
    assert "social worker, who will call me" not in page

    told = {"answer_id": str(uuid4()), "sleep": "2", "coping": "1"}
    saved = device.post(address, told, follow=True).content.decode()

    assert "Only you can see your answers." in saved
    assert "You do not have to do this alone." in saved
    assert StrainAnswer.objects.get().is_shared is False
    assert "And how are you?" not in device.get("/").content.decode()


def test_sharing_is_offered_where_somebody_reads_it(device: Client, patient: Any, clinic: Any) -> None:
    factories.StaffFactory(clinic=clinic, role="social_worker")
    address = f"/patient/{patient.pk}/you/"
    assert "social worker, who will call me" in device.get(address).content.decode()

    told = {"answer_id": str(uuid4()), "sleep": "0", "coping": "0", "is_shared": "on"}
    assert "will call you" in device.post(address, told, follow=True).content.decode()
    assert StrainAnswer.objects.get().is_shared is True


def test_half_an_answer_is_not_saved(device: Client, patient: Any) -> None:
    answer = device.post(f"/patient/{patient.pk}/you/", {"answer_id": str(uuid4()), "sleep": "2"})

    assert answer.status_code == 422
    assert "Choose how you are doing." in answer.content.decode()
    assert not StrainAnswer.objects.exists()


def test_family_is_asked_and_somebody_can(device: Client, patient: Any, caregiver: Any) -> None:
    second = factories.CareTeamMemberFactory(patient=patient, user__name="Bea Backup").user
    asked = device.post(f"/patient/{patient.pk}/you/family/", follow=True).content.decode()
    assert "You asked your family. Nobody has answered yet." in asked

    other = Client()
    other.force_login(second)
    home = other.get(f"/patient/{patient.pk}/").content.decode()
    assert "Carla Caregiver asks who can help tonight" in home
    other.post(f"/patient/{patient.pk}/help/", {"request": HelpRequest.objects.get().pk})

    assert "Bea Backup can help tonight." in device.get(f"/patient/{patient.pk}/you/").content.decode()
