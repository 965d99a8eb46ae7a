"""A page that is not confirmed as delivered within 90 seconds moves its chain on at once."""

from datetime import datetime

from django.db import transaction

from clinic.models import Page
from clinic.models.page import PageState
from clinic.queries.paging import pages
from clinic.rules.paging.ladder import UNCONFIRMED_AFTER
from clinic.services.paging import undelivered
from notifications.queries import is_delivered


def move_chains_on(*, now: datetime) -> int:
    """Move on every chain whose last page is still unconfirmed after that time; returns how many."""
    waiting = Page.objects.filter(state=PageState.DUE, due_at__gt=now).exclude(number=1)
    return sum(
        _move_chain_on(escalation_id, role, now)
        for escalation_id, role in waiting.values_list("escalation_id", "role")
    )


@transaction.atomic
def _move_chain_on(escalation_id: object, role: str, now: datetime) -> bool:
    last = pages.last_of_chain(escalation_id, role)  # type: ignore[arg-type]
    if last is None or last.sent_at is None or last.sent_at > now - UNCONFIRMED_AFTER:
        return False
    if last.message_id is None or is_delivered(last.message_id):
        return False
    return undelivered.bring_next_page_forward(page=last, now=now)
