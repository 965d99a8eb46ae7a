"""Guidance editions: which text families read now, and which they read on a given day."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import Max, QuerySet
from wagtail.models import TaskState

from caregiver.models import (
    Edition,
    EditionState,
    GuidanceEdition,
    GuidancePage,
    GuidanceText,
    GuidanceVariant,
    VariantEdition,
)
from clinic.models import AuditEvent

SUBMITTED_ACTION = "guidance.submitted"
# What a page is about: the same in every language and at every clinic, decided on the shared English page.
SHARED_FACTS = ("slug", "number", "level", "days", "target", "questions", "related")


def latest_edition(
    slug: str, language: str, at: datetime | None = None, *, clinic_id: UUID | None = None
) -> Edition | None:
    """The last thing that happened to a text in a language, as of a moment: shared, or a clinic's own."""
    rows = _editions(clinic_id).filter(slug=slug, language=language)
    if at is not None:
        rows = rows.filter(at__lte=at)
    return rows.order_by("-at", "-pk").first()


def latest_of(text: GuidanceText) -> Edition | None:
    """The last thing that happened to this text."""
    return latest_edition(text.slug, text.language, clinic_id=text.clinic_id)


def live_edition(slug: str, language: str, *, clinic_id: UUID | None = None) -> Edition | None:
    """The text that families read in a language, if there is one."""
    last = latest_edition(slug, language, clinic_id=clinic_id)
    return last if last and last.state == EditionState.PUBLISHED else None


def next_number(text: GuidanceText) -> int:
    """The version that a text going live gets."""
    rows = _editions(text.clinic_id).filter(slug=text.slug, language=text.language)
    return int(rows.aggregate(last=Max("number"))["last"] or 0) + 1


def live_languages(text: GuidanceText) -> list[str]:
    """Other languages in which families read this page: the shared one, or a variant of this clinic."""
    found = set()
    for clinic_id in {None, text.clinic_id}:
        rows = _editions(clinic_id).filter(slug=text.slug).exclude(language=text.language)
        for language in set(rows.values_list("language", flat=True)):
            if live_edition(text.slug, language, clinic_id=clinic_id):
                found.add(language)
    return sorted(found)


def shared_facts(text: GuidanceText) -> dict[str, Any]:
    """What the page is about, from the shared English text that is live, else from its draft."""
    live = latest_edition(text.slug, settings.LANGUAGE_CODE)
    if live:
        return dict(live.content)
    rows = GuidancePage.objects.filter(slug=text.slug, locale__language_code=settings.LANGUAGE_CODE)
    source = rows.exclude(pk=text.pk).first() if isinstance(text, GuidancePage) else rows.first()
    return source.get_latest_revision_as_object().document() if source else text.document()


def authors_since_live(text: GuidanceText, task_state: TaskState) -> set[UUID]:
    """Everybody who wrote at this text since it last went live, and who handed it in, first or again."""
    live = latest_of(text)
    handed_in = AuditEvent.objects.filter(
        action=SUBMITTED_ACTION,
        subject_id=audited_as(text),
        clinic_id=text.clinic_id,
        actor_id__isnull=False,
    )
    if live is not None:
        handed_in = handed_in.filter(at__gt=live.at)
    authors = writers(text, until=task_state.revision_id)
    authors |= {task_state.revision.user_id, task_state.workflow_state.requested_by_id}
    return {one for one in (*authors, *handed_in.values_list("actor_id", flat=True)) if one}


def writers(text: GuidanceText, *, until: int) -> set[UUID]:
    """Everybody who saved the text between the edition that is live and this revision."""
    revisions = text.revisions.filter(pk__lte=until)
    live = latest_of(text)
    if live is not None and live.revision_id and live.state == EditionState.PUBLISHED:
        revisions = revisions.filter(pk__gt=live.revision_id)
    return set(revisions.exclude(user=None).values_list("user_id", flat=True))


def shared_page(variant: GuidanceVariant) -> GuidancePage | None:
    """The shared page beside a variant, in its language."""
    return GuidancePage.objects.filter(slug=variant.slug, locale_id=variant.locale_id).first()


def audited_as(text: GuidanceText) -> str:
    """How the audit names a text; of a variant the clinic stands beside it."""
    return f"{text.slug}.{text.language}"[:64]


def _editions(clinic_id: UUID | None) -> QuerySet[Any]:
    if clinic_id is None:
        return GuidanceEdition.objects.all()
    return VariantEdition.objects.filter(clinic_id=clinic_id)
