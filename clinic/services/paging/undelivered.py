"""What follows a page that was not delivered, or that its recipient passes on.

The chain then moves on at once instead of waiting for its time.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic.models import Escalation, Page
from clinic.models.page import PageState
from clinic.models.system_alarm import AlarmKind
from clinic.queries.paging import pages
from clinic.services.core import alarms
from notifications.services import nudge


@transaction.atomic
def move_chains_on(*, message_id: UUID, now: datetime) -> None:
    """The page was not delivered: alarm the console and move each chain on at once."""
    # A bundle carried the pages of several patients; each chain moves on by itself.
    for escalation_id in _escalations_carried_by(message_id):
        escalation = Escalation.objects.select_for_update().get(pk=escalation_id)
        page = escalation.pages.filter(message_id=message_id).order_by("number").last()
        if page is None or not pages.is_chain_wanted(escalation, page.role):
            continue
        alarms.raise_alarm(
            clinic_id=escalation.clinic_id, kind=AlarmKind.PAGE_FAILED, subject=escalation.pk, now=now
        )
        bring_next_page_forward(page=page, now=now)


@transaction.atomic
def pass_to_next_person(*, page_id: UUID, now: datetime) -> bool:
    """The person says that they cannot: the next person now, not this one's next channel.

    False where nobody waits any more, or where the chain has gone on to somebody else since: a late no must
    not take it back to an earlier step.
    """
    page = Page.objects.get(pk=page_id)
    escalation = Escalation.objects.select_for_update().get(pk=page.escalation_id)
    last = pages.last_of_chain(escalation.pk, page.role)
    if last is None or (last.step, last.staff_id) != (page.step, page.staff_id):
        return False
    following = Page.objects.select_for_update().filter(
        escalation=escalation, role=page.role, state=PageState.DUE
    )
    due = following.first()
    if due is None or not pages.is_chain_wanted(escalation, page.role):
        return False
    # After the holder, who was asked alone, the chain begins.
    due.step = 0 if page.to_holder else page.step + 1
    due.attempt, due.began_at, due.staff = 0, None, None
    due.due_at = now
    due.save(update_fields=["step", "attempt", "began_at", "staff", "due_at"])
    nudge.after_commit("clinic.tasks.send_page", due.pk)
    return True


def bring_next_page_forward(*, page: Page, now: datetime) -> bool:
    """Make the chain's next page due now, unless the chain has moved on since."""
    last = pages.last_of_chain(page.escalation_id, page.role)
    if last is None or last.pk != page.pk or _is_held_back(page):
        return False
    following = Page.objects.filter(
        escalation_id=page.escalation_id, role=page.role, state=PageState.DUE, due_at__gt=now
    )
    moved = following.update(due_at=now)
    if moved:
        nudge.after_commit("clinic.tasks.tick")
    return bool(moved)


def _is_held_back(page: Page) -> bool:
    """A newer page of the chain waits for its bundle, within a minute: nothing is to be hurried past it."""
    later = Page.objects.filter(
        escalation_id=page.escalation_id, role=page.role, state=PageState.HELD, number__gt=page.number
    )
    return later.exists()


def _escalations_carried_by(message_id: UUID) -> list[UUID]:
    carried = Page.objects.filter(message_id=message_id).order_by("escalation_id")
    return list(dict.fromkeys(carried.values_list("escalation_id", flat=True)))
