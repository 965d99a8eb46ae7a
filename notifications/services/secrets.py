"""Takes codes and links out of messages that are done: whoever reads the table later finds no way in."""

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import Q

from notifications.models import Message
from notifications.rules.purposes import SECRET
from notifications.rules.states import FINAL

# A call that was answered at the last moment may still be saying it.
_SAID_BY = timedelta(minutes=15)
_AT_MOST = 500


def blank(*, now: datetime) -> int:
    """Empty the bodies of codes and links whose message is final, or whose time is long over.

    Of many a carrier never says what became of them. All else of the row stays. The demo keeps the bodies:
    its page of sent messages is where people read their codes. Returns how many.
    """
    if settings.DEMO:
        return 0
    written = Message.objects.filter(purpose__in=SECRET, due_at=None, lease_until=None).exclude(body="")
    done = written.filter(Q(state__in=FINAL) | Q(expires_at__lte=now - _SAID_BY))
    ids = list(done.order_by("expires_at").values_list("pk", flat=True)[:_AT_MOST])
    return Message.objects.filter(pk__in=ids, due_at=None, lease_until=None).update(body="")
