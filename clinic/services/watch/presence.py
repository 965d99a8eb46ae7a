"""Presence: which consoles are really open. A row each, refreshed by every heartbeat that reaches them.

Nobody watching for a minute is an alarm in staffed hours, and at any hour while something urgent waits.
It pages nobody by itself. In staffed hours, when somebody should have seen it on a screen, it makes the
next person of a waiting escalation due now; at night nobody should, and minutes mean minutes.
Administrators get a text when it lasts.
"""

from collections.abc import Collection
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from clinic import row_scope
from clinic.models import Clinic, ConsoleWatch, Escalation, Page
from clinic.models.escalation import EscalationState
from clinic.models.page import PageState
from clinic.models.system_alarm import AlarmKind
from clinic.rules.core.staffed_hours import staffed_at
from clinic.rules.paging import ladder
from clinic.services.core import alarms, staff_texts
from notifications.services import nudge

# Three missed heartbeats: such a console shows itself as not live, and so counts as closed.
STALE_AFTER = timedelta(seconds=40)
# From then on "nobody is watching".
UNWATCHED_AFTER = timedelta(seconds=60)
# A console that is closed at a change of desks is no news; one that stays closed in staffed hours is.
LEADS_TEXTED_AFTER = timedelta(minutes=10)


@dataclass(frozen=True)
class Watch:
    """An open console at one clinic: `channel` is its own name for that, and nobody else's."""

    channel: str
    clinic_id: UUID
    user_id: UUID


@row_scope.everything()
def mark_present(watches: Collection[Watch], *, now: datetime) -> None:
    """Note that these consoles got a heartbeat; their people may have lost the role a moment ago."""
    if not watches:
        return
    # In one order in every process: none waits for another that waits for it.
    rows = [ConsoleWatch(**asdict(one), seen_at=now) for one in sorted(watches, key=lambda one: one.channel)]
    ConsoleWatch.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["channel"],
        update_fields=["clinic_id", "user_id", "seen_at"],
    )
    unwatched = Clinic.objects.filter(
        pk__in={one.clinic_id for one in watches}, unwatched_since__isnull=False
    )
    for clinic_id in list(unwatched.values_list("pk", flat=True)):
        Clinic.objects.filter(pk=clinic_id).update(unwatched_since=None)
        alarms.clear(clinic_id=clinic_id, kind=AlarmKind.UNWATCHED, subject="", now=now)


@row_scope.everything()
def mark_gone(*, channel: str) -> None:
    """Forget a console that closed."""
    ConsoleWatch.objects.filter(channel=channel).delete()


def delete_stale(*, now: datetime) -> None:
    """Forget consoles whose process died without a goodbye."""
    ConsoleWatch.objects.filter(seen_at__lt=now - STALE_AFTER).delete()


def check_unwatched(*, now: datetime) -> None:
    """Note which clinics nobody watches, and since when. Before stale rows are forgotten."""
    seen_at = dict(ConsoleWatch.objects.values_list("clinic").annotate(Max("seen_at")).order_by())
    for clinic in Clinic.objects.all():
        last = seen_at.get(clinic.pk)
        if last is None or last < now - STALE_AFTER:
            _follow_up_unwatched(clinic, clinic.unwatched_since or last or now, now)


@transaction.atomic
def _follow_up_unwatched(clinic: Clinic, since: datetime, now: datetime) -> None:
    if clinic.unwatched_since is None:
        Clinic.objects.filter(pk=clinic.pk).update(unwatched_since=since)
    if now - since < UNWATCHED_AFTER:
        return
    urgent = _is_urgent_waiting(clinic)
    staffed = staffed_at(clinic.opening, now)
    if not urgent and not staffed:
        alarms.clear(clinic_id=clinic.pk, kind=AlarmKind.UNWATCHED, subject="", now=now)
        return
    raised = alarms.raise_alarm(clinic_id=clinic.pk, kind=AlarmKind.UNWATCHED, subject="", now=now)
    if raised and urgent and staffed:
        _bring_pages_forward(clinic, now)
    if settings.STAFF_CHECKS and staffed and now - since >= LEADS_TEXTED_AFTER:
        staff_texts.text_leads(
            clinic_id=clinic.pk,
            words=lambda: _("Nobody is watching the console. Open it:"),
            key=f"unwatched:{since:%Y%m%dT%H%M%S}:{clinic.pk}",
            path="/console/",
            now=now,
        )


def _is_urgent_waiting(clinic: Clinic) -> bool:
    return Escalation.objects.filter(
        clinic=clinic, is_drill=False, state=EscalationState.OPEN, severity__gte=ladder.PAGED_FROM.rank
    ).exists()


def _bring_pages_forward(clinic: Clinic, now: datetime) -> None:
    """The next person of every chain that runs is paged now: nobody can have seen it on a screen.

    A person's own next channel keeps its time, and so does whoever had it and is asked alone (step 0).
    """
    planned = Page.objects.filter(
        state=PageState.DUE,
        due_at__gt=now,
        attempt=0,
        step__gt=0,
        escalation__clinic=clinic,
        escalation__state=EscalationState.OPEN,
        escalation__severity__gte=ladder.PAGED_FROM.rank,
    )
    for page_id in list(planned.values_list("pk", flat=True)):
        if Page.objects.filter(pk=page_id, state=PageState.DUE).update(due_at=now):
            nudge.after_commit("clinic.tasks.send_page", page_id)
