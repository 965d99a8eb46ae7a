"""Saving in the editor when somebody else was quicker."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from wagtail.admin.widgets import AdminAutoHeightTextInput

from caregiver.models import GuidancePage
from caregiver.models.guidance_blocks import GuidanceBody
from tests import factories

pytestmark = pytest.mark.django_db


def posted(page: GuidancePage, summary: str) -> dict[str, Any]:
    """The form as it was opened on the page's latest draft."""
    return {
        "title": page.title,
        "summary": summary,
        "slug": page.slug,
        "number": page.number,
        "level": page.level,
        "review_by": "2027-11-01",
        "body-count": 0,
        "loaded_revision_id": page.latest_revision_id,
        "loaded_revision_created_at": page.latest_revision.created_at.isoformat(),
    }


def desk(clinic: Any, language: str = "en") -> Client:
    client = Client()
    person = factories.StaffFactory(clinic=clinic, role="educator", user__language=language)
    client.force_login(person.user)
    return client


def test_second_saver_gets_409_with_both_texts_and_may_save_all_the_same(page, clinic):
    address = f"/cms/guidance/edit/{page.pk}/"
    first, second = desk(clinic), desk(clinic)
    opened = posted(page, "What the second one wrote.")
    assert first.post(address, posted(page, "What the first one wrote.")).status_code == 302

    refused = second.post(address, opened)

    assert refused.status_code == 409
    text = refused.content.decode()
    assert "What the first one wrote." in text and "What the second one wrote." in text
    page.refresh_from_db()
    assert second.post(address, {**opened, **posted(page, opened["summary"])}).status_code == 302
    said = [revision.as_object().summary for revision in page.revisions.order_by("-pk")[:2]]
    assert said == ["What the second one wrote.", "What the first one wrote."]


def test_own_draft_that_kept_itself_is_no_conflict(page, clinic):
    address, author = f"/cms/guidance/edit/{page.pk}/", desk(clinic)
    opened = posted(page, "First words.")
    author.post(address, opened)

    assert author.post(address, {**opened, "summary": "More words."}).status_code == 302


def test_history_begins_with_the_text_that_shipped_and_its_preview_may_stand_in_the_editors_frame(
    page, clinic
):
    author, first = desk(clinic), page.latest_revision_id
    author.post(f"/cms/guidance/edit/{page.pk}/", posted(page, "What the first one wrote."))

    history = author.get(f"/cms/guidance/history/{page.pk}/").content.decode()
    assert f"/cms/guidance/history/{page.pk}/revisions/{first}/revert/" in history
    shown = author.get(f"/cms/guidance/history/{page.pk}/revisions/{first}/view/")

    assert page.summary in shown.content.decode()
    assert "frame-ancestors 'self'" in shown["Content-Security-Policy"]
    assert shown["X-Frame-Options"] == "SAMEORIGIN"


def test_page_that_has_ended_can_be_written_anew(page, clinic, now):
    page.go_live_at, page.expire_at = now - timedelta(days=2), now - timedelta(days=1)
    page.save_revision()

    with time_machine.travel(now, tick=False):
        form = desk(clinic).get(f"/cms/guidance/edit/{page.pk}/").context["form"]

    assert (form["go_live_at"].value(), form["expire_at"].value()) == (None, None)


def test_preview_speaks_the_pages_language_and_not_its_readers(page, clinic):
    reader = desk(clinic, language="es")

    shown = reader.get(f"/cms/reviews/{page.pk}/read/").content.decode()
    kept = reader.get(f"/cms/guidance/history/{page.pk}/revisions/{page.latest_revision_id}/view/")

    for read in (shown, kept.content.decode()):
        assert "Call the emergency number now" in read
        assert "el número de emergencia" not in read


def test_review_puts_the_text_before_the_decision(page, clinic, now):
    author = desk(clinic)
    physician = Client()
    physician.force_login(factories.StaffFactory(clinic=clinic, role="physician").user)
    with time_machine.travel(now, tick=False):
        author.post(f"/cms/guidance/edit/{page.pk}/", {**posted(page, "Anew."), "action-submit": "true"})
        read = physician.get(f"/cms/reviews/{page.pk}/").content.decode()

        waiting = physician.get("/cms/reviews/").content.decode()

    assert read.index("<iframe") < read.index('value="approve"')
    assert "a.m." not in waiting and "p.m." not in waiting


def test_one_line_fields_grow_and_list_items_have_names():
    steps = GuidanceBody().child_blocks["steps"].child_blocks["items"].child_block

    assert steps.label == "Step"
    assert isinstance(steps.field.widget, AdminAutoHeightTextInput)
