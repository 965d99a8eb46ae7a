"""What is past its review date is red wherever an educator meets it."""

from datetime import date
from typing import Any

import pytest
import time_machine
from django.conf import settings
from django.test import Client

from caregiver.models import GuidancePage
from tests import factories

pytestmark = pytest.mark.django_db
# The clock stands at two o'clock in the night to Sunday in UTC: Saturday evening in New York.
SATURDAY = date(2026, 11, 21)


def desk(clinic: Any, **person: Any) -> Client:
    client = Client()
    client.force_login(factories.StaffFactory(clinic=clinic, role="educator", **person).user)
    return client


def seen(clinic: Any, address: str, now: Any, zone: str = "America/New_York") -> int:
    """How often an educator of this time zone reads that a review is past."""
    educator = desk(clinic, user__time_zone=zone)
    with time_machine.travel(now, tick=False):
        return educator.get(address).content.decode().count('class="guidance-late">Past')


@pytest.mark.parametrize("address", ["/cms/overview/", "/cms/guidance/", "/cms/guidance/edit/{pk}/"])
def test_late_page_is_red_from_the_day_after_on_the_educators_own_calendar(page, clinic, now, address):
    address = address.format(pk=page.pk)
    save(page, SATURDAY)

    assert seen(clinic, address, now) == 0
    assert seen(clinic, address, now, "Europe/Berlin") == 1


def save(page: GuidancePage, review_by: date) -> None:
    """The date of the page and of its newest draft, which the editor opens."""
    page.review_by = review_by
    page.save(update_fields=["review_by"])
    page.save_revision()


def test_english_comes_first_in_both_lists(page, clinic, now):
    with time_machine.travel(now, tick=False):
        lines = desk(clinic).get("/cms/overview/").context["desk"].pages
        rows = desk(clinic).get("/cms/guidance/").context["object_list"]

    languages = [code for code, _ in settings.LANGUAGES]
    assert [line.language for line in lines[:5]] == languages
    assert [row.language for row in rows[:5]] == languages


def test_page_that_has_ended_says_what_families_see(page, clinic, now):
    with time_machine.travel(now, tick=False):
        page.unpublish(set_expired=True)
        seen = desk(clinic).get("/cms/overview/").context

    assert [line.slug for line in seen["desk"].pages if line.has_ended] == ["medicines"]
    assert "No page that is live answers the checklist question “meds_missed”." in seen["lost"]


def test_nothing_is_said_to_be_lost_while_every_link_leads_somewhere(page, clinic, now):
    with time_machine.travel(now, tick=False):
        seen = desk(clinic).get("/cms/overview/")

    assert seen.context["lost"] == []
    assert "Leads nowhere" not in seen.content.decode()


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", ("Write a new page", "Whose text", "Emergency", "Simplified Chinese", "Retire")),
        (
            "es",
            (
                "Escribir una página nueva",
                "De quién es el texto",
                "Emergencia",
                "Chino simplificado",
                "Retirar",
            ),
        ),
    ],
)
def test_desk_speaks_its_persons_language(page, clinic, now, language, words):
    educator = desk(clinic, user__language=language)
    with time_machine.travel(now, tick=False):
        overview = educator.get("/cms/overview/").content.decode()
        form = educator.get(f"/cms/guidance/edit/{page.pk}/").content.decode()

    assert f'<html lang="{language}"' in overview
    assert [word for word in words if word not in overview] == []
    assert {"en": "How families find it", "es": "Cómo la encuentran las familias"}[language] in form
    assert {"en": "Days of loose stools", "es": "Días de diarrea"}[language] in form


def test_list_of_texts_speaks_its_persons_language_and_keeps_each_title_apart(page, clinic):
    listed = desk(clinic, user__language="es").get("/cms/guidance/").content.decode()

    for word in ("Idioma", "Emergencia", "Escribir una página nueva", "75 guías"):
        assert word in listed
    for word in ("Locale", "(zh-hans)</", "Agregar guía"):
        assert word not in listed
    assert f'<bdi lang="en">{page.title}</bdi>' in listed
    assert "imágenes" in desk(clinic, user__language="es").get("/cms/pictures/").content.decode().lower()
    assert (
        "textos propios" in desk(clinic, user__language="es").get("/cms/guidance-variants/").content.decode()
    )
