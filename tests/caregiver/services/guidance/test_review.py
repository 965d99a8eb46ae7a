"""Who may let a text go live, when it does, and what is kept of it."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction

from caregiver.models import GuidanceEdition, GuidancePage
from caregiver.queries.guidance import reading
from caregiver.services.guidance import review
from clinic.access import NotAllowed
from clinic.models import AuditEvent
from tests import factories

pytestmark = pytest.mark.django_db
SUMMARY = "How to take it, and when to call."
ROUTINE, RED = "medicines", "when-to-call"


def summary(slug: str, at: Any, language: str = "en") -> str:
    page = reading.guidance_page(slug=slug, language=language, now=at)
    assert page is not None
    return str(page.content["summary"])


def hand_in(draft: Any, slug: str, author: Any, now: Any, **changes: Any) -> Any:
    page = draft(slug, **{"summary": SUMMARY, **changes})
    review.submit(page=page, by=author, now=now)
    page.refresh_from_db()
    return page


def test_second_person_lets_a_text_go_live_with_its_record(draft, author, educator, now):
    page = hand_in(draft, ROUTINE, author, now)
    with time_machine.travel(now + timedelta(hours=1), tick=False):
        review.approve(page=page, by=educator, note="Good.", now=now + timedelta(hours=1))

    edition = GuidanceEdition.objects.get(slug=ROUTINE, language="en", number=2)
    assert (edition.author_id, edition.approved_by) == (author.pk, educator.pk)
    assert edition.content["summary"] == SUMMARY
    actions = set(AuditEvent.objects.values_list("action", flat=True))
    assert {"guidance.submitted", "guidance.approved", "guidance.published"} <= actions


def test_nobody_approves_their_own_text(draft, author, now):
    page = hand_in(draft, ROUTINE, author, now)

    with pytest.raises(review.OwnTextApproval):
        review.approve(page=page, by=author, now=now)

    assert review.approval_verdict(page=page, by=author) == "own"


def test_nobody_approves_a_text_they_wrote_at_before_somebody_else_handed_it_in(draft, author, educator, now):
    page = draft(ROUTINE, summary=SUMMARY)
    text = page.get_latest_revision_as_object()
    text.title = "Pills"
    text.save_revision(user=educator)
    page.refresh_from_db()
    review.submit(page=page, by=educator, now=now)

    with pytest.raises(review.OwnTextApproval):
        review.approve(page=page, by=author, now=now)


def test_who_handed_it_in_again_has_signed_for_it(draft, author, educator, now):
    page = hand_in(draft, ROUTINE, author, now)
    review.send_back(page=page, by=educator, note="Shorter, please.", now=now)
    page.refresh_from_db()
    review.submit(page=page, by=educator, now=now + timedelta(minutes=1))
    page.refresh_from_db()

    with pytest.raises(review.OwnTextApproval):
        review.approve(page=page, by=educator, now=now + timedelta(minutes=2))


def test_edition_keeps_its_authors_and_the_database_keeps_the_approver_out(draft, author, educator, now):
    page = hand_in(draft, ROUTINE, author, now)
    review.approve(page=page, by=educator, now=now)

    edition = GuidanceEdition.objects.get(slug=ROUTINE, language="en", number=2)
    assert edition.authors == [str(author.pk)]
    with pytest.raises(DatabaseError, match="second person"), transaction.atomic():
        GuidanceEdition.objects.create(
            slug=ROUTINE,
            language="en",
            number=3,
            level="routine",
            author_id=educator.pk,
            authors=sorted([str(author.pk), str(educator.pk)]),
            approved_by=author.pk,
        )


def test_red_flag_text_needs_a_physician(draft, author, educator, physician, now):
    page = hand_in(draft, RED, author, now)

    with pytest.raises(review.NeedsPhysician):
        review.approve(page=page, by=educator, sign_for_translations=True, now=now)
    review.approve(page=page, by=physician, sign_for_translations=True, now=now)

    assert GuidanceEdition.objects.filter(slug=RED, language="en").count() == 2


def test_calling_a_red_flag_text_routine_does_not_spare_it_the_physician(draft, author, educator, now):
    page = hand_in(draft, RED, author, now, level="routine")

    with pytest.raises(review.NeedsPhysician):
        review.approve(page=page, by=educator, now=now)


def test_red_flag_text_goes_live_before_its_translation_only_when_signed_for(draft, author, physician, now):
    page = hand_in(draft, RED, author, now)

    with pytest.raises(review.NeedsSignature) as refused:
        review.approve(page=page, by=physician, now=now)

    assert refused.value.languages == ["ar", "es", "vi", "zh-hans"]


@pytest.mark.parametrize("role", ["nurse", "administrator"])
def test_other_roles_approve_nothing(draft, author, clinic, now, role):
    page = hand_in(draft, ROUTINE, author, now)
    other = factories.StaffFactory(clinic=clinic, role=role).user

    with pytest.raises(NotAllowed):
        review.approve(page=page, by=other, now=now)
    with pytest.raises(NotAllowed):
        review.send_back(page=page, by=other, note="", now=now)


def test_text_that_was_decided_is_not_decided_again(draft, author, educator, now):
    page = hand_in(draft, ROUTINE, author, now)
    review.send_back(page=page, by=educator, note="Shorter, please.", now=now)

    with pytest.raises(review.NotInReview):
        review.approve(page=page, by=educator, now=now)
    review.submit(page=page, by=author, now=now)
    page.refresh_from_db()
    with pytest.raises(review.NotInReview):
        review.approve(page=page, by=educator, revision_id=0, now=now)
    review.approve(page=page, by=educator, now=now)

    assert GuidanceEdition.objects.filter(slug=ROUTINE, language="en").count() == 2


def test_emergency_text_with_a_fault_does_not_even_reach_the_review(draft, author, now):
    page = draft(RED, summary="All is fine. This is safe.")

    with pytest.raises(review.TextUnfit) as unfit:
        review.submit(page=page, by=author, now=now)

    assert {one.code for one in unfit.value.findings} == {"forbidden"}


def test_translation_that_nobody_has_checked_stays_a_draft(draft, author, now):
    page = draft(ROUTINE, language="es", summary="Otra cosa.")

    with pytest.raises(review.TextUnfit) as unfit:
        review.submit(page=page, by=author, now=now)

    assert {one.code for one in unfit.value.findings} == {"not_checked"}


def test_new_page_is_not_read_before_its_minute(pages, author, educator, now):
    """It was never live, and Wagtail says "published" of it as soon as it is scheduled."""
    english = GuidancePage.objects.get(slug=ROUTINE, locale__language_code="en")
    facts = {name: getattr(english, name) for name in ("title", "summary", "body", "review_by")}
    page = GuidancePage(slug="sleep", locale=english.locale, live=False, **facts)
    page.save()
    page.go_live_at = now + timedelta(hours=1)
    with time_machine.travel(now, tick=False):
        page.save_revision(user=author)
        review.submit(page=page, by=author, now=now)
        page.refresh_from_db()
        review.approve(page=page, by=educator, now=now)
    assert not GuidanceEdition.objects.filter(slug="sleep").exists()

    with time_machine.travel(now + timedelta(hours=1), tick=False):
        assert review.publish_due(now=now + timedelta(hours=1)) == 1
    assert GuidanceEdition.objects.get(slug="sleep").at == now + timedelta(hours=1)


def test_scheduled_text_goes_live_at_its_minute_and_once(draft, author, educator, now):
    due = now + timedelta(minutes=30)
    page = hand_in(draft, ROUTINE, author, now, go_live_at=due)
    with time_machine.travel(now, tick=False):
        review.approve(page=page, by=educator, now=now)
        assert review.publish_due(now=due - timedelta(seconds=1)) == 0
    assert summary(ROUTINE, due) != SUMMARY

    with time_machine.travel(due, tick=False):
        assert review.publish_due(now=due) == 1
        assert review.publish_due(now=due) == 0

    assert summary(ROUTINE, due) == SUMMARY
    assert summary(ROUTINE, due - timedelta(seconds=1)) != SUMMARY
    assert GuidanceEdition.objects.get(slug=ROUTINE, language="en", number=2).approved_by == educator.pk


def test_expired_page_ends_and_says_so(draft, author, educator, now):
    end = now + timedelta(days=1)
    page = hand_in(draft, ROUTINE, author, now, expire_at=end)
    with time_machine.travel(now, tick=False):
        review.approve(page=page, by=educator, now=now)
    assert (
        reading.guidance_page(slug=ROUTINE, language="en", now=end - timedelta(seconds=1)).has_ended is False
    )
    assert reading.guidance_page(slug=ROUTINE, language="en", now=end).has_ended is True

    with time_machine.travel(end, tick=False):
        assert review.publish_due(now=end) == 1
        assert review.publish_due(now=end) == 0

    rows = GuidanceEdition.objects.filter(slug=ROUTINE, language="en").order_by("pk")
    assert [row.state for row in rows] == ["published", "published", "withdrawn"]


def test_new_english_text_leaves_its_translation_behind(draft, author, educator, now):
    page = hand_in(draft, ROUTINE, author, now)
    later = now + timedelta(minutes=1)
    with time_machine.travel(later, tick=False):
        review.approve(page=page, by=educator, now=later)

    spanish = reading.guidance_page(slug=ROUTINE, language="es", now=later)

    assert (spanish.edition.language, spanish.newer_number) == ("es", 2)


def test_what_families_read_cannot_be_changed(pages):
    edition = GuidanceEdition.objects.first()

    with pytest.raises(DatabaseError), transaction.atomic():
        GuidanceEdition.objects.filter(pk=edition.pk).update(level="routine")
    with pytest.raises(DatabaseError), transaction.atomic():
        edition.delete()
