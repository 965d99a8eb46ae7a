"""Counts how the pages are used, so that educators see what is read and what is not found. Names nobody."""

import re
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from caregiver.models import GuidanceSearchMiss, GuidanceUse, VariantUse
from caregiver.queries.guidance.reading import ShownGuidance
from caregiver.rules.guidance.search import words

_FIELDS = frozenset({"views", "clear", "unclear"})
_LONGEST = 60
MISSES_LAST = timedelta(days=180)


@transaction.atomic
def count(*, page: ShownGuidance, what: str, now: datetime) -> None:
    """One more view of this text, or one more answer to "was this clear?", on this day."""
    if what not in _FIELDS:
        return
    rows: Any = VariantUse.objects if page.is_variant else GuidanceUse.objects
    owner = {"clinic_id": page.edition.clinic_id} if page.is_variant else {}
    row, _ = rows.get_or_create(**owner, slug=page.slug, language=page.edition.language, day=now.date())
    rows.filter(pk=row.pk).update(**{what: F(what) + 1})


@transaction.atomic
def count_search_miss(*, query: str, language: str, now: datetime) -> None:
    """Search words that no page answered. Numbers are left out, and so is a whole sentence."""
    kept = [word for word in words(query) if not re.search(r"\d", word)][:4]
    text = " ".join(kept)[:_LONGEST]
    if not text:
        return
    row, _ = GuidanceSearchMiss.objects.get_or_create(
        words=text, language=language, defaults={"last_at": now}
    )
    GuidanceSearchMiss.objects.filter(pk=row.pk).update(count=F("count") + 1, last_at=now)


def delete_old_misses(*, now: datetime) -> None:
    """Words that nobody has searched for in half a year."""
    GuidanceSearchMiss.objects.filter(last_at__lte=now - MISSES_LAST).delete()
