"""Sends the pages that the throttle held back: one text for everything that waits for a phone."""

import logging
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from clinic.models import Escalation, Page, Staff
from clinic.models.page import PageState
from clinic.queries.paging import pages
from clinic.rules.paging.channels import Channel
from clinic.rules.paging.rings import CALL_LASTS
from clinic.services.paging import rings, sending

logger = logging.getLogger(__name__)


def send_due(*, now: datetime) -> int:
    """Send one bundle to each phone whose wait is over; returns how many. A failure at one stops no other."""
    held_pages = Page.objects.filter(state=PageState.HELD, due_at__lte=now)
    sent = 0
    for staff_id in set(held_pages.values_list("staff_id", flat=True)):
        try:
            sent += send(staff_id=staff_id, now=now)
        except Exception:
            logger.exception("a bundle cannot be sent", extra={"staff_id": staff_id})
    return sent


@transaction.atomic
def send(*, staff_id: int, now: datetime) -> bool:
    """Send everything held back for this person's phone; False when none of it is wanted any more.

    Colleagues who share the number are told together: it rings once. The escalations are locked in one order,
    so that two workers never wait for each other.
    """
    staff = Staff.objects.select_related("user", "clinic").get(pk=staff_id)
    on_phone = Q(staff__clinic=staff.clinic, staff__phone=staff.phone) if staff.phone else Q(staff=staff)
    held_pages = Page.objects.filter(on_phone, state=PageState.HELD)
    escalation_ids = sorted(set(held_pages.values_list("escalation_id", flat=True)))
    escalations = {
        one.pk: one
        for one in Escalation.objects.select_for_update().filter(pk__in=escalation_ids).order_by("pk")
    }
    locked = list(
        held_pages.filter(escalation__in=escalations)
        .select_related("staff__user", "staff__clinic")
        .select_for_update(of=("self",))
        .order_by("number")
    )
    waiting = [page for page in locked if pages.is_chain_wanted(escalations[page.escalation_id], page.role)]
    for page in locked:
        if page not in waiting:
            page.state, page.cancelled_at = PageState.CANCELLED, now
            page.save(update_fields=["state", "cancelled_at"])
    if not waiting:
        return False
    alone = len(waiting) == 1
    if alone and waiting[0].staff:
        staff = waiting[0].staff
    rings.lock_phone(staff)
    if alone and _waits_for_call(waiting[0], escalations[waiting[0].escalation_id], now):
        return False
    message = (
        sending.send_page(page=waiting[0], staff=staff, now=now)
        if alone
        else sending.send_bundle(pages=waiting, staff=staff, now=now)
    )
    for page in waiting:
        # A bundle is a text, whatever each of its pages would have been.
        page.channel = page.channel if alone else Channel.SMS
        sending.mark_sent(page=page, message=message, now=now)
    return True


def _waits_for_call(page: Page, escalation: Escalation, now: datetime) -> bool:
    """A bundle of one may be a call, and the phone may be in another."""
    return rings.wait_for_call(page=page, escalation=escalation, until=now + CALL_LASTS, now=now)
