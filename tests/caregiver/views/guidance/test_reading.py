"""Guidance as families meet it: found, read, answered, and there when something is missing."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from caregiver.models import GuidanceSearchMiss, GuidanceUse
from caregiver.services.guidance import defaults
from clinic.models import ClinicLanguage, GuidanceReading
from tests import factories
from tests.caregiver.test_weight import FIRST_ROUND_TRIP, compressed, critical, served

pytestmark = pytest.mark.django_db
ALL = [document["slug"] for document in defaults.defaults("en")]


def edition(slug: str = "fever", **changes: Any) -> Any:
    content = changes.pop("content", {})
    level = changes.get("level", "routine")
    return factories.GuidanceEditionFactory(
        slug=slug, content=factories.guidance_content(slug, level, **content), **changes
    )


def test_every_default_page_fits_the_first_round_trip_in_every_language(clinic, other_clinic, now):
    for language, _ in settings.LANGUAGES:
        ClinicLanguage.objects.get_or_create(clinic=clinic, language=language)
    defaults.load(now=now)

    weights = {}
    for language, _ in settings.LANGUAGES:
        reader = Client(headers={"Accept-Language": language})
        assert f'lang="{language}" dir="auto"' in reader.get("/learn/crs/").content.decode()
        for path in ("/learn/", *(f"/learn/{slug}/" for slug in ALL)):
            linked = critical(reader.get(path).content.decode())
            weights[language, path] = len(served(reader, path)) + sum(map(compressed, linked))

    assert {name: size for name, size in weights.items() if size > FIRST_ROUND_TRIP} == {}


def test_visitor_reads_an_emergency_page_with_the_numbers_of_every_clinic(clinic, other_clinic):
    edition(level="emergency")

    page = Client().get("/learn/fever/").content.decode()

    assert re.search(r'Call <span[^>]*><a[^>]* href="tel:911"', page)
    assert "Lake Hospital" in page and "River Cancer Center" in page


def test_family_reads_the_numbers_of_its_own_clinic(device, other_clinic):
    edition()

    page = device.get("/learn/fever/").content.decode()

    assert "Lake Hospital" not in page
    assert 'href="tel:+12015550101"' in page


def test_page_that_never_was_is_not_found(db):
    assert Client().get("/learn/no-such-page/").status_code == 404


def test_expired_page_is_answered_with_whom_to_call(clinic, now, clock):
    edition("call", level="emergency")
    edition(expires_at=now)

    answer = Client().get("/learn/fever/")

    assert answer.status_code == 200
    page = answer.content.decode()
    assert "rewriting this page" in page and 'href="tel:911"' in page
    assert "They will not wake up" not in page
    assert "/learn/call/" in page


def test_missing_translation_is_said_and_english_shown(clinic):
    edition()

    page = Client(headers={"Accept-Language": "es"}).get("/learn/fever/").content.decode()

    assert "Aquí está en inglés" in page
    assert '<article class="guidance stack" lang="en" dir="auto">' in page


@pytest.mark.parametrize("language", ["es", "zh-hans", "ar", "vi"])
def test_each_language_reads_its_own_text(language):
    factories.ClinicFactory(languages=(language,))
    edition()
    edition(language=language, source_number=1, content={"title": "The title in that language"})

    page = Client(headers={"Accept-Language": language}).get("/learn/fever/").content.decode()

    assert "The title in that language" in page
    assert f'<article class="guidance stack" lang="{language}" dir="auto">' in page


def test_translation_that_is_behind_says_so(clinic):
    edition()
    edition(number=2, at=factories.NOW - timedelta(days=1))
    edition(language="es", source_number=1)

    page = Client(headers={"Accept-Language": "es"}).get("/learn/fever/").content.decode()

    assert "todavía no tiene la versión 2" in page


def test_text_of_an_earlier_day_can_be_shown(clinic):
    edition(content={"summary": "The old text."}, at=factories.NOW - timedelta(days=9))
    edition(number=2, content={"summary": "The new text."}, at=factories.NOW - timedelta(days=2))
    reader = Client()

    assert "The new text." in reader.get("/learn/fever/").content.decode()
    old = reader.get("/learn/fever/?on=2026-11-15").content.decode()
    assert "The old text." in old and "as it was" in old
    assert reader.get("/learn/fever/?on=2020-01-01").status_code == 404
    for nonsense in ("2026-13-45", "yesterday", "%00", "2026-11-15T99:99"):
        assert "The new text." in reader.get("/learn/fever/", {"on": nonsense}).content.decode()
    versions = reader.get("/learn/fever/versions/").content.decode()
    assert "Version 1 (English)" in versions and "Version 2 (English)" in versions


def test_misspelt_search_finds_and_a_vain_one_is_counted_without_numbers(clinic):
    edition()
    reader = Client()

    assert "1 page found" in reader.get("/learn/", {"q": "feever"}).content.decode()
    for _ in range(2):
        assert "No page found" in reader.get("/learn/", {"q": "Mortgage 617-555"}).content.decode()

    miss = GuidanceSearchMiss.objects.get()
    assert (miss.words, miss.count) == ("mortgage", 2)


def test_list_offers_what_fits_the_last_answers_and_the_day(device, patient, caregiver):
    edition("brain", content={"questions": ["confusion"], "title": "Brain effects"})
    edition("weeks", content={"questions": [], "title": "First weeks", "days": {"from": 0, "to": 14}})
    factories.ReportFactory(patient=patient, author=caregiver, answers={"confusion": 2})

    page = device.get("/learn/").content.decode()

    after, today = page.index("After your last report"), page.index("For this time after CAR-T")
    assert page.index("No one is reading reports") < after, "not at the end of a long page"
    assert after < page.index("Brain effects") < today < page.index("First weeks")


def test_result_leads_to_the_page_for_the_answer(device, patient, caregiver):
    edition("brain", content={"questions": ["confusion"]})
    edition("belly", content={"questions": ["diarrhea"]})
    report = factories.ReportFactory(patient=patient, author=caregiver, answers={"confusion": 2})

    page = device.get(f"/reports/{report.pk}/").content.decode()

    assert "/learn/brain/" in page
    assert "/learn/belly/" not in page


@pytest.mark.parametrize(("choice", "passed"), [(0, True), (1, False)])
def test_any_answer_shows_the_right_one_and_why_and_only_a_right_one_is_kept(device, choice, passed):
    edition()

    answer = device.post("/learn/fever/answer/", {"choice": choice}, follow=True)

    page = answer.content.decode()
    assert "This is right" in page and "It counts at any hour" in page and "It hides the fever" in page
    assert "wrong" not in page.lower() and "score" not in page.lower()
    assert (GuidanceReading.objects.get().passed_at is not None) is passed


def test_visitor_gets_the_answer_too_and_nothing_is_kept(clinic):
    edition()

    page = Client().post("/learn/fever/answer/", {"choice": 1}, follow=True).content.decode()

    assert "This is right" in page
    assert GuidanceReading.objects.count() == 0


@pytest.mark.parametrize("choice", ["", "9", "-1", "x", "²"])
def test_answer_that_is_none_changes_nothing(device, choice):
    edition()

    assert device.post("/learn/fever/answer/", {"choice": choice}, follow=True).status_code == 200

    assert not GuidanceReading.objects.filter(passed_at__isnull=False).exists()


def test_reader_says_that_they_have_read_it(device, patient):
    edition()

    page = device.post("/learn/fever/read/", follow=True).content.decode()

    assert "You have read this page" in page
    assert GuidanceReading.objects.get().patient == patient


def test_views_and_clearness_are_counted_by_day_without_names(device, now):
    edition()
    device.get("/learn/fever/")
    device.get("/learn/fever/?view=large")
    device.post("/learn/fever/clear/", {"clear": "no"})

    use = GuidanceUse.objects.get()

    assert (use.views, use.clear, use.unclear, use.day) == (2, 0, 1, now.date())
    assert {field.name for field in GuidanceUse._meta.get_fields()} == {
        *("id", "slug", "language", "day", "views", "clear", "unclear")
    }


def test_phone_keeps_emergency_and_urgent_pages_with_their_version_and_nobody(device, caregiver, patient):
    for slug, level in (("a", "emergency"), ("b", "urgent"), ("c", "routine")):
        edition(slug, level=level)

    worker = device.get("/sw.js").content.decode()
    kept = device.get("/offline/learn/a/").content.decode()
    listed = device.get("/offline/learn/").content.decode()

    assert (
        "/offline/learn/a/" in worker and "/offline/learn/b/" in worker and "/offline/learn/c/" not in worker
    )
    assert "Version 1" in kept and "Kept on this phone" in kept
    for page in (kept, listed):
        assert caregiver.name not in page and patient.full_name not in page and "csrf" not in page
    assert "/learn/c/" not in listed


def test_kept_page_tells_the_day_where_its_reader_is(device, caregiver, clinic, clock, now):
    edition()
    clock.move_to(datetime(2026, 12, 1, 7, 30, tzinfo=UTC))
    clinic.time_zone = caregiver.time_zone = "America/Los_Angeles"
    clinic.save()
    caregiver.save()
    device.get("/")

    signed_in = device.get("/offline/learn/fever/").content.decode()
    del device.cookies[settings.SESSION_COOKIE_NAME]
    signed_out = device.get("/offline/learn/fever/").content.decode()

    assert "Kept on this phone on Nov 30, 2026" in re.sub(r"\s+", " ", signed_in)
    assert "Kept on this phone on Nov 30, 2026" in re.sub(r"\s+", " ", signed_out)


def test_an_answer_with_a_word_kept_together_stays_one_text(clinic, now):
    defaults.load(now=now)
    found = 0
    for slug in ALL:
        page = Client().get(f"/learn/{slug}/").content.decode()
        labels = re.findall(r'<label for="choice-\d">(.*?)</label>', page, re.DOTALL)
        found += sum("nowrap" in one for one in labels)
        assert [one for one in labels if not re.fullmatch(r"<span>.*</span>", one, re.DOTALL)] == []
    assert found


@pytest.mark.parametrize("path", ["/learn/temperature/", "/offline/learn/temperature/"])
def test_page_names_temperatures_in_the_unit_of_its_reader(device, caregiver, now, path):
    defaults.load(now=now)
    page = {}
    for unit in ("F", "C"):
        device.post("/settings/unit/", {"unit": unit})
        page[unit] = device.get(path).content.decode().partition("<article")[2].partition("</article>")[0]

    assert "100.4" in page["F"] and "°C" not in page["F"]
    assert "38.0" in page["C"] and "°F" not in page["C"]
    visited = Client().get(path).content.decode()
    assert visited.index("100.4\u00a0°F (38.0\u00a0°C)") > 0


def test_another_unit_makes_phones_fetch_again(device):
    before = device.get("/sw.js").content

    device.post("/settings/unit/", {"unit": "C"})

    assert device.get("/sw.js").content != before


def test_new_text_makes_phones_fetch_again(device):
    edition("a", level="urgent")
    before = device.get("/sw.js").content

    edition("a", number=2, level="urgent")

    assert device.get("/sw.js").content != before


def test_list_costs_the_same_queries_for_one_page_and_for_many(device, django_assert_max_num_queries):
    edition("one")
    with django_assert_max_num_queries(40) as first:
        device.get("/learn/")
    for number in range(3):
        edition(f"more-{number}")
    with django_assert_max_num_queries(len(first)):
        device.get("/learn/")
