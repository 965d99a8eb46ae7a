"""What is begun from the list: a translation, and the end of a page."""

from datetime import date, timedelta
from typing import Any

import pytest
import time_machine
from wagtail.models import Locale

from caregiver.models import EditionState, GuidancePage
from caregiver.queries.guidance import editions
from caregiver.services.guidance import desk_acts, review
from clinic.access import NotAllowed
from clinic.models import AuditEvent
from tests import factories

pytestmark = pytest.mark.django_db


def english(slug: str) -> GuidancePage:
    return GuidancePage.objects.get(slug=slug, locale__language_code="en")


@pytest.fixture
def new_page(pages: None, author: Any) -> GuidancePage:
    page = GuidancePage(
        slug="sleep",
        title="Sleep",
        summary="",
        review_by=date(2027, 11, 1),
        locale=Locale.objects.get(language_code="en"),
    )
    page.live = False
    page.save()
    page.save_revision(user=author, clean=False)
    return page


def test_translation_begins_as_a_draft_with_the_english_text(new_page, author, now):
    draft = desk_acts.begin_translation(page=new_page, language="es", by=author, now=now)

    assert (draft.language, draft.title, draft.live, draft.reviewed) == ("es", "Sleep", False, False)
    assert draft.translation_key == new_page.translation_key
    assert draft.get_latest_revision().user == author
    # Nobody reads it before a second person has.
    assert editions.latest_edition("sleep", "es") is None
    assert AuditEvent.objects.filter(action="guidance.translation_begun", actor_id=author.pk).count() == 1


def test_translation_of_a_live_page_says_which_version_it_is_of(pages, draft, author, educator, now):
    GuidancePage.objects.filter(slug="medicines").exclude(locale__language_code="en").delete()
    draft("medicines", summary="A draft that families do not read.")

    begun = desk_acts.begin_translation(page=english("medicines"), language="vi", by=author, now=now)

    assert begun.source_number == 1
    assert begun.summary != "A draft that families do not read."


def test_translation_that_was_begun_is_gone_on_with(new_page, author, educator, now):
    first = desk_acts.begin_translation(page=new_page, language="es", by=author, now=now)
    again = desk_acts.begin_translation(page=new_page, language="es", by=educator, now=now)

    assert again == first
    assert first.revisions.count() == 1


@pytest.mark.parametrize("language", ["", "en", "de", "es\x00", "x" * 300])
def test_language_that_there_is_not_is_refused(new_page, author, now, language):
    with pytest.raises(desk_acts.CannotTranslate):
        desk_acts.begin_translation(page=new_page, language=language, by=author, now=now)


def test_translation_of_a_translation_is_refused(pages, author, now):
    spanish = GuidancePage.objects.get(slug="medicines", locale__language_code="es")

    with pytest.raises(desk_acts.CannotTranslate):
        desk_acts.begin_translation(page=spanish, language="vi", by=author, now=now)


def test_page_ends_when_a_second_person_says_so_and_not_before(pages, author, educator, now):
    page = english("medicines")

    spanish = GuidancePage.objects.get(slug="medicines", locale__language_code="es")
    assert spanish.live

    assert "es" in desk_acts.retire(page=page, by=author, now=now)
    page.refresh_from_db()
    assert editions.latest_edition("medicines", "en").state == EditionState.PUBLISHED
    with pytest.raises(review.OwnTextApproval):
        review.approve(page=page, by=author, now=now)

    later = now + timedelta(minutes=5)
    with time_machine.travel(later, tick=False):
        review.approve(page=page, by=educator, now=later)
        review.approve(page=spanish, by=educator, now=later)
        review.publish_due(now=later)
    assert editions.latest_edition("medicines", "es").state == EditionState.WITHDRAWN
    assert editions.latest_edition("medicines", "en").state == EditionState.WITHDRAWN
    page.refresh_from_db()
    assert (page.live, page.expired) == (False, True)


def test_draft_that_is_being_written_is_not_published_with_the_end(draft, author, educator, now):
    page = draft("medicines", summary="Half a sentence")
    page.refresh_from_db()

    desk_acts.retire(page=page, by=author, now=now)

    handed_in = english("medicines").current_workflow_task_state.revision.as_object()
    assert handed_in.summary != "Half a sentence"
    assert "Half a sentence" in [one.as_object().summary for one in page.revisions.all()]


def test_page_whose_end_waits_is_not_handed_in_twice(pages, author, educator, now):
    desk_acts.retire(page=english("medicines"), by=author, now=now)

    with pytest.raises(desk_acts.CannotRetire):
        desk_acts.retire(page=english("medicines"), by=educator, now=now)


def test_page_that_is_not_live_has_no_end(new_page, author, now):
    with pytest.raises(desk_acts.CannotRetire):
        desk_acts.retire(page=new_page, by=author, now=now)


@pytest.mark.parametrize("role", ["nurse", "physician", "administrator"])
def test_only_educators_begin_anything(pages, clinic, now, role):
    person = factories.StaffFactory(clinic=clinic, role=role).user
    page = english("medicines")

    with pytest.raises(NotAllowed):
        desk_acts.retire(page=page, by=person, now=now)
    with pytest.raises(NotAllowed):
        desk_acts.begin_translation(page=page, language="es", by=person, now=now)
