"""The chains that wait for somebody who has left: they move on at once, and the phone rings no more."""

from datetime import datetime
from uuid import UUID

from clinic.models import Escalation, Page, Staff
from clinic.models.page import PageState
from clinic.queries.paging import pages
from clinic.services.paging import taking_back
from notifications.services import nudge


def waiting_for(staff: Staff) -> list[UUID]:
    """The escalations in which a page went to this person last, or waits to go to them."""
    rows = Page.objects.filter(staff=staff).exclude(state=PageState.CANCELLED)
    return list(rows.values_list("escalation_id", flat=True).distinct())


def move_chains_on(*, escalation: Escalation, staff: Staff, now: datetime) -> None:
    """Take the person's pages back, and page the next person now where the chain stood at them.

    Runs inside the caller's transaction, which holds the lock on the escalation.
    """
    for page in list(escalation.pages.filter(staff=staff).exclude(state=PageState.CANCELLED)):
        if not pages.is_chain_wanted(escalation, page.role):
            continue
        last = pages.last_of_chain(escalation.pk, page.role)
        stood_there = page.state != PageState.SENT or (last is not None and last.pk == page.pk)
        if page.state != PageState.DUE:
            taking_back.take_back([page], now=now)
        if stood_there:
            _page_next(escalation, page.role, page.step, now)


def _page_next(escalation: Escalation, role: str, step: int, now: datetime) -> None:
    """At the step of whoever has left the next person of the chain stands now."""
    due = escalation.pages.filter(role=role, state=PageState.DUE).select_for_update().first()
    if due is None:
        return
    due.step, due.attempt, due.began_at, due.staff = step, 0, None, None
    due.due_at = min(due.due_at, now)
    due.save(update_fields=["step", "attempt", "began_at", "staff", "due_at"])
    nudge.after_commit("clinic.tasks.send_page", due.pk)
