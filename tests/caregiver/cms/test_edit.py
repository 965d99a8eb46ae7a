"""Saving in the editor when somebody else was quicker."""

from typing import Any

import pytest
import time_machine
from django.test import Client

from caregiver.models import GuidancePage
from caregiver.services import guidance_defaults
from tests import factories

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(now: Any) -> GuidancePage:
    with time_machine.travel(now, tick=False):
        guidance_defaults.load(now=now)
    return GuidancePage.objects.get(slug="medicines", locale__language_code="en")


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


def desk(clinic: Any) -> Client:
    client = Client()
    client.force_login(factories.StaffFactory(clinic=clinic, role="educator").user)
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
