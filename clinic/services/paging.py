"""Pages staff until a person answers. The timers are rows; whoever wakes first sends what is due.

Locks are always taken in the order escalation, page, message, clinic.
"""

import logging
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from clinic.models import Escalation, EscalationEvent, Page, Staff
from clinic.models.escalation import EscalationEventKind, EscalationState
from clinic.models.page import PageState
from clinic.models.system_alarm import AlarmKind
from clinic.queries import on_call
from clinic.rules import ladder
from clinic.services import alarms, live, page_brand
from notifications.services import nudge, outbox

logger = logging.getLogger(__name__)

# A page that could not go out for so long is worth nothing any more: the next one is on its way.
PAGE_EXPIRES_AFTER = timedelta(minutes=10)
NOBODY_RETRY = timedelta(seconds=60)


def start(*, escalation: Escalation, now: datetime) -> Page:
    """Start the chain from its first step, due at once. Runs inside the caller's transaction."""
    cancel(escalation=escalation, now=now)
    page = _next(escalation, step=0, due_at=now)
    nudge.after_commit("clinic.tasks.send_page", page.pk)
    return page


def cancel(*, escalation: Escalation, now: datetime) -> None:
    """A person answered: nothing more goes out that can still be held back."""
    Page.objects.filter(escalation=escalation, state=PageState.DUE).update(
        state=PageState.CANCELLED, cancelled_at=now
    )
    for message_id in escalation.pages.filter(state=PageState.SENT).values_list("message_id", flat=True):
        if message_id:
            outbox.cancel(message_id=message_id, now=now)


def send_due(*, now: datetime) -> int:
    """Hand every due page to the outbox; returns how many. One bad page stops no other."""
    sent = 0
    due = Page.objects.filter(state=PageState.DUE, due_at__lte=now).order_by("due_at")
    for page_id in list(due.values_list("pk", flat=True)[:200]):
        try:
            sent += send(page_id=page_id, now=now)
        except Exception:
            logger.exception("a page cannot be sent", extra={"page_id": str(page_id)})
    return sent


@transaction.atomic
def send(*, page_id: UUID, now: datetime) -> bool:
    """Hand one page to the outbox if it is still due, and plan the one after it."""
    row = Page.objects.filter(pk=page_id).values_list("escalation_id", flat=True).first()
    if row is None:
        return False
    escalation = Escalation.objects.select_for_update().get(pk=row)
    page = Page.objects.select_for_update().get(pk=page_id)
    if page.state != PageState.DUE or page.due_at > now:
        return False
    if escalation.state != EscalationState.OPEN:
        page.state, page.cancelled_at = PageState.CANCELLED, now
        page.save(update_fields=["state", "cancelled_at"])
        return False
    chain = on_call.chain(escalation.clinic_id, now)
    people = [staff for staff in chain if on_call.reachable(staff)]
    if not people:
        return _nobody(page, escalation, now)
    step = ladder.step(page.step, len(people))
    _hand_over(page, escalation, people[step.position], now)
    _next(escalation, step=page.step + 1, due_at=now + step.wait)
    return True


@transaction.atomic
def undelivered(*, message_id: UUID, now: datetime) -> None:
    """The text did not arrive: tell the console and page the next person now, not in five minutes."""
    page = Page.objects.filter(message_id=message_id).select_related("escalation").first()
    if page is None:
        return
    escalation = Escalation.objects.select_for_update().get(pk=page.escalation_id)
    if escalation.state != EscalationState.OPEN:
        return
    alarms.raise_alarm(
        clinic_id=escalation.clinic_id, kind=AlarmKind.PAGE_FAILED, subject=escalation.pk, now=now
    )
    if page.number == _last_number(escalation) - 1:
        Page.objects.filter(escalation=escalation, state=PageState.DUE).update(due_at=now)
        nudge.after_commit("clinic.tasks.tick")


def _next(escalation: Escalation, *, step: int, due_at: datetime) -> Page:
    return Page.objects.create(
        escalation=escalation, number=_last_number(escalation) + 1, step=step, due_at=due_at
    )


def _last_number(escalation: Escalation) -> int:
    last = escalation.pages.order_by("-number").values_list("number", flat=True).first()
    return last or 0


def _nobody(page: Page, escalation: Escalation, now: datetime) -> bool:
    """Nobody to page is an alarm on every console, and the page stays due."""
    alarms.raise_alarm(clinic_id=escalation.clinic_id, kind=AlarmKind.NO_ON_CALL, subject="", now=now)
    page.due_at = now + NOBODY_RETRY
    page.save(update_fields=["due_at"])
    return False


def _hand_over(page: Page, escalation: Escalation, staff: Staff, now: datetime) -> None:
    alarms.clear(clinic_id=escalation.clinic_id, kind=AlarmKind.NO_ON_CALL, subject="", now=now)
    message = outbox.queue(
        to=str(staff.phone),
        body=_text(escalation, staff),
        purpose="page",
        dedupe_key=f"page:{page.pk}",
        service="paging",
        expires_at=now + PAGE_EXPIRES_AFTER,
        language=staff.user.language,
        now=now,
    )
    page.state, page.sent_at, page.staff, page.message_id = PageState.SENT, now, staff, message.pk
    page.save(update_fields=["state", "sent_at", "staff", "message_id"])
    EscalationEvent.objects.create(
        escalation=escalation, kind=EscalationEventKind.PAGED, at=now, text=staff.user.name
    )
    live.changed(
        clinic_id=escalation.clinic_id,
        kind="escalation.paged",
        ref=escalation.pk,
        level=str(escalation.level),
        now=now,
    )


def _text(escalation: Escalation, staff: Staff) -> str:
    """A link and nothing else: no health word, no name, no level leaves in a text."""
    with translation.override(staff.user.language):
        return _("%(brand)s: someone needs your answer now. Open %(url)s") % {
            "brand": page_brand.of(escalation.pk),
            "url": f"{settings.PUBLIC_BASE_URL}/console/escalations/{escalation.pk}/",
        }
