"""Whether staff were told of something, or looked at it, after it had come: what a family may be told."""

from datetime import datetime

from clinic.models import AuditEvent, Escalation, Page
from clinic.models.page import PageState
from notifications.queries import states_of
from notifications.rules.states import State

_TAKEN_BY_PROVIDER = frozenset({State.ACCEPTED, State.SENT, State.DELIVERED})


def first_told(escalation: Escalation, *, since: datetime) -> datetime | None:
    """When the first page from then on left that the phone company has taken; None where none has."""
    sent = Page.objects.filter(escalation=escalation, state=PageState.SENT, sent_at__gte=since)
    rows = list(sent.order_by("sent_at", "number").values_list("sent_at", "message_id"))
    states = states_of(message_id for _at, message_id in rows if message_id)
    return next((at for at, pk in rows if pk and states.get(pk) in _TAKEN_BY_PROVIDER), None)


def first_opened(escalation: Escalation, *, since: datetime) -> datetime | None:
    """When somebody of the clinic first opened it from then on; each look is on record."""
    looks = AuditEvent.objects.filter(
        patient_id=escalation.patient_id,
        clinic_id=escalation.clinic_id,
        action="escalation.viewed",
        subject_id=str(escalation.pk),
        at__gte=since,
    )
    return looks.order_by("at").values_list("at", flat=True).first()
