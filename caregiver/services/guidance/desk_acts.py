"""What an educator begins from the list: a translation, the end of a page. A second person decides both."""

from datetime import datetime

from django.conf import settings
from django.db import transaction
from wagtail.models import Locale, WorkflowState

from caregiver.models import GuidancePage, GuidanceText
from caregiver.queries.guidance import editions, rights
from caregiver.services.guidance import review
from clinic.access import NotAllowed
from clinic.models import User
from clinic.services.core import audit

# What is written over, and the day of the next look at it.
COPIED = ("title", "summary", "keywords", "situations", "body", "review_by")


class CannotTranslate(Exception):
    """It is a translation itself, or the language is none of the program's."""


class CannotRetire(Exception):
    """It is not live, or something about it waits for a second person already."""


@transaction.atomic
def begin_translation(*, page: GuidanceText, language: str, by: User, now: datetime) -> GuidanceText:
    """A draft with the English text to write over, or the one that is there. CannotTranslate, NotAllowed."""
    _require_writer(by, page)
    if page.is_translation or language == page.language or language not in dict(settings.LANGUAGES):
        raise CannotTranslate
    locale, _is_new = Locale.objects.get_or_create(language_code=language)
    # Of two who begin it at once one waits here, and finds what the other has begun.
    rows, owner = type(page).objects, {"clinic_id": page.clinic_id} if page.clinic_id else {}
    rows.select_for_update().get(pk=page.pk)
    begun: GuidanceText | None = rows.filter(**owner, slug=page.slug, locale=locale).first()
    if begun is not None:
        return begun
    live = editions.latest_of(page)
    # The row of a live page is the text that families read.
    english = page if page.live else page.get_latest_revision_as_object()
    draft = type(page)(
        **owner,
        **{name: getattr(english, name) for name in (*GuidancePage.SHARED, *COPIED)},
        locale=locale,
        translation_key=page.translation_key,
        source_number=live.number if live else None,
        live=False,
        has_unpublished_changes=True,
    )
    # An English draft may lack what only a text that goes live must have.
    draft.save()
    draft.save_revision(user=by, clean=False)
    _audit("guidance.translation_begun", draft, by, now)
    return draft


@transaction.atomic
def retire(*, page: GuidanceText, by: User, now: datetime) -> tuple[str, ...]:
    """Hand in the end of a text, and of its live translations; families keep it until somebody approves.

    A newer draft stays in the history. Returns the languages. CannotRetire, NotAllowed.
    """
    _require_writer(by, page)
    pages = [page] if page.is_translation else [page, *page.get_translations().filter(live=True)]
    rows = type(page).objects.select_for_update().filter(pk__in=[one.pk for one in pages])
    locked = {row.pk: row for row in rows.order_by("pk")}
    if not all(_can_end(locked[one.pk]) for one in pages):
        raise CannotRetire
    for one in pages:
        _hand_in_the_end(locked[one.pk], by, now)
    return tuple(one.language for one in pages)


def _can_end(page: GuidanceText) -> bool:
    state = page.current_workflow_state
    return page.live and (state is None or state.status != WorkflowState.STATUS_IN_PROGRESS)


def _hand_in_the_end(page: GuidanceText, by: User, now: datetime) -> None:
    # The row of a live page is the text that families read; its end is only in what is handed in.
    page.go_live_at, page.expire_at = None, now
    page.save_revision(user=by, clean=False)
    page.refresh_from_db()
    review.submit(page=page, by=by, now=now)


def _require_writer(by: User, text: GuidanceText) -> None:
    if not rights.may_write(by, text):
        raise NotAllowed


def _audit(action: str, page: GuidanceText, by: User, now: datetime) -> None:
    audit.record(
        action=action,
        by=by,
        now=now,
        clinic_id=page.clinic_id,
        subject_type="guidance",
        subject_id=editions.audited_as(page),
    )
