"""What was sent is not kept: a preview for a day, the words of an import for thirty."""

from datetime import datetime, timedelta

from django.db.models import Q, QuerySet

from clinic.models import Import, ImportRow
from clinic.services.core.kept import Kind

PREVIEW_FOR = timedelta(days=1)
WORDS_FOR = timedelta(days=30)


def _previews(now: datetime) -> QuerySet[Import]:
    return Import.objects.filter(committed_at__isnull=True, created_at__lt=now - PREVIEW_FOR)


def _words(now: datetime) -> QuerySet[ImportRow]:
    rows = ImportRow.objects.filter(
        of_import__committed_at__isnull=False, of_import__created_at__lt=now - WORDS_FOR
    )
    return rows.exclude(Q(said={}) & Q(person=""))


def _empty(rows: QuerySet[ImportRow], _now: datetime) -> None:
    rows.update(said={}, person="")


KINDS = (Kind("import_previews", _previews), Kind("import_words", _words, _empty))
