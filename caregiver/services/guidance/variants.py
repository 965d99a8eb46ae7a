"""A clinic's own variant of a shared page: begun from it, and held beside it again whenever it changes."""

import uuid
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import transaction

from caregiver.models import GuidancePage, GuidanceVariant, VariantComparison
from caregiver.models.guidance_review import ensure_workflow
from caregiver.queries.guidance import editions, variants
from caregiver.services.guidance.desk_acts import COPIED
from clinic import access
from clinic.access import Permission
from clinic.models import User
from clinic.services.core import audit


class CannotVary(Exception):
    """Families do not read the shared page, so there is nothing to have a variant of."""


class SharedPageMoved(Exception):
    """The shared page has changed again since it was read: the newer one is to be read first."""


@transaction.atomic
def begin(*, page: GuidancePage, clinic_id: UUID, by: User, now: datetime) -> GuidanceVariant:
    """A draft of the clinic's own with the shared text to write over, or the one that is there.

    NotAllowed, CannotVary.
    """
    access.require(by, Permission.EDIT_CONTENT, clinic_id)
    # Of two who begin it at once one waits here, and finds what the other has begun.
    page = GuidancePage.objects.select_for_update().get(pk=page.pk)
    begun = GuidanceVariant.objects.filter(clinic_id=clinic_id, slug=page.slug, locale_id=page.locale_id)
    found = begun.first()
    if found is not None:
        return found
    shared = editions.live_edition(page.slug, page.language)
    if shared is None or not page.live:
        raise CannotVary
    # The editor offers to hand it in by this.
    ensure_workflow()
    # The row of a live page is the text that families read.
    draft = GuidanceVariant(
        **{name: getattr(page, name) for name in (*GuidancePage.SHARED, *COPIED)},
        clinic_id=clinic_id,
        locale_id=page.locale_id,
        translation_key=_key_of_clinic(page.slug, clinic_id),
        source_number=_source_number(page, clinic_id),
        reviewed=page.reviewed,
        live=False,
        has_unpublished_changes=True,
    )
    draft.save()
    draft.save_revision(user=by, clean=False)
    _compare(draft, shared.pk, by, now)
    _audit("guidance.variant_begun", draft, by, now, shared_version=shared.number)
    return draft


@transaction.atomic
def confirm(*, variant: GuidanceVariant, shared_edition_id: int, by: User, now: datetime) -> None:
    """Somebody who writes for the clinic has read what changed, and the clinic's own text still holds.

    Twice is once. NotAllowed, SharedPageMoved.
    """
    access.require(by, Permission.EDIT_CONTENT, variant.clinic_id)
    change = variants.shared_change(variant)
    if change.now is None or change.now.pk != shared_edition_id:
        raise SharedPageMoved
    if _compare(variant, shared_edition_id, by, now):
        _audit("guidance.variant_confirmed", variant, by, now, shared_version=change.now.number)


def _source_number(page: GuidancePage, clinic_id: UUID) -> int | None:
    """The English version that the shared text says; none where the clinic has its own English text."""
    own = editions.live_edition(page.slug, settings.LANGUAGE_CODE, clinic_id=clinic_id)
    return None if own else page.source_number


def _key_of_clinic(slug: str, clinic_id: UUID) -> UUID:
    """What ties the clinic's own texts of a page together, in all languages."""
    other = GuidanceVariant.objects.filter(slug=slug, clinic_id=clinic_id).first()
    return other.translation_key if other else uuid.uuid4()


def _compare(variant: GuidanceVariant, shared_edition_id: int, by: User, now: datetime) -> bool:
    _row, is_new = VariantComparison.objects.get_or_create(
        clinic_id=variant.clinic_id,
        slug=variant.slug,
        language=variant.language,
        shared_edition_id=shared_edition_id,
        defaults={"compared_at": now, "compared_by": by.pk},
    )
    return is_new


def _audit(action: str, variant: GuidanceVariant, by: User, now: datetime, *, shared_version: int) -> None:
    audit.record(
        action=action,
        by=by,
        now=now,
        clinic_id=variant.clinic_id,
        subject_type="guidance",
        subject_id=editions.audited_as(variant),
        detail={"shared_version": shared_version},
    )
