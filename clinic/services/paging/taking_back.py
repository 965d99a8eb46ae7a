"""Takes pages back: those that have not left because a person has answered, or because a newer one goes."""

from collections.abc import Iterable
from datetime import datetime

from clinic.models import Page, Suppression
from clinic.models.escalation import EscalationState
from clinic.models.page import PageState
from clinic.models.suppression import SuppressionRule
from clinic.services.core import suppressions
from clinic.services.paging import sending
from notifications.services import outbox


def take_back(pages: Iterable[Page], *, now: datetime) -> None:
    """Cancel what is due or held back, and take from the outbox what has not left it."""
    for page in list(pages):
        if page.state == PageState.SENT:
            _take_message_back(page, now)
        else:
            _cancel(page, now)


def take_back_overtaken(newer: Page, *, now: datetime) -> None:
    """A page has gone out: what its chain sent before and is still in the outbox, or held, would ring late.

    As after an outage, when everything that waited would leave at once. Each leaves its row. One that is
    itself held back stands in a bundle for what was held before it.
    """
    gone_out = newer.state == PageState.SENT
    older = Page.objects.filter(
        escalation=newer.escalation_id,
        role=newer.role,
        number__lt=newer.number,
        state__in=[PageState.SENT, PageState.HELD] if gone_out else [PageState.HELD],
    )
    for page in older.order_by("number"):
        if page.state == PageState.HELD:
            _cancel(page, now)
            _record_overtaken(page, now)
        elif _take_message_back(page, now):
            # The page stays sent, its message suppressed, as after an answer.
            _record_overtaken(page, now)


def _take_message_back(page: Page, now: datetime) -> bool:
    """Whether its message provably never leaves."""
    if not page.message_id or not _is_recent(page, now) or _is_needed_by_others(page):
        return False
    return outbox.cancel(message_id=page.message_id, now=now)


def _cancel(page: Page, now: datetime) -> None:
    page.state, page.cancelled_at = PageState.CANCELLED, now
    page.save(update_fields=["state", "cancelled_at"])


def _record_overtaken(page: Page, now: datetime) -> None:
    """One page has one row: what was held back for a bundle has been overtaken in the end."""
    if Suppression.objects.filter(page=page).update(rule=SuppressionRule.OVERTAKEN):
        return
    suppressions.record(
        clinic_id=page.escalation.clinic_id,
        rule=SuppressionRule.OVERTAKEN,
        would_page=page.staff,
        patient_id=page.escalation.patient_id,
        escalation_id=page.escalation_id,
        page=page,
        now=now,
    )


def _is_needed_by_others(page: Page) -> bool:
    """Whether the same message carries the page of another patient who still waits."""
    carried = Page.objects.filter(message_id=page.message_id).exclude(escalation_id=page.escalation_id)
    return carried.filter(escalation__state=EscalationState.OPEN).exists()


def _is_recent(page: Page, now: datetime) -> bool:
    """Older ones have expired in the outbox by themselves."""
    return page.sent_at is not None and page.sent_at > now - 2 * sending.EXPIRES_AFTER
