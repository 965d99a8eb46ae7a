"""Fills the columns by which people are searched and compared, where an older version wrote the row."""

from datetime import datetime

from clinic.models import Patient, User

AT_ONCE = 500


def fill_missing(*, now: datetime) -> None:
    """Every row that has none, by batches; what is left when it is stopped is filled in the next round."""
    for model, fields in ((Patient, ["given_key", "family_key", "search_text"]), (User, ["search_text"])):
        empty = model.objects.filter(search_text="", erased_at__isnull=True).only("pk")
        after = None
        while True:
            rows = empty.order_by("pk")
            ids = list((rows.filter(pk__gt=after) if after else rows).values_list("pk", flat=True)[:AT_ONCE])
            if not ids:
                break
            for row in model.objects.filter(pk__in=ids):
                row.save(update_fields=fields)
            after = ids[-1]
