"""Says that somebody was paged once a provider has taken the page, and not before."""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic.models import Escalation, EscalationEvent, Page
from clinic.models.escalation import EscalationEventKind
from clinic.queries.escalations.history import THE_LINE
from clinic.services.core import live
from notifications.queries import carried_instead


def record(*, message_id: UUID, now: datetime) -> int:
    """A provider took the message: each page that it carries becomes a line of its history, once.

    An e-mail that went in place of a text carries the pages of that text.
    """
    carried = Page.objects.filter(message_id=carried_instead(message_id), taken_at__isnull=True)
    return sum(
        _record_page(page_id, escalation_id, now)
        for page_id, escalation_id in carried.order_by("escalation_id").values_list("pk", "escalation_id")
    )


@transaction.atomic
def _record_page(page_id: UUID, escalation_id: UUID, now: datetime) -> bool:
    escalation = Escalation.objects.select_for_update().get(pk=escalation_id)
    if not Page.objects.filter(pk=page_id, taken_at__isnull=True).update(taken_at=now):
        return False
    page = Page.objects.select_related("staff__user").get(pk=page_id)
    whom = page.staff.user.name if page.staff else THE_LINE
    EscalationEvent.objects.create(escalation=escalation, kind=EscalationEventKind.PAGED, at=now, text=whom)
    live.publish_change(
        clinic_id=escalation.clinic_id,
        kind="escalation.paged",
        ref=escalation.pk,
        level=str(escalation.level),
        now=now,
    )
    return True
