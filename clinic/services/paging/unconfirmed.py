"""A page of which nothing is heard does not wait for the next step: the next channel is used at once."""

from datetime import datetime

from django.db import transaction

from clinic.models import Page
from clinic.models.page import PageState
from clinic.queries.paging import pages
from clinic.rules.paging.ladder import SILENT_AFTER
from clinic.services.paging import undelivered
from notifications.queries import arrived


def end(*, now: datetime) -> int:
    """Hurry every chain whose last page has not arrived within the time for it; returns how many."""
    waiting = Page.objects.filter(state=PageState.DUE, due_at__gt=now).exclude(number=1)
    return sum(
        _hurry(escalation_id, role, now)
        for escalation_id, role in waiting.values_list("escalation_id", "role")
    )


@transaction.atomic
def _hurry(escalation_id: object, role: str, now: datetime) -> bool:
    last = pages.last_of_chain(escalation_id, role)  # type: ignore[arg-type]
    if last is None or last.sent_at is None or last.sent_at > now - SILENT_AFTER:
        return False
    if last.message_id is None or arrived(last.message_id):
        return False
    return undelivered.hurry(page=last, now=now)
