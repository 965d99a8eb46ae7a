"""Guidance as families read it: in their language, else in English, else a fallback. Never nothing.

Families of a clinic that has its own variant of a page read that; everybody else reads the shared page.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db.models import OuterRef, Q, QuerySet, Subquery

from caregiver.models import Edition, EditionState, GuidanceEdition, Picture, VariantEdition
from caregiver.queries.guidance.editions import SHARED_FACTS
from caregiver.rules.guidance.documents import KEPT_ON_PHONES

# The texts of one page that count for a reader: shared or the clinic's own, by language.
Texts = Mapping[tuple[bool, str], Edition]
SHARED, OWN = False, True


@dataclass(frozen=True)
class ShownGuidance:
    """One page as it is to be shown. `has_ended`: expired or taken back; only whom to call is shown then."""

    edition: Edition
    wanted_language: str
    # The English version that is ahead of this translation; 0 where the translation says the same.
    newer_number: int = 0
    has_ended: bool = False
    # The clinic has a text of its own, in English only; this is the shared one in the reader's language.
    has_own_in_english: bool = False
    # Named in links to it where the reader has several clinics.
    named_clinic: UUID | None = None

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
    def is_variant(self) -> bool:
        """The clinic's own text, not the one that all clinics share."""
        return self.edition.clinic_id is not None

    @property
    def clinic_query(self) -> str:
        """What a link to it adds to the address."""
        return f"?clinic={self.named_clinic}" if self.named_clinic else ""

    @property
    def is_kept_on_phones(self) -> bool:
        return self.edition.level in KEPT_ON_PHONES


def live_guidance(*, language: str, now: datetime, clinic_id: UUID | None = None) -> dict[str, ShownGuidance]:
    """Every page that is live for families of this clinic, in its order; at most two queries."""
    wanted = Q(language__in={language, settings.LANGUAGE_CODE}, at__lte=now)
    shown = [_choose(texts, language, now) for texts in _texts_by_slug(wanted, clinic_id).values()]
    live = [one for one in shown if not one.has_ended]
    return {one.slug: one for one in sorted(live, key=lambda one: (one.content["number"], one.slug))}


def guidance_page(
    *, slug: str, language: str, now: datetime, clinic_id: UUID | None = None
) -> ShownGuidance | None:
    """One page as of a moment, for families of this clinic; None only if there never was such a page."""
    wanted = Q(slug=slug, language__in={language, settings.LANGUAGE_CODE}, at__lte=now)
    found = _texts_by_slug(wanted, clinic_id).get(slug)
    return _choose(found, language, now) if found else None


def editions_of(*, slug: str, language: str, clinic_id: UUID | None = None) -> list[Edition]:
    """What this clinic's families came to read of a page, the newest first.

    While the clinic has a text of its own, what happens to the shared page is nothing that they read.
    """
    wanted = Q(slug=slug, language__in={language, settings.LANGUAGE_CODE})
    shared: list[Edition] = list(GuidanceEdition.objects.filter(wanted).defer("content"))
    own: list[Edition] = []
    if clinic_id is not None:
        own += VariantEdition.objects.filter(wanted, clinic_id=clinic_id).defer("content")
    rows = own + [row for row in shared if not _stands_back(row, own)]
    return sorted(rows, key=lambda row: (row.at, row.pk), reverse=True)


def _stands_back(shared: Edition, own: Iterable[Edition]) -> bool:
    """Whether an own text was live when this shared one came."""
    before = [one for one in own if one.language == shared.language and one.at <= shared.at]
    last = max(before, key=lambda one: (one.at, one.pk), default=None)
    return last is not None and last.state == EditionState.PUBLISHED


@dataclass(frozen=True)
class OfflineGuidance:
    """What phones take along: the pages by address, and the pictures on them."""

    slugs: tuple[str, ...]
    pictures: tuple[str, ...]


def offline_guidance(*, now: datetime, clinic_id: UUID | None = None) -> OfflineGuidance:
    """Emergency and urgent pages; the English page says how pressing it is in every language."""
    shown = live_guidance(language=settings.LANGUAGE_CODE, now=now, clinic_id=clinic_id)
    pages = [one for one in shown.values() if one.is_kept_on_phones]
    pictures = {
        block["picture"]["image"]: None
        for one in pages
        for block in one.content["body"]
        if "picture" in block
    }
    return OfflineGuidance(tuple(one.slug for one in pages), tuple(key for key in pictures if key))


def edition_stamp(*, clinic_id: UUID | None = None) -> str:
    """Changes whenever any page that this clinic's families read does: phones fetch those they keep anew."""
    last = GuidanceEdition.objects.order_by("-pk").values_list("pk", flat=True).first()
    if clinic_id is None:
        return str(last or 0)
    rows = VariantEdition.objects.filter(clinic_id=clinic_id)
    own = rows.order_by("-pk").values_list("pk", flat=True).first()
    return f"{last or 0}.{clinic_id}.{own or 0}"


def picture(*, digest: str) -> bytes | None:
    """An uploaded picture."""
    row = Picture.objects.filter(digest=digest, bundled="").first()
    return bytes(row.data) if row and row.data else None


def _texts_by_slug(wanted: Q, clinic_id: UUID | None) -> dict[str, dict[tuple[bool, str], Edition]]:
    """The last edition of each text that is wanted, shared and the clinic's own, by page."""
    rows = _latest_editions(GuidanceEdition.objects.filter(wanted))
    if clinic_id is not None:
        rows += _latest_editions(VariantEdition.objects.filter(wanted, clinic_id=clinic_id))
    found: dict[str, dict[tuple[bool, str], Edition]] = {}
    for row in rows:
        found.setdefault(row.slug, {})[(row.clinic_id is not None, row.language)] = row
    return found


def _latest_editions(rows: QuerySet[Any]) -> list[Edition]:
    last = (
        rows.filter(slug=OuterRef("slug"), language=OuterRef("language"))
        .order_by("-at", "-pk")
        .values("pk")[:1]
    )
    return list(rows.filter(Q(pk=Subquery(last))).order_by("slug", "language"))


def _choose(texts: Texts, language: str, now: datetime) -> ShownGuidance:
    """Own before shared, and in the reader's language before English.

    A text that the reader can read comes before an own one that they cannot, which is named beside it.
    """
    english = settings.LANGUAGE_CODE
    live = {key: one for key, one in texts.items() if _is_live(one, now)}
    has_own_in_english = language != english and (OWN, english) in live
    if own := live.get((OWN, language)):
        return ShownGuidance(_about_the_same(own, texts), language, newer_number=_ahead_of_own(own, live))
    if shared := live.get((SHARED, language)):
        return ShownGuidance(
            shared,
            language,
            newer_number=_ahead_of_shared(shared, texts),
            has_own_in_english=has_own_in_english,
        )
    if own := live.get((OWN, english)):
        return ShownGuidance(_about_the_same(own, texts), language)
    if shared := live.get((SHARED, english)):
        return ShownGuidance(shared, language)
    last = texts.get((SHARED, language)) or texts.get((SHARED, english)) or next(iter(texts.values()))
    return ShownGuidance(last, language, has_ended=True)


def _ahead_of_shared(translation: Edition, texts: Texts) -> int:
    """The shared English version that this shared translation does not say yet; 0 for none."""
    newest = texts.get((SHARED, settings.LANGUAGE_CODE))
    is_behind = newest and newest is not translation and (translation.source_number or 0) < newest.number
    return newest.number if newest and is_behind else 0


def _ahead_of_own(own: Edition, live: Texts) -> int:
    """The English version, the clinic's own or else the shared one, that an own translation does not say."""
    english = settings.LANGUAGE_CODE
    if own.language == english:
        return 0
    newest = live.get((OWN, english)) or live.get((SHARED, english))
    if newest is None:
        return 0
    says_another = (newest.clinic_id is not None) != getattr(own, "source_is_own", False)
    return newest.number if says_another or (own.source_number or 0) < newest.number else 0


def _about_the_same(own: Edition, texts: Texts) -> Edition:
    """An own text is about what the shared page is about today: as pressing, for the same questions."""
    shared = texts.get((SHARED, settings.LANGUAGE_CODE))
    if shared is not None and shared.content:
        facts = {key: shared.content[key] for key in SHARED_FACTS if key in shared.content}
        own.content, own.level = {**own.content, **facts}, shared.level
    return own


def _is_live(edition: Edition, now: datetime) -> bool:
    is_over = edition.expires_at is not None and edition.expires_at <= now
    return edition.state == EditionState.PUBLISHED and not is_over
