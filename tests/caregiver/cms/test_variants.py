"""A clinic's own variants on the editor's desk: begun, written beside the shared text, nobody else's."""

from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from caregiver.models import GuidancePage, GuidanceVariant, VariantEdition
from caregiver.queries.guidance.variants import shared_change
from caregiver.services.guidance import review
from tests import factories

pytestmark = pytest.mark.django_db
LIST = "/cms/overview/"


def desk(clinic: Any, role: str = "educator") -> Client:
    client = Client()
    client.force_login(factories.StaffFactory(clinic=clinic, role=role).user)
    return client


def text(answer: Any) -> str:
    return str(answer.content.decode())


@pytest.fixture
def other() -> Any:
    return factories.ClinicFactory(name="Other Clinic", keeps_shared_guidance=False)


@pytest.fixture
def mine(page: Any, clinic: Any) -> Client:
    """An educator of the clinic."""
    return desk(clinic)


@pytest.fixture
def variant(mine: Client, page: Any, clinic: Any, now: Any) -> GuidanceVariant:
    with time_machine.travel(now, tick=False):
        mine.post(f"{LIST}{page.pk}/own/", {"clinic": str(clinic.pk)})
    return GuidanceVariant.objects.get()


def posted(title: str) -> dict[str, str]:
    form = {"title": title, "summary": "As we say it.", "keywords": "", "situations": "", "body-count": "0"}
    return {**form, "review_by": "2027-11-01"}


def test_own_text_is_begun_from_the_list_and_written_beside_the_shared_one(mine, page, variant, clinic):
    listed = text(mine.get(LIST, {"q": "medicines", "language": "en"}))
    assert f"own text of {clinic.name}" in listed
    assert f'Own text for {clinic.name}<span class="w-sr-only">: {page.title}' not in listed

    form = text(mine.get(f"/cms/guidance-variants/edit/{variant.pk}/"))
    assert "Version 1, which families of other clinics read" in form
    assert page.summary in form
    # What the page is about is not theirs to change.
    assert 'name="level"' not in form
    assert 'name="slug"' not in form

    saved = mine.post(f"/cms/guidance-variants/edit/{variant.pk}/", posted("Our medicines"))
    assert saved.status_code == 302
    variant.refresh_from_db()
    assert variant.get_latest_revision_as_object().title == "Our medicines"
    assert GuidancePage.objects.get(pk=page.pk).title == page.title


def test_handed_in_read_beside_the_shared_text_and_approved(mine, variant, clinic, now):
    physician = desk(clinic, "physician")
    with time_machine.travel(now, tick=False):
        mine.post(
            f"/cms/guidance-variants/edit/{variant.pk}/",
            {**posted("Our medicines"), "action-submit": "true"},
        )
        waiting = text(physician.get("/cms/reviews/"))
        address = f"/cms/reviews/variants/{variant.pk}/"
        assert address in waiting
        read = text(physician.get(address))
        assert f"the own text of {clinic.name}" in read
        assert "The shared page, version 1" in read
        assert text(physician.get(f"{address}read/")).count("Our medicines") > 0
        variant.refresh_from_db()
        revision = variant.current_workflow_task_state.revision_id
        physician.post(address, {"decision": "approve", "revision": revision})

    assert VariantEdition.objects.get().content["title"] == "Our medicines"


OF_ONE = (
    "/cms/guidance-variants/edit/{}/",
    "/cms/guidance-variants/history/{}/",
    "/cms/overview/variants/{}/shared/",
    "/cms/overview/variants/{}/retire/",
    "/cms/reviews/variants/{}/",
    "/cms/reviews/variants/{}/read/",
)


def test_another_clinic_finds_none_of_it(variant, other, clinic):
    for client in (desk(other), desk(other, "physician")):
        for address in OF_ONE:
            path = address.format(variant.pk)
            assert client.get(path).status_code == 404, path
            assert client.post(path, {"body-count": "0"}).status_code == 404, path
        assert client.post(f"{LIST}variants/{variant.pk}/translate/", {"language": "es"}).status_code == 404
        ping = f"/cms/editing-sessions/ping/caregiver/guidancevariant/{variant.pk}/1/"
        assert client.post(ping).status_code == 404
        assert clinic.name not in text(client.get(LIST))
        assert clinic.name not in text(client.get("/cms/guidance-variants/"))
    for address in OF_ONE:
        assert desk(clinic).get(address.format(variant.pk)).status_code == 200, address


def test_shared_text_is_read_as_what_it_is(mine, page, variant):
    """Headings, lists and a wrong answer look like such, and no blank stands there raw."""
    for address in (f"/cms/guidance-variants/edit/{variant.pk}/", f"{LIST}variants/{variant.pk}/shared/"):
        read = text(mine.get(address)).partition('class="guidance-text"')[2].partition("</div>")[0]
        answers = next(block["teach_back"] for block in page.document()["body"] if "teach_back" in block)
        marks = read.count("<strong>This is right.</strong>"), read.count("<strong>Not right.</strong>")

        assert "<h4>Call the emergency number now</h4>" in read
        assert "{emergency_number}" not in read
        times = marks[0] + marks[1] == len(answers["options"]) * read.count(f"<h3>{page.title}</h3>")
        assert times, marks
        assert min(marks) > 0


def test_page_asks_only_what_waits_for_an_answer(mine, variant, moved, clinic):
    address = f"{LIST}variants/{variant.pk}/shared/"
    assert "Does our text still hold?" in text(mine.get(address))
    assert "Our text and the shared page" in text(desk(clinic, "physician").get(address))

    mine.post(address, {"shared": shared_change(variant).now.pk})

    assert "Our text and the shared page" in text(mine.get(address))
    assert "Does our text still hold?" not in text(mine.get(address))


def test_nobody_begins_one_for_another_clinic(page, clinic, other):
    assert desk(other).post(f"{LIST}{page.pk}/own/", {"clinic": str(clinic.pk)}).status_code == 403
    assert (
        desk(clinic, "physician").post(f"{LIST}{page.pk}/own/", {"clinic": str(clinic.pk)}).status_code == 403
    )
    assert desk(other).post(f"{LIST}{page.pk}/own/", {"clinic": "x"}).status_code == 302
    assert desk(other).get("/cms/guidance-variants/add/").status_code == 404
    assert not GuidanceVariant.objects.exists()


def test_shared_pages_are_read_and_not_written_without_the_right(page, other):
    client = desk(other)

    assert client.get(f"/cms/guidance/edit/{page.pk}/").status_code == 302
    listed = text(client.get(LIST, {"q": "medicines", "language": "en"}))
    assert page.title in listed
    assert f"/cms/guidance/edit/{page.pk}/" not in listed
    assert "Write a new page" not in listed
    assert "Own text for Other Clinic" in listed
    assert client.post(f"{LIST}{page.pk}/retire/").status_code == 403
    assert client.post(f"{LIST}{page.pk}/translate/", {"language": "es"}).status_code == 403


@pytest.fixture
def moved(page: Any, variant: Any, clinic: Any, now: Any) -> None:
    """The shared page has changed since."""
    author = factories.StaffFactory(clinic=clinic, role="educator").user
    physician = factories.StaffFactory(clinic=clinic, role="physician").user
    draft = page.get_latest_revision_as_object()
    draft.summary = "The shared page says it anew."
    with time_machine.travel(now, tick=False):
        draft.save_revision(user=author)
        page.refresh_from_db()
        review.submit(page=page, by=author, now=now)
        page.refresh_from_db()
        review.approve(page=page, by=physician, now=now)


def test_change_is_on_the_list_until_it_is_confirmed(moved, mine, variant):
    assert "The shared page has changed beside one of your own texts." in text(mine.get(LIST))
    narrowed = mine.get(LIST, {"changed": "1"}).context["desk"].pages
    assert [line.clinic_id for line in narrowed] == [variant.clinic_id]

    address = f"{LIST}variants/{variant.pk}/shared/"
    read = text(mine.get(address))
    assert "What changed from version 1 to version 2" in read
    assert "The shared page says it anew." in read
    assert mine.post(address, {"shared": "1" * 20}).status_code == 409
    mine.post(address, {"shared": shared_change(variant).now.pk})

    assert "has changed beside" not in text(mine.get(LIST))


def test_physician_reads_the_change_and_does_not_confirm_it(moved, variant, clinic):
    client = desk(clinic, "physician")
    address = f"{LIST}variants/{variant.pk}/shared/"

    assert "Our text still holds" not in text(client.get(address))
    assert client.post(address, {"shared": shared_change(variant).now.pk}).status_code == 403


def test_list_is_narrowed_by_owner_and_costs_the_same_with_more_variants(mine, variant, clinic, now):
    def lines(**asked: str) -> Any:
        return mine.get(LIST, asked).context["desk"].pages

    assert {line.clinic_id for line in lines(owner=str(clinic.pk))} == {clinic.pk}
    assert {line.clinic_id for line in lines(owner="shared")} == {None}
    with CaptureQueriesContext(connection) as few:
        lines()
    for slug in ("temperature", "crs"):
        page = GuidancePage.objects.get(slug=slug, locale__language_code="en")
        mine.post(f"{LIST}{page.pk}/own/", {"clinic": str(clinic.pk)})
    lines()
    with CaptureQueriesContext(connection) as more:
        lines()

    assert len(more) == len(few)
