"""Tells other systems what happened: each event once it is certain, in its order, until it is taken.

The audit row of an act is written with the act, in one transaction, so it is the outbox: nothing that hurries
waits for this, and nothing can happen without it. Rows are looked at once they are sealed, because then none
that is smaller can still appear (docs/adr/0039-the-audit-is-the-outbox.md). Each becomes a row for each
listener of its clinic; of one patient the next is sent when the one before was taken.
"""

import time
from datetime import datetime, timedelta
from uuid import UUID

from cryptography.fernet import InvalidToken
from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from clinic.models import AuditEvent, AuditSeal, Escalation, Listener, ListenerEvent, Patient, SystemAlarm
from clinic.models.system_alarm import AlarmKind
from clinic.rules.core import listener_events as rules
from clinic.services.core import alarms
from clinic.services.core.kept import Kind
from clinic.services.watch import listeners
from notifications.providers import listeners as provider
from notifications.providers.listeners import Answer, Result
from notifications.rules.listeners import headers_of

AT_ONCE = 500
# Of one round: others must not wait long for this thread where there is no worker.
SECONDS = 10.0
# Longer than a round; a worker that died is followed by the next.
LEASE = timedelta(seconds=60)
# So many refusals with nothing taken in between say more of the system than of the events.
REFUSALS = 5


def collect(*, now: datetime) -> int:
    """Make a row for each listener of each event that is certain now; returns how many."""
    found = Listener.objects.filter(ended_at__isnull=True)
    if not found.exists():
        return 0
    until = AuditSeal.objects.order_by("-place").values_list("event_id", flat=True).first() or 0
    return sum(
        _collect(pk, until, now) for pk in list(found.filter(after__lt=until).values_list("pk", flat=True))
    )


def send_due(*, now: datetime) -> int:
    """Send what is due, each listener by one worker at a time; returns how many were taken."""
    stop_at = time.monotonic() + SECONDS
    taken = 0
    for listener in list(_due_listeners(now).select_related("clinic").order_by("next_try_at", "pk")):
        if time.monotonic() > stop_at:
            break
        if not _claim(listener, now):
            continue
        listener.refresh_from_db(fields=["secret", "old_secret", "old_secret_until", "failures"])
        try:
            taken += _send(listener, now, stop_at)
        finally:
            Listener.objects.filter(pk=listener.pk).update(lease_until=None)
    _follow_up(now)
    return taken


@transaction.atomic
def _collect(listener_id: UUID, until: int, now: datetime) -> int:
    """A batch, and where it ended, in one transaction: an event is collected once."""
    free = Listener.objects.filter(pk=listener_id, ended_at__isnull=True)
    listener = free.select_for_update(skip_locked=True).first()
    if listener is None:
        return 0
    told = AuditEvent.objects.filter(
        clinic_id=listener.clinic_id, action__in=list(rules.KINDS), pk__gt=listener.after, pk__lte=until
    )
    rows = list(told.order_by("pk")[:AT_ONCE])
    listener.after = rows[-1].pk if len(rows) == AT_ONCE else until
    listener.save(update_fields=["after"])
    made = [_row(listener, row, now) for row in _real(rows, listener)]
    ListenerEvent.objects.bulk_create(made)
    return len(made)


def _row(listener: Listener, row: AuditEvent, now: datetime) -> ListenerEvent:
    return ListenerEvent(
        listener=listener,
        clinic_id=listener.clinic_id,
        event_id=row.pk,
        kind=rules.KINDS[row.action],
        line=str(row.patient_id or ""),
        subject_id=row.subject_id,
        at=row.at,
        due_at=now,
    )


def _real(rows: list[AuditEvent], listener: Listener) -> list[AuditEvent]:
    """Without practice alarms and the made-up patient, and without what was meant for another listener."""
    patients = {row.patient_id for row in rows if row.patient_id}
    made_up = set(Patient.objects.filter(pk__in=patients, is_synthetic=True).values_list("pk", flat=True))
    alerts = [row.subject_id for row in rows if row.subject_type == "escalation"]
    practice = set(
        map(str, Escalation.objects.filter(pk__in=alerts, is_drill=True).values_list("pk", flat=True))
    )
    return [
        row
        for row in rows
        if row.patient_id not in made_up
        and row.subject_id not in practice
        and not row.detail.get("drill")
        and (row.action != rules.TEST or row.subject_id == str(listener.pk))
    ]


def _due_listeners(now: datetime) -> QuerySet[Listener]:
    waits = ListenerEvent.objects.filter(listener=OuterRef("pk"), due_at__lte=now)
    return Listener.objects.filter(
        Exists(waits), Q(next_try_at__isnull=True) | Q(next_try_at__lte=now), ended_at__isnull=True
    )


def _claim(listener: Listener, now: datetime) -> bool:
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=now)
    return bool(Listener.objects.filter(free, pk=listener.pk).update(lease_until=now + LEASE))


def _next(listener: Listener, now: datetime) -> list[ListenerEvent]:
    """The first of each line, where it is due, the oldest first."""
    rows = ListenerEvent.objects.filter(listener=listener, due_at__isnull=False)
    before = rows.filter(line=OuterRef("line"), event_id__lt=OuterRef("event_id"))
    still = rows.filter(listener__ended_at__isnull=True, due_at__lte=now)
    return list(still.exclude(Exists(before)).order_by("event_id")[:50])


def _send(listener: Listener, now: datetime, stop_at: float) -> int:
    taken, refused = 0, 0
    while heads := _next(listener, now):
        for row in heads:
            told = _post(listener, row, now)
            _store(row, told, now)
            taken += told.answer is Answer.TAKEN
            refused += told.answer is Answer.REFUSED
            if told.answer is Answer.DOWN or (refused >= REFUSALS and not taken):
                _rest(listener, now)
                return taken
            if time.monotonic() > stop_at:
                break
        else:
            continue
        break
    if taken and listener.failures:
        Listener.objects.filter(pk=listener.pk).update(failures=0, next_try_at=None)
    return taken


def _post(listener: Listener, row: ListenerEvent, now: datetime) -> Result:
    try:
        keys = listeners.keys_of(listener, now=now)
    except InvalidToken:
        # SECRET_KEY was changed and the old one is gone: somebody has to make a new secret.
        return Result(Answer.DOWN, "secret")
    body = rules.body_of(
        kind=row.kind, at=row.at, clinic=listener.clinic.slug, patient=row.line, subject=row.subject_id
    )
    headers = headers_of(event_id=f"evt_{row.pk.hex}", body=body, keys=keys, now=now)
    return provider.post(address=listener.address, body=body, headers=headers)


def _store(row: ListenerEvent, told: Result, now: datetime) -> None:
    row.tries += 1
    row.first_tried_at, row.tried_at, row.error = row.first_tried_at or now, now, told.code
    if told.answer is Answer.TAKEN:
        row.taken_at, row.due_at = now, None
    elif now - row.first_tried_at >= rules.GIVE_UP_AFTER:
        row.due_at = None
    elif told.answer is Answer.REFUSED:
        row.due_at = now + rules.rest_after(row.tries)
    row.save(update_fields=["tries", "first_tried_at", "tried_at", "error", "taken_at", "due_at"])


def _rest(listener: Listener, now: datetime) -> None:
    listener.failures += 1
    listener.next_try_at = now + rules.rest_after(listener.failures)
    listener.save(update_fields=["failures", "next_try_at"])


def _follow_up(now: datetime) -> None:
    """Tell the leads of what has waited for an hour; end it when nothing does."""
    late = ListenerEvent.objects.filter(due_at__isnull=False, first_tried_at__lte=now - rules.ALARM_AFTER)
    stuck = dict(late.values_list("listener", "clinic").distinct())
    open_alarms = SystemAlarm.objects.filter(kind=AlarmKind.LISTENER_STUCK, cleared_at__isnull=True)
    standing = {alarm.subject: alarm.clinic_id for alarm in open_alarms}
    for listener_id, clinic_id in stuck.items():
        if str(listener_id) not in standing:
            alarms.raise_alarm(
                clinic_id=clinic_id, kind=AlarmKind.LISTENER_STUCK, subject=listener_id, now=now
            )
    for subject in standing.keys() - {str(one) for one in stuck}:
        alarms.clear(clinic_id=standing[subject], kind=AlarmKind.LISTENER_STUCK, subject=subject, now=now)


def _over(now: datetime) -> QuerySet[ListenerEvent]:
    return ListenerEvent.objects.filter(due_at__isnull=True, at__lt=now - rules.KEPT_FOR)


RETENTION = Kind("listener_events", _over)
