"""What educators see of their pages: versions, translations that are behind, use, reviews that are due."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet
from wagtail.models import WorkflowState

from caregiver.models import (
    GuidanceEdition,
    GuidancePage,
    GuidanceSearchMiss,
    GuidanceText,
    GuidanceUse,
    GuidanceVariant,
    VariantEdition,
    VariantUse,
)
from caregiver.queries.guidance import rights
from caregiver.queries.guidance.variants import Key, changed_beside, key_of
from clinic.models import Clinic, User

USE_OF = timedelta(days=90)
MISSES_SHOWN = 40


class PageState(StrEnum):
    """Where a page stands; one that waits for a second person counts there, live or not."""

    DRAFT = "draft"
    REVIEW = "review"
    LIVE = "live"
    LATE = "late"
    RETIRED = "retired"


@dataclass(frozen=True)
class DeskView:
    """Which texts are asked for; empty is all. `owner`: "shared", or the id of a clinic."""

    state: str = ""
    language: str = ""
    words: str = ""
    owner: str = ""
    # Only variants beside which the shared page has changed.
    changed: bool = False


@dataclass(frozen=True)
class PageUpkeep:
    """One text in one language, shared or a clinic's own.

    `behind` is the English version that a translation does not say yet.
    Of a shared page that has ended families read only that it is being renewed, and whom to call; of a
    variant that has ended they read the shared page again.
    """

    id: int
    # Of a variant, the clinic; both are empty for a shared page.
    clinic_id: UUID | None
    clinic: str
    # The shared page has changed, and nobody has said that the variant still holds.
    is_unconfirmed: bool
    # The reader's clinics that have no variant of this page yet.
    without_variant: tuple[Clinic, ...]
    may_write: bool
    slug: str
    title: str
    language: str
    level: str
    state: PageState
    # A newer text is being written, or came back from a second person.
    has_draft: bool
    came_back: bool
    # Languages into which it has not been begun; of English pages alone.
    untranslated: tuple[str, ...]
    number: int
    behind: int
    review_by: date
    is_late: bool
    has_ended: bool
    views: int
    clear: int
    unclear: int


@dataclass(frozen=True)
class SearchMiss:
    """Words that found nothing."""

    words: str
    language: str
    count: int


@dataclass(frozen=True)
class UpkeepOverview:
    """The page of use. Numbers of the last three months, nobody's name."""

    pages: tuple[PageUpkeep, ...]
    counts: dict[PageState, int]
    view: DeskView
    misses: tuple[SearchMiss, ...]


@dataclass(frozen=True)
class _Facts:
    """What the lines are made of, looked up once."""

    numbers: dict[Key, tuple[int, int]]
    use: dict[Key, tuple[int, int, int]]
    reviews: dict[tuple[str, str], str]
    written: set[Key]
    changed: dict[Key, int]
    own_clinics: tuple[Clinic, ...]
    may_write_shared: bool
    today: date


def overview(*, by: User, now: datetime, today: date, view: DeskView | None = None) -> UpkeepOverview:
    """Shared pages, and the variants of the reader's clinics, with their numbers.

    Equally many queries however many there are. `today` is the reader's own date.
    """
    # English first: languages were made in the order of the settings. A variant stands below its page.
    pages_of_all = list(GuidancePage.objects.select_related("locale"))
    own = list(rights.variants_of(by))
    rows: list[GuidanceText] = [*pages_of_all, *own]
    rows.sort(key=lambda text: (text.number, text.slug, text.locale_id, _owner_name(text)))
    facts = _Facts(
        numbers=live_numbers(variants_of=rights.desk_clinics(by)),
        use=_use_by_text(now, rights.desk_clinics(by)),
        reviews=_review_states(),
        written={key_of(text) for text in rows},
        changed=changed_beside(own),
        own_clinics=tuple(rights.own_clinics(by)),
        may_write_shared=rights.may_write_shared(by),
        today=today,
    )
    view = view or DeskView()
    pages = [_page_upkeep(text, facts) for text in rows if _fits(text, view)]
    pages = [page for page in pages if page.is_unconfirmed or not view.changed]
    misses = GuidanceSearchMiss.objects.order_by("-count", "-last_at")[:MISSES_SHOWN]
    counts = Counter(page.state for page in pages)
    return UpkeepOverview(
        pages=tuple(page for page in pages if view.state in {"", page.state}),
        counts={state: counts[state] for state in PageState},
        view=view,
        misses=tuple(SearchMiss(row.words, row.language, row.count) for row in misses),
    )


def _owner_name(text: GuidanceText) -> str:
    return text.clinic.name if isinstance(text, GuidanceVariant) else ""


def _fits(page: GuidanceText, view: DeskView) -> bool:
    """Every word that was typed stands somewhere in what the page is called or found by."""
    text = " ".join((page.title, page.summary, page.slug, page.keywords, page.situations)).casefold()
    owners = {"", "shared" if page.clinic_id is None else str(page.clinic_id)}
    return (
        view.owner in owners
        and view.language in {"", page.language}
        and all(word in text for word in view.words.casefold().split())
    )


def _review_states() -> dict[tuple[str, str], str]:
    """The state of the review under way, by the kind of text and its id as text."""
    rows = WorkflowState.objects.filter(
        base_content_type__app_label="caregiver",
        status__in=(WorkflowState.STATUS_IN_PROGRESS, WorkflowState.STATUS_NEEDS_CHANGES),
    )
    found = rows.order_by("pk").values_list("base_content_type__model", "object_id", "status")
    return {(model, object_id): status for model, object_id, status in found}


def page_state(page: GuidanceText, *, is_waiting: bool, today: date) -> PageState:
    """One state for the list; waiting for somebody comes before all others."""
    if is_waiting:
        return PageState.REVIEW
    if not page.live:
        return PageState.RETIRED if page.expired or page.first_published_at else PageState.DRAFT
    return PageState.LATE if is_review_late(page, today) else PageState.LIVE


def is_any_overdue(*, clinic_id: UUID, languages: Iterable[str], today: date) -> bool:
    """Whether a text that this clinic's families read in one of these languages waits to be looked at again.

    Past its review date, or a variant beside which the shared page has changed.
    """
    read = {"live": True, "locale__language_code__in": list(languages)}
    own = list(GuidanceVariant.objects.filter(clinic=clinic_id, **read).select_related("locale"))
    if any(is_review_late(one, today) for one in own) or changed_beside(own):
        return True
    shared = GuidancePage.objects.filter(review_by__lt=today, **read).values_list("slug", "locale_id")
    replaced = {(one.slug, one.locale_id) for one in own}
    return any(one not in replaced for one in shared)


def live_numbers(variants_of: QuerySet[Clinic] | None = None) -> dict[Key, tuple[int, int]]:
    """The newest version and the English version it says, by clinic (None: shared), page and language."""
    facts = ("slug", "language", "number", "source_number")
    shared = GuidanceEdition.objects.order_by("pk").values_list(*facts)
    found: dict[Key, tuple[int, int]] = {(None, *row[:2]): (row[2], row[3] or 0) for row in shared}
    if variants_of is not None:
        own = VariantEdition.objects.filter(clinic__in=variants_of.values("pk")).order_by("pk")
        found |= {row[:3]: (row[3], row[4] or 0) for row in own.values_list("clinic_id", *facts)}
    return found


def versions_behind(page: GuidanceText) -> int:
    """The English version that is ahead of this one translation; 0 for none."""
    owner = Clinic.objects.filter(pk=page.clinic_id) if page.clinic_id else None
    return version_ahead(page, live_numbers(owner))


def version_ahead(page: GuidanceText, numbers: dict[Key, tuple[int, int]]) -> int:
    """The English version that is ahead of this translation; 0 for English and for what is up to date.

    Of a variant, of the clinic's own English text if it has one.
    """
    if not page.is_translation:
        return 0
    owner = page.clinic_id if (page.clinic_id, page.slug, settings.LANGUAGE_CODE) in numbers else None
    english = numbers.get((owner, page.slug, settings.LANGUAGE_CODE), (0, 0))[0]
    said = numbers.get(key_of(page), (0, 0))[1]
    return english if said < english else 0


def is_review_late(page: GuidanceText, today: date) -> bool:
    """Whether somebody should have looked at the facts again before today; a draft may have no date yet."""
    return page.review_by is not None and page.review_by < today


def _use_by_text(now: datetime, clinics: QuerySet[Clinic]) -> dict[Key, tuple[int, int, int]]:
    """Views, clear and unclear of the last months, by clinic, page and language; summed here."""
    found: dict[Key, tuple[int, int, int]] = {}
    since = (now - USE_OF).date()
    own = VariantUse.objects.filter(day__gt=since, clinic__in=clinics.values("pk"))
    for row in (*GuidanceUse.objects.filter(day__gt=since), *own):
        key = (getattr(row, "clinic_id", None), row.slug, row.language)
        views, clear, unclear = found.get(key, (0, 0, 0))
        found[key] = (views + row.views, clear + row.clear, unclear + row.unclear)
    return found


def _page_upkeep(page: GuidanceText, facts: _Facts) -> PageUpkeep:
    key = key_of(page)
    review = facts.reviews.get((type(page).__name__.lower(), str(page.pk)))
    languages = [] if page.is_translation else [code for code, _name in settings.LANGUAGES]
    views, clear, unclear = facts.use.get(key, (0, 0, 0))
    is_shared = page.clinic_id is None
    mine = {one.pk for one in facts.own_clinics}
    without = [
        one
        for one in facts.own_clinics
        if is_shared and page.live and (one.pk, page.slug, page.language) not in facts.written
    ]
    return PageUpkeep(
        id=page.pk,
        clinic_id=page.clinic_id,
        clinic=_owner_name(page),
        is_unconfirmed=key in facts.changed,
        without_variant=tuple(without),
        may_write=facts.may_write_shared if is_shared else page.clinic_id in mine,
        slug=page.slug,
        title=page.title,
        language=page.language,
        level=page.level,
        state=page_state(page, is_waiting=review == WorkflowState.STATUS_IN_PROGRESS, today=facts.today),
        has_draft=page.live and page.has_unpublished_changes,
        came_back=review == WorkflowState.STATUS_NEEDS_CHANGES,
        untranslated=tuple(
            code for code in languages if (page.clinic_id, page.slug, code) not in facts.written
        ),
        number=facts.numbers.get(key, (0, 0))[0],
        behind=version_ahead(page, facts.numbers),
        review_by=page.review_by,
        is_late=is_review_late(page, facts.today),
        has_ended=page.expired and not page.live,
        views=views,
        clear=clear,
        unclear=unclear,
    )
