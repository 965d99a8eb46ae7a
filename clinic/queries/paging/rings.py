"""Which phones are being rung, and have just been: what keeps one page from ringing beside another."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from clinic.models import Clinic, Page, Staff
from clinic.models.page import PageState
from clinic.queries.paging import pages
from clinic.rules.paging.channels import Channel
from clinic.rules.paging.rings import CALL_LASTS


def channels_rung(*, page: Page, staff: Staff, from_step: int) -> frozenset[str]:
    """By which channels the chain's round has reached this person's number for somebody else."""
    chain = Page.objects.filter(escalation=page.escalation_id, role=page.role)
    started = chain.filter(step=0, attempt=0).order_by("-number").values_list("number", flat=True).first()
    sent = chain.filter(
        state=PageState.SENT,
        phone=str(staff.phone),
        to_line=False,
        number__gte=started or 0,
        step__gte=from_step,
    )
    return frozenset(one.channel for one in pages.that_rang(sent.exclude(staff=staff)))


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
