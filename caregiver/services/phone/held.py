"""Whether what a phone had a receipt for is still here; after an older dump was restored, some is not."""

from uuid import UUID

from clinic import row_scope
from clinic.models import Report, Worry
from clinic.rules.core import strict_json

# More than a family hands in while a phone holds it (offline/queue.js).
MOST_ASKED = 200


class NotAsked(Exception):
    """Not a list of ids, or a longer one than any phone holds."""


def read_ids(raw: bytes) -> list[UUID]:
    """The ids that a phone asks about. NotAsked."""
    try:
        asked = strict_json.parse(raw)
        ids = [UUID(one) for one in asked["ids"]]
    except (TypeError, KeyError, ValueError, AttributeError) as problem:
        raise NotAsked from problem
    if len(ids) > MOST_ASKED:
        raise NotAsked
    return ids


@row_scope.everything()
def lost(ids: list[UUID]) -> list[UUID]:
    """Those of them that are not here, in their order.

    Of all clinics: what stayed behind at a transfer, or was emptied with its patient, is not lost. Says
    nothing but that; ids are random.
    """
    here = set(Report.objects.filter(pk__in=ids).values_list("pk", flat=True))
    here |= set(Worry.objects.filter(pk__in=ids).values_list("pk", flat=True))
    return [one for one in ids if one not in here]
