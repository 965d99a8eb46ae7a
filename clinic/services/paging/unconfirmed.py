"""A page that is not known to have arrived within 90 seconds.

One that no provider has taken moves its chain on, whatever comes next. A text that was taken and never
reported as arrived brings the same person's next channel forward, not the next person: a carrier without
receipts must not turn a clinic's fifteen minutes into ninety seconds. A call that was taken rings, or rang:
one that nobody answers is reported as failed (undelivered), and nothing but a key says that it arrived.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic.models import Page
from clinic.models.page import PageState
from clinic.queries.paging import pages
from clinic.rules.paging.channels import Channel
from clinic.rules.paging.ladder import UNCONFIRMED_AFTER
from clinic.services.paging import undelivered
from notifications.queries import states_of
from notifications.rules.states import TAKEN, State


def move_chains_on(*, now: datetime) -> int:
    """Move on every chain whose last page is still unconfirmed after that time; returns how many."""
    waiting = Page.objects.filter(state=PageState.DUE, due_at__gt=now).exclude(number=1)
    return sum(
        _move_chain_on(escalation_id, role, attempt, now)
        for escalation_id, role, attempt in waiting.values_list("escalation_id", "role", "attempt")
    )


@transaction.atomic
def _move_chain_on(escalation_id: UUID, role: str, next_attempt: int, now: datetime) -> bool:
    last = pages.last_of_chain(escalation_id, role)
    if last is None or last.sent_at is None or last.sent_at > now - UNCONFIRMED_AFTER:
        return False
    state = states_of([last.message_id]).get(last.message_id) if last.message_id else None
    if state is None or state is State.DELIVERED:
        return False
    if state in TAKEN and (last.channel == Channel.VOICE or not next_attempt):
        return False
    return undelivered.bring_next_page_forward(page=last, now=now)
