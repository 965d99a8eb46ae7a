"""A clinic's own variant: begun, approved by its physician, read by its families alone, retired."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction

from caregiver.models import (
    EditionState,
    GuidanceEdition,
    GuidancePage,
    GuidanceVariant,
    VariantComparison,
    VariantEdition,
)
from caregiver.queries.guidance import reading, upkeep
from caregiver.queries.guidance import variants as beside
from caregiver.services.guidance import desk_acts, review, shared_changes, variants
from clinic.access import NotAllowed
from clinic.models import AuditEvent
from notifications.models import Message
from tests import factories

pytestmark = pytest.mark.django_db
ROUTINE, RED = "medicines", "when-to-call"
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _on(settings: Any) -> None:
    settings.STAFF_CHECKS = True


def shared(slug: str = ROUTINE, language: str = "en") -> GuidancePage:
    return GuidancePage.objects.get(slug=slug, locale__language_code=language)


def person(clinic: Any, role: str) -> Any:
    return factories.StaffFactory(clinic=clinic, role=role).user


def save(text: Any, by: Any, **changes: Any) -> None:
    draft = text.get_latest_revision_as_object()
    for name, value in changes.items():
        setattr(draft, name, value)
    draft.save_revision(user=by)
    text.refresh_from_db()


def go_live(text: Any, author: Any, second: Any, at: Any, **signed: Any) -> None:
    with time_machine.travel(at, tick=False):
        review.submit(page=text, by=author, now=at)
        text.refresh_from_db()
        review.approve(page=text, by=second, now=at, **signed)
    text.refresh_from_db()


@pytest.fixture
def other() -> Any:
    return factories.ClinicFactory(name="Other Clinic")


@pytest.fixture
def variant(pages: None, clinic: Any, author: Any, now: Any) -> GuidanceVariant:
    """A draft of the clinic's own of a routine page."""
    text = variants.begin(page=shared(), clinic_id=clinic.pk, by=author, now=now)
    save(text, author, summary="As this clinic says it.")
    return text


@pytest.fixture
def live(variant: Any, author: Any, physician: Any, now: Any) -> GuidanceVariant:
    go_live(variant, author, physician, now)
    return variant


def summary(clinic: Any, now: Any, language: str = "en", slug: str = ROUTINE) -> str:
    clinic_id = clinic.pk if clinic else None
    page = reading.guidance_page(slug=slug, language=language, now=now, clinic_id=clinic_id)
    assert page is not None
    return str(page.content["summary"])


def test_only_families_of_the_clinic_read_it(live, clinic, other, now):
    assert summary(clinic, now) == "As this clinic says it."
    assert summary(other, now) == summary(None, now) == shared().summary
    mine = reading.live_guidance(language="en", now=now, clinic_id=clinic.pk)
    assert mine[ROUTINE].is_variant
    assert not mine[RED].is_variant
    assert not reading.live_guidance(language="en", now=now, clinic_id=other.pk)[ROUTINE].is_variant


def test_draft_is_read_by_nobody(variant, clinic, now):
    assert summary(clinic, now) == shared().summary


def test_it_is_begun_once_and_only_by_educators_of_the_clinic(pages, clinic, other, author, physician, now):
    first = variants.begin(page=shared(), clinic_id=clinic.pk, by=author, now=now)
    again = variants.begin(page=shared(), clinic_id=clinic.pk, by=author, now=now)

    assert first == again
    assert AuditEvent.objects.get(action="guidance.variant_begun").clinic_id == clinic.pk
    for somebody in (person(other, "educator"), physician, person(clinic, "nurse")):
        with pytest.raises(NotAllowed):
            variants.begin(page=shared(), clinic_id=clinic.pk, by=somebody, now=now)


def test_page_that_nobody_reads_has_no_variant(pages, clinic, author, now):
    with time_machine.travel(now, tick=False):
        shared().unpublish()
    with pytest.raises(variants.CannotVary):
        variants.begin(page=shared(), clinic_id=clinic.pk, by=author, now=now)


def test_a_physician_of_that_clinic_approves(variant, clinic, other, author, educator, physician, now):
    with time_machine.travel(now, tick=False):
        review.submit(page=variant, by=author, now=now)
    variant.refresh_from_db()

    assert review.approval_verdict(page=variant, by=educator) == "physician"
    assert review.approval_verdict(page=variant, by=author) == "own"
    assert review.approval_verdict(page=variant, by=person(other, "physician")) == "role"
    assert review.approval_verdict(page=variant, by=physician) == "yes"
    with pytest.raises(NotAllowed):
        review.send_back(page=variant, by=person(other, "physician"), note="", now=now)
    assert not VariantEdition.objects.exists()


def test_others_neither_hand_it_in_nor_see_it_waiting(variant, clinic, other, author, physician, now):
    stranger = person(other, "educator")
    with pytest.raises(NotAllowed):
        review.submit(page=variant, by=stranger, now=now)
    with time_machine.travel(now, tick=False):
        review.submit(page=variant, by=author, now=now)

    assert review.waiting_for_review(by=stranger) == []
    assert [row.revision.object_id for row in review.waiting_for_review(by=physician)] == [str(variant.pk)]
    with pytest.raises(NotAllowed):
        desk_acts.retire(page=variant, by=stranger, now=now)
    with pytest.raises(NotAllowed):
        desk_acts.begin_translation(page=variant, language="es", by=stranger, now=now)


def test_without_the_right_nobody_touches_the_shared_text(pages, clinic, author, educator, physician, now):
    clinic.keeps_shared_guidance = False
    clinic.save()
    save(shared(), author, summary="Not theirs to say.")

    with pytest.raises(NotAllowed):
        review.submit(page=shared(), by=author, now=now)
    with pytest.raises(NotAllowed):
        desk_acts.retire(page=shared(), by=author, now=now)
    assert variants.begin(page=shared(), clinic_id=clinic.pk, by=author, now=now).clinic == clinic


def test_review_of_a_shared_text_of_the_same_page_is_another(live, clinic, author, educator, now):
    """Who handed in the variant may approve the shared page, which they did not write."""
    later = now + MINUTE
    save(shared(), educator, summary="The shared page says more.")
    with time_machine.travel(later, tick=False):
        review.submit(page=shared(), by=educator, now=later)

    assert review.approval_verdict(page=shared(), by=author) == "yes"


def test_what_the_page_is_about_follows_the_shared_page(live, clinic, author, educator, physician, now):
    later = now + MINUTE
    save(shared(), author, level="urgent", questions=["temp"])
    go_live(shared(), author, physician, later)

    shown = reading.guidance_page(slug=ROUTINE, language="en", now=later, clinic_id=clinic.pk)
    assert shown.is_variant
    assert shown.is_kept_on_phones
    assert shown.content["questions"] == ["temp"]
    assert ROUTINE in reading.offline_guidance(now=later, clinic_id=clinic.pk).slugs


def test_phones_of_the_clinic_alone_fetch_it_anew(variant, clinic, other, author, physician, now):
    before = [reading.edition_stamp(clinic_id=one) for one in (clinic.pk, other.pk, None)]
    go_live(variant, author, physician, now)
    after = [reading.edition_stamp(clinic_id=one) for one in (clinic.pk, other.pk, None)]

    assert before[0] != after[0]
    assert before[1:] == after[1:]


def test_other_language_reads_the_shared_text_and_is_told(live, clinic, now):
    before = reading.guidance_page(slug=ROUTINE, language="es", now=now)
    factories.GuidanceEditionFactory(
        slug=ROUTINE,
        language="es",
        number=before.edition.number + 1,
        at=now,
        content=factories.guidance_content(ROUTINE, summary="En español."),
    )
    with time_machine.travel(now, tick=False):
        shared(language="zh-hans").unpublish()

    spanish = reading.guidance_page(slug=ROUTINE, language="es", now=now, clinic_id=clinic.pk)
    chinese = reading.guidance_page(slug=ROUTINE, language="zh-hans", now=now, clinic_id=clinic.pk)
    elsewhere = reading.guidance_page(slug=ROUTINE, language="es", now=now)

    assert spanish.content["summary"] == "En español."
    assert (spanish.has_own_in_english, elsewhere.has_own_in_english) == (True, False)
    # No text in the reader's language: the clinic's own, marked as English.
    assert (chinese.is_variant, chinese.is_other_language) == (True, True)


def test_translated_variant_is_behind_when_its_english_moves(live, clinic, author, physician, now):
    spanish = desk_acts.begin_translation(page=live, language="es", by=author, now=now)
    save(spanish, author, summary="Como dice esta clínica.", reviewed=True)
    go_live(spanish, author, physician, now)
    assert summary(clinic, now, "es") == "Como dice esta clínica."
    first = reading.guidance_page(slug=ROUTINE, language="es", now=now, clinic_id=clinic.pk)

    later = now + MINUTE
    save(live, author, summary="As this clinic says it today.")
    go_live(live, author, physician, later)
    second = reading.guidance_page(slug=ROUTINE, language="es", now=later, clinic_id=clinic.pk)

    assert (first.newer_number, second.newer_number) == (0, 2)
    assert (spanish.translation_key, spanish.clinic_id) == (live.translation_key, clinic.pk)


def test_retired_variant_gives_the_shared_page_back(live, clinic, author, educator, physician, now):
    later = now + MINUTE
    with time_machine.travel(later, tick=False):
        desk_acts.retire(page=live, by=author, now=later)
        assert summary(clinic, later) == "As this clinic says it."
        live.refresh_from_db()
        review.approve(page=live, by=physician, now=later)
        review.publish_due(now=later)

    assert summary(clinic, later) == shared().summary
    assert summary(clinic, now) == "As this clinic says it."
    assert VariantEdition.objects.latest("pk").state == EditionState.WITHDRAWN
    assert GuidanceEdition.objects.filter(slug=ROUTINE, language="en").count() == 1


def test_emergency_variant_is_signed_for_where_languages_stay_behind(pages, clinic, author, physician, now):
    text = variants.begin(page=shared(RED), clinic_id=clinic.pk, by=author, now=now)
    with time_machine.travel(now, tick=False):
        review.submit(page=text, by=author, now=now)
        text.refresh_from_db()
        with pytest.raises(review.NeedsSignature):
            review.approve(page=text, by=physician, now=now)
        review.approve(page=text, by=physician, sign_for_translations=True, now=now)

    assert reading.guidance_page(slug=RED, language="en", now=now, clinic_id=clinic.pk).is_variant


def test_scheduled_variant_goes_live_and_ends_by_the_tick(variant, clinic, author, physician, now):
    starts, ends = now + timedelta(hours=1), now + timedelta(hours=2)
    save(variant, author, go_live_at=starts, expire_at=ends)
    go_live(variant, author, physician, now)
    assert summary(clinic, now) == shared().summary

    for at in (starts + MINUTE, ends + MINUTE):
        with time_machine.travel(at, tick=False):
            review.publish_due(now=at)

    assert summary(clinic, starts + MINUTE * 2) == "As this clinic says it."
    assert summary(clinic, ends) == shared().summary
    assert list(VariantEdition.objects.order_by("pk").values_list("state", flat=True)) == [
        "published",
        "withdrawn",
    ]


@pytest.fixture
def moved(live: Any, author: Any, physician: Any, staffed: Any) -> Any:
    """The shared page has changed since; the moment of it, in staffed hours."""
    save(shared(), author, summary="The shared page says it anew.")
    go_live(shared(), author, physician, staffed)
    return staffed


def test_changed_page_asks_again_until_somebody_says_that_it_holds(moved, live, clinic, author, other):
    assert summary(clinic, moved) == "As this clinic says it."
    change = beside.shared_change(live)
    assert (change.is_open, change.before.number, change.now.number) == (True, 1, 2)
    stranger = person(other, "educator")
    with pytest.raises(NotAllowed):
        variants.confirm(variant=live, shared_edition_id=change.now.pk, by=stranger, now=moved)
    with pytest.raises(variants.SharedPageMoved):
        variants.confirm(variant=live, shared_edition_id=change.before.pk, by=author, now=moved)

    for _ in range(2):
        variants.confirm(variant=live, shared_edition_id=change.now.pk, by=author, now=moved)

    assert not beside.shared_change(live).is_open
    assert AuditEvent.objects.filter(action="guidance.variant_confirmed").count() == 1


def test_educators_of_the_clinic_hear_once_of_a_change(moved, live, clinic, patient, author, other):
    mine = factories.CoveringStaffFactory(clinic=clinic, role="educator")
    factories.CoveringStaffFactory(clinic=other, role="educator")
    factories.CoveringStaffFactory(clinic=clinic, role="nurse")

    for minutes in (0, 60):
        shared_changes.text_educators(now=moved + timedelta(minutes=minutes))

    texts = Message.objects.filter(dedupe_key__startswith="guidance-changed:")
    assert [str(one.to) for one in texts] == [str(mine.phone)]
    assert not any(word in texts[0].body.lower() for word in ("medicine", "anew", ROUTINE))


def test_nobody_hears_out_of_hours_or_of_what_holds(moved, live, clinic, author):
    factories.CoveringStaffFactory(clinic=clinic, role="educator")
    assert shared_changes.text_educators(now=moved + timedelta(hours=12)) == 0
    variants.confirm(variant=live, shared_edition_id=beside.shared_change(live).now.pk, by=author, now=moved)
    assert shared_changes.text_educators(now=moved) == 0


def test_unconfirmed_or_late_variant_counts_as_overdue_at_its_clinic(moved, live, clinic, other, author):
    def overdue(where: Any) -> bool:
        return upkeep.is_any_overdue(clinic_id=where.pk, languages=["en"], today=moved.date())

    assert (overdue(clinic), overdue(other)) == (True, False)
    variants.confirm(variant=live, shared_edition_id=beside.shared_change(live).now.pk, by=author, now=moved)
    assert overdue(clinic) is False
    # Where the clinic has its own text nobody reads the shared one.
    GuidancePage.objects.filter(slug=ROUTINE).update(review_by=moved.date() - timedelta(days=1))
    assert (overdue(clinic), overdue(other)) == (False, True)
    GuidanceVariant.objects.update(review_by=moved.date() - timedelta(days=1))
    assert overdue(clinic) is True


def test_what_went_live_and_what_was_compared_stays(live, clinic, author):
    for rows in (VariantEdition.objects.all(), VariantComparison.objects.all()):
        with pytest.raises(DatabaseError), transaction.atomic():
            rows.update(language="es")
    edition = VariantEdition.objects.get()
    assert edition.authors == [str(author.pk)]
    with pytest.raises(DatabaseError), transaction.atomic():
        VariantEdition.objects.create(
            clinic=clinic, slug="x", language="en", number=1, level="routine",
            authors=[str(author.pk)], approved_by=author.pk,
        )  # fmt: skip
