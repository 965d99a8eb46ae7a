"""Guidance editions: which text families read now, and which they read on a given day."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Max
from wagtail.models import TaskState

from caregiver.models import EditionState, GuidanceEdition, GuidancePage
from clinic.models import AuditEvent

SUBMITTED_ACTION = "guidance.submitted"
# What a page is about: the same in every language, and decided on the English page.
SHARED_FACTS = ("slug", "number", "level", "days", "target", "questions", "related")


def latest_edition(slug: str, language: str, at: datetime | None = None) -> GuidanceEdition | None:
    """The last thing that happened to a page in a language, as of a moment."""
    rows = GuidanceEdition.objects.filter(slug=slug, language=language)
    if at is not None:
        rows = rows.filter(at__lte=at)
    return rows.order_by("-at", "-pk").first()


def next_number(slug: str, language: str) -> int:
    """The version that a text going live gets."""
    rows = GuidanceEdition.objects.filter(slug=slug, language=language)
    return int(rows.aggregate(last=Max("number"))["last"] or 0) + 1


def live_languages(slug: str, but: str) -> list[str]:
    """Other languages in which the page is live."""
    languages = (
        GuidanceEdition.objects.filter(slug=slug).exclude(language=but).values_list("language", flat=True)
    )
    found = [(one, latest_edition(slug, one)) for one in sorted(set(languages))]
    return [one for one, edition in found if edition and edition.state == EditionState.PUBLISHED]


def shared_facts(page: GuidancePage) -> dict[str, Any]:
    """What the page is about, from the English text that is live, else from its draft."""
    live = latest_edition(page.slug, settings.LANGUAGE_CODE)
    if live:
        return dict(live.content)
    source = page.get_translations().filter(locale__language_code=settings.LANGUAGE_CODE).first()
    return (source or page).get_latest_revision_as_object().document() if source else page.document()


def authors_since_live(page: GuidancePage, task_state: TaskState) -> set[UUID]:
    """Everybody who wrote at this text since it last went live, and who handed it in, first or again."""
    live = latest_edition(page.slug, page.language)
    handed_in = AuditEvent.objects.filter(
        action=SUBMITTED_ACTION, subject_id=audited_as(page), actor_id__isnull=False
    )
    if live is not None:
        handed_in = handed_in.filter(at__gt=live.at)
    authors = writers(page, until=task_state.revision_id)
    authors |= {task_state.revision.user_id, task_state.workflow_state.requested_by_id}
    return {one for one in (*authors, *handed_in.values_list("actor_id", flat=True)) if one}


def writers(page: GuidancePage, *, until: int) -> set[UUID]:
    """Everybody who saved the text between the edition that is live and this revision."""
    revisions = page.revisions.filter(pk__lte=until)
    live = latest_edition(page.slug, page.language)
    if live is not None and live.revision_id and live.state == EditionState.PUBLISHED:
        revisions = revisions.filter(pk__gt=live.revision_id)
    return set(revisions.exclude(user=None).values_list("user_id", flat=True))


def audited_as(page: GuidancePage) -> str:
    """How the audit names a page."""
    return f"{page.slug}.{page.language}"[:64]
