"""Holidays, terms and privacy notice of a clinic, as its administrators write them."""

from datetime import date

import pytest
from bs4 import BeautifulSoup
from django.test import Client

from clinic.models import AuditEvent, ClinicTerms, TermsAcceptance
from tests import factories

pytestmark = pytest.mark.django_db

TERMS = {"seen": "0", "terms_en": "Call us.", "privacy_en": "We keep it."}


@pytest.fixture
def desk(clinic):
    client = Client()
    client.force_login(factories.StaffFactory(clinic=clinic, role="administrator").user)
    return client


def words(answer):
    return " ".join(BeautifulSoup(answer.content, "html.parser").get_text(" ").split())


def test_a_holiday_is_entered_listed_and_removed(desk, clinic):
    sent = {"first": "2030-12-24", "last": "2030-12-26", "name": "Christmas"}
    shown = desk.post("/console/setup/holidays/", sent, follow=True)
    assert "Christmas" in words(shown)
    assert "Saved. Families are told so from the next page on." in words(shown)
    clinic.refresh_from_db()
    assert clinic.opening.is_holiday(date(2030, 12, 25))

    gone = desk.post("/console/setup/holidays/remove/", {"first": "2030-12-24"}, follow=True)
    assert "None. The usual hours hold on every day." in words(gone)
    clinic.refresh_from_db()
    assert not clinic.holidays


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        ({"first": "", "name": "x"}, "Enter the first day."),
        ({"first": "24.12.", "name": "x"}, "Enter the first day as a date."),
        ({"first": "2030-12-24", "last": "2030-12-23", "name": "x"}, "The last day is before the first."),
        ({"first": "2020-12-24", "name": "x"}, "These days are over."),
        ({"first": "2030-12-24", "last": "2031-02-01", "name": "x"}, "At most 31 days."),
        ({"first": "2030-12-24", "name": ""}, "Write what it is called."),
    ],
)
def test_what_cannot_be_is_said_and_kept(desk, clinic, sent, told):
    refused = desk.post("/console/setup/holidays/", sent)

    assert refused.status_code == 422
    assert told in words(refused)
    fields = BeautifulSoup(refused.content, "html.parser")
    assert fields.select_one("#id_first")["value"] == sent["first"] if sent["first"] else True
    clinic.refresh_from_db()
    assert not clinic.holidays


def test_what_is_no_day_removes_nothing(desk):
    assert desk.post("/console/setup/holidays/remove/", {"first": "x"}).status_code == 302


def test_terms_are_published_and_the_next_version_begins_with_them(desk, clinic):
    shown = desk.post("/console/setup/terms/", TERMS, follow=True)
    assert "Published. Families read it from the next page on." in words(shown)

    fields = BeautifulSoup(shown.content, "html.parser")
    assert fields.select_one("#id_terms_en").get_text().strip() == "Call us."
    assert fields.select_one("#id_seen")["value"] == "1"
    assert "Do families have to agree again?" in words(shown)

    refused = desk.post("/console/setup/terms/", TERMS | {"seen": "1", "terms_en": "Call."})
    assert refused.status_code == 422
    assert "Say whether families have to agree again." in words(refused)
    desk.post("/console/setup/terms/", TERMS | {"seen": "1", "terms_en": "Call.", "asks_again": "no"})
    assert list(ClinicTerms.objects.values_list("number", "asks_again")) == [(2, False), (1, True)]


def test_english_is_needed_and_what_was_typed_stays(desk, clinic):
    refused = desk.post("/console/setup/terms/", {"seen": "0", "terms_en": "", "terms_es": "Llame."})

    assert refused.status_code == 422
    assert "Write the English text." in words(refused)
    assert "Llame." in words(refused)
    assert not ClinicTerms.objects.exists()


def test_who_publishes_second_sees_the_first_and_says_so_once_more(desk, clinic):
    factories.ClinicTermsFactory(clinic=clinic)
    typed = TERMS | {"terms_en": "Mine.", "asks_again": "yes"}
    told = desk.post("/console/setup/terms/", typed)

    assert told.status_code == 422
    assert "A colleague published version 1 while you were writing." in words(told)
    fields = BeautifulSoup(told.content, "html.parser")
    assert fields.select_one("#id_terms_en").get_text().strip() == "Mine."
    desk.post("/console/setup/terms/", typed | {"seen": fields.select_one("#id_seen")["value"]})
    assert ClinicTerms.objects.first().texts["en"]["terms"] == "Mine."


def test_who_has_agreed_is_shown_and_the_look_is_audited(desk, clinic, patient, caregiver):
    nothing = words(desk.get("/console/setup/terms/agreed/"))
    assert "so nobody is asked" in nothing
    assert "Has not agreed" not in nothing

    row = factories.ClinicTermsFactory(clinic=clinic)
    assert "Has not agreed to any version. Is asked." in words(desk.get("/console/setup/terms/agreed/"))

    TermsAcceptance.objects.create(
        user=caregiver, version="clinic:1", clinic_terms=row, language="en", source="join"
    )
    assert "Agreed to version 1 on" in words(desk.get("/console/setup/terms/agreed/"))
    assert AuditEvent.objects.filter(action="clinic_terms.agreements_read", clinic_id=clinic.pk).count() == 3
