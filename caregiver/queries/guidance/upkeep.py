"""What educators see of their pages: versions, translations that are behind, use, reviews that are due."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from django.conf import settings
from wagtail.models import WorkflowState

from caregiver.models import GuidanceEdition, GuidancePage, GuidanceSearchMiss, GuidanceUse

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
    """Which pages are asked for; empty is all."""

    state: str = ""
    language: str = ""
    words: str = ""


@dataclass(frozen=True)
class PageUpkeep:
    """One page in one language. `behind` is the English version that a translation does not say yet.

    Of a page that has ended families read only that it is being renewed, and whom to call.
    """

    id: int
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


def overview(*, now: datetime, today: date, view: DeskView | None = None) -> UpkeepOverview:
    """Pages with their numbers; five queries however many there are. `today` is the reader's own date."""
    numbers, use, states = live_numbers(), _use_by_page(now), _review_states()
    # English first: languages were made in the order of the settings.
    rows = list(GuidancePage.objects.select_related("locale").order_by("number", "locale_id"))
    written = {(page.slug, page.language) for page in rows}
    view = view or DeskView()
    found = [page for page in rows if _fits(page, view)]
    pages = [_page_upkeep(page, numbers, use, states, written, today) for page in found]
    misses = GuidanceSearchMiss.objects.order_by("-count", "-last_at")[:MISSES_SHOWN]
    counts = Counter(page.state for page in pages)
    return UpkeepOverview(
        pages=tuple(page for page in pages if view.state in {"", page.state}),
        counts={state: counts[state] for state in PageState},
        view=view,
        misses=tuple(SearchMiss(row.words, row.language, row.count) for row in misses),
    )


def _fits(page: GuidancePage, view: DeskView) -> bool:
    """Every word that was typed stands somewhere in what the page is called or found by."""
    text = " ".join((page.title, page.summary, page.slug, page.keywords, page.situations)).casefold()
    return view.language in {"", page.language} and all(
        word in text for word in view.words.casefold().split()
    )


def _review_states() -> dict[str, str]:
    """The state of the review under way, by the page's id as text."""
    rows = WorkflowState.objects.filter(
        base_content_type__app_label="caregiver",
        base_content_type__model="guidancepage",
        status__in=(WorkflowState.STATUS_IN_PROGRESS, WorkflowState.STATUS_NEEDS_CHANGES),
    )
    return dict(rows.order_by("pk").values_list("object_id", "status"))


def page_state(page: GuidancePage, *, is_waiting: bool, today: date) -> PageState:
    """One state for the list; waiting for somebody comes before all others."""
    if is_waiting:
        return PageState.REVIEW
    if not page.live:
        return PageState.RETIRED if page.expired or page.first_published_at else PageState.DRAFT
    return PageState.LATE if is_review_late(page, today) else PageState.LIVE


def is_any_overdue(*, languages: Iterable[str], today: date) -> bool:
    """Whether a page that families read in one of these languages is past its review date."""
    rows = GuidancePage.objects.filter(live=True, locale__language_code__in=languages, review_by__lt=today)
    return rows.exists()


def live_numbers() -> dict[tuple[str, str], tuple[int, int]]:
    """The newest version and the English version it says, by (slug, language)."""
    rows = GuidanceEdition.objects.order_by("pk").values_list("slug", "language", "number", "source_number")
    return {(slug, language): (number, source or 0) for slug, language, number, source in rows}


def version_ahead(page: GuidancePage, numbers: dict[tuple[str, str], tuple[int, int]]) -> int:
    """The English version that is ahead of this translation; 0 for English and for what is up to date."""
    if not page.is_translation:
        return 0
    english = numbers.get((page.slug, settings.LANGUAGE_CODE), (0, 0))[0]
    said = numbers.get((page.slug, page.language), (0, 0))[1]
    return english if said < english else 0


def is_review_late(page: GuidancePage, today: date) -> bool:
    """Whether somebody should have looked at the facts again before today; a draft may have no date yet."""
    return page.review_by is not None and page.review_by < today


def _use_by_page(now: datetime) -> dict[tuple[str, str], tuple[int, int, int]]:
    """Views, clear and unclear of the last months, by (slug, language); counted here, a row a day."""
    found: dict[tuple[str, str], tuple[int, int, int]] = {}
    for row in GuidanceUse.objects.filter(day__gt=(now - USE_OF).date()):
        views, clear, unclear = found.get((row.slug, row.language), (0, 0, 0))
        found[(row.slug, row.language)] = (views + row.views, clear + row.clear, unclear + row.unclear)
    return found


def _page_upkeep(
    page: GuidancePage,
    numbers: dict[tuple[str, str], tuple[int, int]],
    use: dict[tuple[str, str], tuple[int, int, int]],
    states: dict[str, str],
    written: set[tuple[str, str]],
    today: date,
) -> PageUpkeep:
    review = states.get(str(page.pk))
    languages = [] if page.is_translation else [code for code, _name in settings.LANGUAGES]
    views, clear, unclear = use.get((page.slug, page.language), (0, 0, 0))
    return PageUpkeep(
        id=page.pk,
        slug=page.slug,
        title=page.title,
        language=page.language,
        level=page.level,
        state=page_state(page, is_waiting=review == WorkflowState.STATUS_IN_PROGRESS, today=today),
        has_draft=page.live and page.has_unpublished_changes,
        came_back=review == WorkflowState.STATUS_NEEDS_CHANGES,
        untranslated=tuple(code for code in languages if (page.slug, code) not in written),
        number=numbers.get((page.slug, page.language), (0, 0))[0],
        behind=version_ahead(page, numbers),
        review_by=page.review_by,
        is_late=is_review_late(page, today),
        has_ended=page.expired and not page.live,
        views=views,
        clear=clear,
        unclear=unclear,
    )
