"""A same-day alert that nobody takes in time is texted: to the person on shift, then to the leads.

It runs no chain. One text in staffed hours after the clinic's limit, or at opening for what came while it was
closed; what is due at one moment goes out together. The text is a page with a code, so a reply takes the
alert. If nobody has taken it after the second limit the leads hear of it, once.
"""

import logging
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import Enum
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from clinic.models import Clinic, Escalation, EscalationEvent, Page, Staff
from clinic.models.escalation import EscalationEventKind as Kind
from clinic.models.escalation import EscalationState
from clinic.models.page import PageState
from clinic.queries.paging.pages import that_rang
from clinic.queries.rota import on_call
from clinic.rules.core.enums import Level
from clinic.rules.core.staffed_hours import deadline
from clinic.rules.paging import ladder
from clinic.services.core import live, staff_texts
from clinic.services.paging import chain, sending

logger = logging.getLogger(__name__)

# What falls due shortly after a text went to a phone waits, and leaves with what else is due by then.
SPACED_BY = timedelta(minutes=15)


class PassedOn(Enum):
    """What becomes of a text whose person cannot take it."""

    NOW = "now"
    BEFORE = "before"
    TO_NOBODY = "to nobody"


@dataclass(frozen=True)
class _Waiting:
    """One alert that waits, with the pages about it since it began to wait."""

    escalation: Escalation
    pages: Sequence[Page]
    # Somebody may have read one of them.
    texted_at: datetime | None
    lead_texted: bool

    @property
    def rung(self) -> ladder.Rung:
        return ladder.from_json(self.escalation.ladder).rung(Level.SAME_DAY)


def text_due(*, now: datetime) -> int:
    """Text about everything that has waited too long; returns how many alerts. One clinic stops no other."""
    texted = 0
    waiting = _open_alerts().order_by().values_list("clinic_id", flat=True).distinct()
    for clinic_id in list(waiting):
        try:
            texted += _text_about_clinic(clinic_id, now)
        except Exception:
            logger.exception("same-day alerts cannot be texted", extra={"clinic_id": str(clinic_id)})
    return texted


@transaction.atomic
def pass_on(*, page: Page, now: datetime) -> PassedOn:
    """Whoever had this text cannot take it: the next person on call is texted now, or the leads."""
    escalation = Escalation.objects.select_for_update(of=("self",)).get(pk=page.escalation_id)
    if not _open_alerts().filter(pk=escalation.pk).exists():
        return PassedOn.BEFORE
    [one] = _waiting([escalation])
    if one.lead_texted or any(later.number > page.number for later in one.pages):
        return PassedOn.BEFORE
    if _text_person_on_shift([one], escalation.clinic_id, now, spaced=False):
        return PassedOn.NOW
    return PassedOn.NOW if _text_leads([one], escalation.clinic_id, now) else PassedOn.TO_NOBODY


def _open_alerts() -> QuerySet[Escalation]:
    return Escalation.objects.filter(
        state=EscalationState.OPEN, severity=Level.SAME_DAY.rank, is_drill=False, patient__is_synthetic=False
    )


@transaction.atomic
def _text_about_clinic(clinic_id: UUID, now: datetime) -> int:
    clinic = Clinic.objects.get(pk=clinic_id)
    if not any(_is_due(one, clinic, now) for one in _waiting(_open_alerts().filter(clinic=clinic))):
        return 0
    # Again under the locks, in their order: somebody may be taking it, or another process texting.
    locked = Escalation.objects.select_for_update(of=("self",)).order_by("pk")
    rows = _waiting(locked.filter(pk__in=_open_alerts().filter(clinic=clinic).values("pk")))
    due = [one for one in rows if _is_due(one, clinic, now)]
    first = [one for one in due if one.texted_at is None]
    texted = _text_person_on_shift(first, clinic_id, now) if first else 0
    for_leads = [one for one in due if one.texted_at is not None]
    if first and not texted:
        # Nobody is left to text: the leads are next.
        for_leads += [one for one in first if _nobody_left(one, clinic_id, now)]
    return texted + (_text_leads(for_leads, clinic_id, now) if for_leads else 0)


def _waiting(rows: Iterable[Escalation]) -> list[_Waiting]:
    found = []
    for row in rows:
        pages = list(
            Page.objects.filter(escalation=row, state=PageState.SENT, sent_at__gte=row.waiting_since)
        )
        told = EscalationEvent.objects.filter(
            escalation=row, kind=Kind.LEAD_TEXTED, at__gte=row.waiting_since
        )
        texted_at = min((one.sent_at for one in that_rang(pages) if one.sent_at), default=None)
        found.append(_Waiting(row, pages, texted_at, told.exists()))
    return found


def _is_due(one: _Waiting, clinic: Clinic, now: datetime) -> bool:
    """Whether the next text about it is due: to the person on shift, or to the leads after that."""
    if one.lead_texted:
        return False
    since, minutes = one.escalation.waiting_since, one.rung.text_minutes
    if one.texted_at is not None:
        since, minutes = one.texted_at, one.rung.lead_minutes
    return deadline(clinic.opening, since, timedelta(minutes=minutes)) <= now


def _text_person_on_shift(
    due: Sequence[_Waiting], clinic_id: UUID, now: datetime, *, spaced: bool = True
) -> int:
    """One text to the first person on call who has not had one about these in vain."""
    tried = {page.staff_id for one in due for page in one.pages}
    people = [one for one in on_call.staff_in_order(clinic_id, now) if on_call.is_reachable(one)]
    staff = next((one for one in people if one.pk not in tried), None)
    if staff is None or (spaced and _was_texted_just_now(staff, now)):
        return 0
    Staff.objects.select_for_update(no_key=True).get(pk=staff.pk)
    rows = [chain.new_text_page(escalation=one.escalation, staff=staff, now=now) for one in due]
    message = sending.send_waiting_text(pages=rows, staff=staff, now=now)
    for page, one in zip(rows, due, strict=True):
        chain.record_passed_over(escalation=one.escalation, now=now)
        sending.mark_sent(page=page, message=message, now=now)
    return len(due)


def _nobody_left(one: _Waiting, clinic_id: UUID, now: datetime) -> bool:
    tried = {page.staff_id for page in one.pages}
    chain_now = on_call.staff_in_order(clinic_id, now)
    return not any(on_call.is_reachable(staff) and staff.pk not in tried for staff in chain_now)


def _was_texted_just_now(staff: Staff, now: datetime) -> bool:
    recent = Page.objects.filter(staff=staff, state=PageState.SENT, sent_at__gt=now - SPACED_BY)
    return recent.filter(escalation__severity=Level.SAME_DAY.rank).exists()


def _text_leads(due: Sequence[_Waiting], clinic_id: UUID, now: datetime) -> int:
    """How many of them leads have heard of; none where no lead has a phone."""
    first = due[0].escalation
    leads = staff_texts.text_leads(
        clinic_id=clinic_id,
        words=lambda: _("Nobody has taken an alert in the time that your clinic has set. Open the list:"),
        key=f"same-day:{first.pk}:{first.waiting_since:%Y%m%dT%H%M%S}",
        path="/console/",
        now=now,
    )
    if not leads:
        return 0
    for one in due:
        EscalationEvent.objects.create(escalation=one.escalation, kind=Kind.LEAD_TEXTED, at=now)
        live.publish_change(
            clinic_id=clinic_id,
            kind="escalation.lead_texted",
            ref=one.escalation.pk,
            level=str(one.escalation.level),
            now=now,
        )
    return len(due)
