"""What educators see of their pages: versions, translations that are behind, use, reviews that are due."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings

from caregiver.models import GuidanceEdition, GuidancePage, GuidanceSearchMiss, GuidanceUse

USE_OF = timedelta(days=90)
MISSES_SHOWN = 40


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
    misses: tuple[SearchMiss, ...]


def overview(*, now: datetime, today: date) -> UpkeepOverview:
    """Every page with its numbers; four queries however many there are. `today` is the reader's own date."""
    numbers, use = live_numbers(), _use_by_page(now)
    # English first: languages were made in the order of the settings.
    pages = GuidancePage.objects.select_related("locale").order_by("number", "locale_id")
    misses = GuidanceSearchMiss.objects.order_by("-count", "-last_at")[:MISSES_SHOWN]
    return UpkeepOverview(
        pages=tuple(_page_upkeep(page, numbers, use, today) for page in pages),
        misses=tuple(SearchMiss(row.words, row.language, row.count) for row in misses),
    )


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
    today: date,
) -> PageUpkeep:
    views, clear, unclear = use.get((page.slug, page.language), (0, 0, 0))
    return PageUpkeep(
        id=page.pk,
        slug=page.slug,
        title=page.title,
        language=page.language,
        level=page.level,
        number=numbers.get((page.slug, page.language), (0, 0))[0],
        behind=version_ahead(page, numbers),
        review_by=page.review_by,
        is_late=is_review_late(page, today),
        has_ended=page.expired and not page.live,
        views=views,
        clear=clear,
        unclear=unclear,
    )
