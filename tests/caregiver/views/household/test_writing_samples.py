"""Sending the sentence, seeing it beside the first one, and who gets the picture."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from clinic.models import AuditEvent, WritingSample
from tests import factories
from tests.clinic.services.reports.test_pictures import CORPUS, picture, png_of


def words(answer):
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


@pytest.fixture
def url(patient):
    return f"/writing/{patient.pk}/"


def send(device, url, data, name="sentence.jpg", kind="image/jpeg"):
    return device.post(url, {"picture": SimpleUploadedFile(name, data, kind)}, follow=True)


def test_plain_form_sends_a_photo_and_both_are_shown(device, url, patient, now):
    factories.WritingSampleFactory(patient=patient, is_baseline=True, written_at=now - timedelta(days=9))

    page = send(device, url, picture())

    assert "The clinic has the picture." in words(page)
    assert len(re.findall(r'<img src="/pictures/', page.content.decode())) == 2
    assert "From before the infusion" in words(page)
    assert 'enctype="multipart/form-data"' in page.content.decode()


def test_name_of_the_file_is_never_used(device, url):
    send(device, url, picture(), name="../../etc/passwd.php", kind="text/html")

    sample = WritingSample.objects.get()
    answer = device.get(f"/pictures/{sample.pk}/")
    assert answer["Content-Type"] == "image/jpeg"
    assert answer["Content-Disposition"] == f'attachment; filename="{sample.pk}.jpg"'


@pytest.mark.parametrize("data", [*CORPUS.values(), png_of(50_000, 50_000)], ids=[*CORPUS, "pixel bomb"])
def test_what_is_no_photo_is_refused_in_words(device, url, data):
    page = send(device, url, data)

    assert page.status_code == 422
    assert re.search(r"cannot be read|cannot read this photo|too large", words(page))
    assert not WritingSample.objects.exists()


def test_nothing_chosen_is_said(device, url):
    page = device.post(url, {})

    assert (page.status_code, "Write on the pad, or take a photo first." in words(page)) == (422, True)


def test_picture_is_a_sandboxed_download_for_nobody_elses_page(device, patient, caregiver):
    sample = factories.WritingSampleFactory(patient=patient)

    answer = device.get(f"/pictures/{sample.pk}/")

    assert answer.content == bytes(sample.picture)
    assert "sandbox" in [part.strip() for part in answer["Content-Security-Policy"].split(";")]
    assert answer["Cross-Origin-Resource-Policy"] == "same-origin"
    assert "no-store" in answer["Cache-Control"]
    assert AuditEvent.objects.get(action="writing.viewed").actor_id == caregiver.pk


def test_photo_without_a_session_leads_to_the_sign_in_and_is_not_kept(url, clock, db):
    visitor = Client()

    answer = visitor.post(url, {"picture": SimpleUploadedFile("a.jpg", picture(), "image/jpeg")})

    assert answer.url == "/sign-in/"
    assert "held_form" not in visitor.session


def test_page_says_what_needs_a_signal_and_how_long_it_is_kept(device, url, settings):
    settings.WRITING_DAYS = 21

    page = words(device.get(url))

    assert "A picture needs a signal. The check-in never waits for it." in page
    assert "It is deleted after 21 days" in page
