"""Counts how the pages are used, so that educators see what is read and what is not found. Names nobody."""

import re
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F

from caregiver.models import GuidanceSearchMiss, GuidanceUse
from caregiver.rules.guidance.search import words

_FIELDS = frozenset({"views", "clear", "unclear"})
_LONGEST = 60
MISSES_LAST = timedelta(days=180)


@transaction.atomic
def count(*, slug: str, language: str, what: str, now: datetime) -> None:
    """One more view, or one more answer to "was this clear?", on this day."""
    if what not in _FIELDS:
        return
    row, _ = GuidanceUse.objects.get_or_create(slug=slug, language=language, day=now.date())
    GuidanceUse.objects.filter(pk=row.pk).update(**{what: F(what) + 1})


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
