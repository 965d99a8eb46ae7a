"""Guidance as families read it: in their language, else in English, else a fallback. Never nothing."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db.models import OuterRef, Q, QuerySet, Subquery

from caregiver.models import EditionState, GuidanceEdition, Picture
from caregiver.rules.guidance.documents import KEPT_ON_PHONES


@dataclass(frozen=True)
class ShownGuidance:
    """One page as it is to be shown. `has_ended`: expired or taken back; only whom to call is shown then."""

    edition: GuidanceEdition
    wanted_language: str
    # The English version that is ahead of this translation; 0 where the translation says the same.
    newer_number: int = 0
    has_ended: bool = False

    @property
    def slug(self) -> str:
        return self.edition.slug

    @property
    def content(self) -> dict[str, Any]:
        return dict(self.edition.content)

    @property
    def is_other_language(self) -> bool:
        """English stands in for a language in which the page is not there."""
        return self.edition.language != self.wanted_language

    @property
    def is_unchecked(self) -> bool:
        """No qualified translator has checked this text."""
        return not self.edition.content.get("reviewed", True)

    @property
    def is_kept_on_phones(self) -> bool:
        return self.edition.level in KEPT_ON_PHONES


def live_guidance(*, language: str, now: datetime) -> dict[str, ShownGuidance]:
    """Every page that is live, in its order; one query."""
    rows = _latest_editions(
        GuidanceEdition.objects.filter(language__in={language, settings.LANGUAGE_CODE}, at__lte=now)
    )
    shown = [_choose(editions, language, now) for editions in _by_slug(rows)]
    live = [one for one in shown if not one.has_ended]
    return {one.slug: one for one in sorted(live, key=lambda one: (one.content["number"], one.slug))}


def guidance_page(*, slug: str, language: str, now: datetime) -> ShownGuidance | None:
    """One page as of a moment; None only if there never was such a page."""
    rows = _latest_editions(
        GuidanceEdition.objects.filter(
            slug=slug, language__in={language, settings.LANGUAGE_CODE}, at__lte=now
        )
    )
    found = list(_by_slug(rows))
    return _choose(found[0], language, now) if found else None


def editions_of(*, slug: str, language: str) -> list[GuidanceEdition]:
    """Everything that happened to a page, the newest first."""
    rows = GuidanceEdition.objects.filter(slug=slug, language__in={language, settings.LANGUAGE_CODE})
    return list(rows.defer("content").order_by("-at", "-pk"))


@dataclass(frozen=True)
class OfflineGuidance:
    """What phones take along: the pages by address, and the pictures on them."""

    slugs: tuple[str, ...]
    pictures: tuple[str, ...]


def offline_guidance(*, now: datetime) -> OfflineGuidance:
    """Emergency and urgent pages; the English page says how pressing it is in every language."""
    pages = [
        one
        for one in live_guidance(language=settings.LANGUAGE_CODE, now=now).values()
        if one.is_kept_on_phones
    ]
    pictures = {
        block["picture"]["image"]: None
        for one in pages
        for block in one.content["body"]
        if "picture" in block
    }
    return OfflineGuidance(tuple(one.slug for one in pages), tuple(key for key in pictures if key))


def edition_stamp() -> str:
    """Changes whenever any page does: phones fetch the pages they keep anew."""
    last = GuidanceEdition.objects.order_by("-pk").values_list("pk", flat=True).first()
    return str(last or 0)


def picture(*, digest: str) -> bytes | None:
    """An uploaded picture."""
    row = Picture.objects.filter(digest=digest, bundled="").first()
    return bytes(row.data) if row and row.data else None


def _latest_editions(rows: QuerySet[GuidanceEdition]) -> list[GuidanceEdition]:
    last = (
        rows.filter(slug=OuterRef("slug"), language=OuterRef("language"))
        .order_by("-at", "-pk")
        .values("pk")[:1]
    )
    return list(rows.filter(Q(pk=Subquery(last))).order_by("slug", "language"))


def _by_slug(rows: Iterable[GuidanceEdition]) -> Iterable[dict[str, GuidanceEdition]]:
    found: dict[str, dict[str, GuidanceEdition]] = {}
    for row in rows:
        found.setdefault(row.slug, {})[row.language] = row
    return found.values()


def _choose(editions: dict[str, GuidanceEdition], language: str, now: datetime) -> ShownGuidance:
    english, own = editions.get(settings.LANGUAGE_CODE), editions.get(language)
    if own and _is_live(own, now):
        behind = english and own is not english and (own.source_number or 0) < english.number
        return ShownGuidance(own, language, newer_number=english.number if english and behind else 0)
    if english and _is_live(english, now):
        return ShownGuidance(english, language)
    return ShownGuidance(own or english or next(iter(editions.values())), language, has_ended=True)


def _is_live(edition: GuidanceEdition, now: datetime) -> bool:
    is_over = edition.expires_at is not None and edition.expires_at <= now
    return edition.state == EditionState.PUBLISHED and not is_over
