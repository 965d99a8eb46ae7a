"""Whether a clinic's own variants were held beside the shared pages as they are now."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import OuterRef, Subquery

from caregiver.models import GuidanceEdition, GuidanceText, GuidanceVariant, VariantComparison
from caregiver.queries.guidance import editions

# Clinic (None: the shared page), page and language.
Key = tuple[UUID | None, str, str]


@dataclass(frozen=True)
class SharedChange:
    """The shared page when the variant was last held beside it, and now; None where there was none."""

    before: GuidanceEdition | None
    now: GuidanceEdition | None

    @property
    def is_open(self) -> bool:
        """Nobody has said yet that the variant holds beside the page of today."""
        return self.now is not None and self.now != self.before


def shared_change(variant: GuidanceVariant) -> SharedChange:
    """What has become of the shared page since somebody held this variant beside it."""
    compared = (
        VariantComparison.objects.filter(
            clinic_id=variant.clinic_id, slug=variant.slug, language=variant.language
        )
        .select_related("shared_edition")
        .order_by("-shared_edition_id")
        .first()
    )
    latest = editions.latest_edition(variant.slug, variant.language)
    return SharedChange(
        compared.shared_edition if compared else None,
        latest if isinstance(latest, GuidanceEdition) else None,
    )


def changed_beside(variants: Iterable[GuidanceVariant]) -> dict[Key, int]:
    """The shared edition of today by variant, where nobody has held that one beside it; two queries."""
    wanted = {key_of(one) for one in variants}
    if not wanted:
        return {}
    latest = _latest_shared({slug for _clinic, slug, _language in wanted})
    rows = VariantComparison.objects.filter(clinic__in={clinic for clinic, _slug, _language in wanted})
    compared = set(rows.values_list("clinic_id", "slug", "language", "shared_edition_id"))
    return {
        (clinic, slug, language): latest[slug, language]
        for clinic, slug, language in wanted
        if (slug, language) in latest and (clinic, slug, language, latest[slug, language]) not in compared
    }


def key_of(text: GuidanceText) -> Key:
    """A text by its clinic, page and language."""
    return (text.clinic_id, text.slug, text.language)


def _latest_shared(slugs: Iterable[str]) -> dict[tuple[str, str], int]:
    rows = GuidanceEdition.objects.filter(slug__in=slugs)
    last = (
        GuidanceEdition.objects.filter(slug=OuterRef("slug"), language=OuterRef("language"))
        .order_by("-at", "-pk")
        .values("pk")[:1]
    )
    found = rows.filter(pk=Subquery(last)).values_list("slug", "language", "pk")
    return {(slug, language): pk for slug, language, pk in found}
