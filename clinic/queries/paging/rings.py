"""Which phones are being rung, and have just been: what keeps one page from ringing beside another."""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from clinic.models import Clinic, Page, Staff
from clinic.models.page import PageState
from clinic.queries.paging import pages
from clinic.rules.paging.channels import Channel
from clinic.rules.paging.rings import CALL_LASTS


def channels_rung(*, page: Page, staff: Staff, from_step: int) -> frozenset[str]:
    """By which channels the chain's round has reached this person's number for somebody else."""
    sent = _sent_in_round(page, from_step).filter(phone=str(staff.phone), to_line=False)
    return frozenset(one.channel for one in pages.that_rang(sent.exclude(staff=staff)))


def phones_by_step(*, page: Page, from_step: int) -> dict[int, frozenset[str]]:
    """Which phones the chain's round has paged so far, at which of its steps."""
    found: dict[int, set[str]] = defaultdict(set)
    for step, phone in _sent_in_round(page, from_step).values_list("step", "phone"):
        found[step].add(phone)
    return {step: frozenset(phones) for step, phones in found.items()}


def _sent_in_round(page: Page, from_step: int) -> QuerySet[Page]:
    chain = Page.objects.filter(escalation=page.escalation_id, role=page.role)
    started = chain.filter(step=0, attempt=0).order_by("-number").values_list("number", flat=True).first()
    return chain.filter(state=PageState.SENT, number__gte=started or 0, step__gte=from_step)


def last_called_at(*, page: Page, staff: Staff | None, clinic_id: UUID, now: datetime) -> datetime | None:
    """When this person, or this number, was last called, if that call may still be under way."""
    if staff is None:
        who = Q(phone=str(Clinic.objects.only("line_phone").get(pk=clinic_id).line_phone))
    else:
        who = Q(phone=str(staff.phone)) | Q(staff__user=staff.user_id)
    calls = Page.objects.filter(
        who, state=PageState.SENT, channel=Channel.VOICE, sent_at__gt=now - CALL_LASTS, sent_at__lte=now
    )
    rang = pages.last_that_rang(calls.exclude(pk=page.pk))
    return rang.sent_at if rang else None
