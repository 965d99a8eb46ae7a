"""Pages that were sent: to whom, in which chain, and whether their chain must go on."""

from datetime import datetime, timedelta
from uuid import UUID

from clinic.models import Escalation, Page
from clinic.models.escalation import EscalationState
from clinic.models.page import PageState

# A reply counts for a day; after that the text is treated like any other.
REPLY_COUNTS_FOR = timedelta(hours=24)


def last_sent_at(*, phone: str, before: datetime, but_not: UUID) -> datetime | None:
    """When a page last went to a phone, by whatever channel, about any escalation but this one.

    The next channel for the same patient is never held back: it follows because the first did not work.
    """
    sent = Page.objects.filter(phone=phone, state=PageState.SENT, sent_at__lte=before)
    sent = sent.exclude(escalation_id=but_not)
    return sent.order_by("-sent_at").values_list("sent_at", flat=True).first()


def page_answered_by(*, phone: str, code: str, at: datetime) -> Page | None:
    """The page that a text from a phone is about: that with the code, or the newest that went there."""
    sent = Page.objects.filter(
        phone=phone, staff__isnull=False, sent_at__gt=at - REPLY_COUNTS_FOR, sent_at__lte=at
    )
    if code:
        sent = sent.filter(code=code)
    return sent.select_related("staff__user", "staff__clinic").order_by("-sent_at", "-number").first()


def is_chain_wanted(escalation: Escalation, role: str) -> bool:
    """Whether this chain must go on: nobody has it, or this role still owes its answer."""
    if escalation.state == EscalationState.OPEN:
        return True
    owed = escalation.required_answers.filter(role=role, answered_at__isnull=True)
    return escalation.state == EscalationState.ACKNOWLEDGED and bool(role) and owed.exists()


def last_of_chain(escalation_id: UUID, role: str) -> Page | None:
    """The last page of a chain that went out."""
    sent = Page.objects.filter(escalation_id=escalation_id, role=role, state=PageState.SENT)
    return sent.order_by("-number").first()


def of_message(message_id: UUID) -> Page | None:
    """The page that a message carried; of a bundle none, because it is about several."""
    carried = list(
        Page.objects.filter(message_id=message_id).select_related("staff__user", "staff__clinic")[:2]
    )
    return carried[0] if len(carried) == 1 else None


def is_settled(page: Page) -> bool:
    """Whether nobody waits for an answer to this page any more."""
    return not is_chain_wanted(page.escalation, page.role)
