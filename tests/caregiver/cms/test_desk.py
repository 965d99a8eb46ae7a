"""The list of pages with their states, and what is begun from it."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caregiver.models import GuidancePage
from caregiver.services.guidance import review
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/cms/overview/"


def person(clinic: Any, role: str = "educator") -> Any:
    return factories.StaffFactory(clinic=clinic, role=role).user


def desk(user: Any) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.fixture
def educator(clinic: Any) -> Any:
    return person(clinic)


@pytest.fixture
def shown(clinic: Any, now: Any) -> Any:
    """`shown(q="…")`: slug and language of the pages that an educator is shown."""
    client = desk(person(clinic))

    def ask(**asked: str) -> set[tuple[str, str]]:
        with time_machine.travel(now, tick=False):
            answer = client.get(LIST, asked)
        assert answer.status_code == 200
        return {(line.slug, line.language) for line in answer.context["desk"].pages}

    return ask


def save_new(client: Client, **typed: str) -> Any:
    form = {"title": "", "summary": "", "slug": "", "number": "50", "level": "routine", "body-count": "0"}
    return client.post("/cms/guidance/add/", {**form, "review_by": "2027-11-01", **typed})


def test_pages_are_found_by_state(page, clinic, educator, now, shown):
    with time_machine.travel(now, tick=False):
        late = GuidancePage.objects.get(slug="temperature", locale__language_code="en")
        GuidancePage.objects.filter(pk=late.pk).update(review_by=now.date() - timedelta(days=2))
        page.save_revision(user=educator)
        review.submit(page=page, by=educator, now=now)
        GuidancePage.objects.get(slug="when-to-call", locale__language_code="en").unpublish(set_expired=True)
        save_new(desk(educator), title="Sleep")

    assert shown(state="review") == {("medicines", "en")}
    assert shown(state="late") == {("temperature", "en")}
    assert shown(state="retired") == {("when-to-call", "en")}
    assert ("sleep", "en") in shown(state="draft")
    assert not shown(state="live") & {("medicines", "en"), ("temperature", "en"), ("sleep", "en")}


def test_words_and_language_narrow_the_list(page, shown):
    assert shown(q="MEDICINES", language="en") >= {("medicines", "en")}
    assert {language for _slug, language in shown(language="vi")} == {"vi"}
    assert shown(q="no such words anywhere") == set()


@pytest.mark.parametrize("asked", [{"state": "x"}, {"language": "xx"}, {"q": "a" * 5000}])
def test_odd_questions_are_answered(page, shown, asked):
    assert len(shown(**asked)) in {0, GuidancePage.objects.count()}


def test_list_costs_the_same_with_more_pages(page, clinic, educator, now):
    client = desk(educator)

    def queries() -> int:
        with CaptureQueriesContext(connection) as seen, time_machine.travel(now, tick=False):
            assert client.get(LIST).status_code == 200
        return len(seen)

    queries()
    few = queries()
    for title in ("Sleep", "Food", "Visitors"):
        save_new(client, title=title)

    assert queries() == few


def test_title_alone_is_enough_for_a_first_draft(page, educator):
    client = desk(educator)

    first = save_new(client, title="Sleep, and rest")
    again = save_new(client, title="Sleep, and rest")

    assert (first.status_code, again.status_code) == (302, 302)
    slugs = GuidancePage.objects.filter(slug__startswith="sleep").values_list("slug", flat=True)
    assert sorted(slugs) == ["sleep-and-rest", "sleep-and-rest-2"]
    assert (
        "is saved as a draft. Families do not see it yet." in client.get(first["Location"]).content.decode()
    )


def test_new_form_offers_a_review_in_a_year(page, educator, now):
    with time_machine.travel(now, tick=False):
        form = desk(educator).get("/cms/guidance/add/").context["form"]

    # The day on the educator's own calendar: it is still Saturday in New York.
    assert form.initial["review_by"] == date(2027, 11, 21)


def test_editor_speaks_the_words_of_the_house(page, educator):
    seen = desk(educator).get(f"/cms/guidance/edit/{page.pk}/").content.decode()

    assert "Hand in for review" in seen
    assert "Submit to" not in seen
    assert "- Kinwatch</title>" in seen


def test_handed_in_text_can_be_taken_back(page, educator, now):
    page.save_revision(user=educator)
    with time_machine.travel(now, tick=False):
        review.submit(page=page, by=educator, now=now)
        seen = desk(educator).get(f"/cms/guidance/edit/{page.pk}/").content.decode()

    assert "Take back from review" in seen
    assert "Cancel workflow" not in seen


def test_translation_is_begun_from_the_list(page, educator):
    client = desk(educator)
    save_new(client, title="Sleep")
    english = GuidancePage.objects.get(slug="sleep")

    answer = client.post(f"{LIST}{english.pk}/translate/", {"language": "es"})

    spanish = GuidancePage.objects.get(slug="sleep", locale__language_code="es")
    assert answer["Location"] == f"/cms/guidance/edit/{spanish.pk}/"
    assert "Translate into Spanish" not in client.get(LIST, {"q": "sleep"}).content.decode()
    assert client.post(f"{LIST}{english.pk}/translate/", {"language": "de"}).status_code == 302
    assert GuidancePage.objects.filter(slug="sleep").count() == 2


def test_end_of_a_page_is_confirmed_and_decided_by_somebody_else(page, clinic, educator, now):
    client, second = desk(educator), desk(person(clinic))
    address = f"{LIST}{page.pk}/retire/"

    assert "A second person decides." in client.get(address).content.decode()
    assert page.current_workflow_state is None
    with time_machine.travel(now, tick=False):
        client.post(address)
        read = second.get(f"/cms/reviews/{page.pk}/").content.decode()
        waiting = second.get("/cms/reviews/").content.decode()
        again = client.post(address, follow=True).content.decode()

    assert "Approving it retires the page" in read
    # Whoever asks, not who wrote the text: nobody did, of a page that came with the program.
    assert f"handed in by {educator.name}" in read
    assert f"<td>{educator.name}</td>" in waiting
    assert "It cannot be retired now" in again


@pytest.mark.parametrize("role", ["physician", "nurse"])
def test_other_roles_begin_nothing(page, clinic, role):
    client = desk(person(clinic, role))

    assert client.post(f"{LIST}{page.pk}/retire/").status_code == 403
    assert client.post(f"{LIST}{page.pk}/translate/", {"language": "es"}).status_code == 403
    if role == "physician":
        assert "Retire" not in client.get(LIST).content.decode().replace("Retired", "")
