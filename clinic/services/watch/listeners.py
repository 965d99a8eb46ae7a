"""Other systems of a clinic that are told of events: registered, tried, given another secret, ended.

What they are told, and how, is in listener_events.py.
"""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from clinic.access import Permission, get_clinic, get_listener, require
from clinic.models import AuditEvent, Clinic, Listener, ListenerEvent, User
from clinic.models.system_alarm import AlarmKind
from clinic.rules.core import listener_events as rules
from clinic.services.core import alarms, audit, secret_box
from notifications.providers import listeners as provider
from notifications.rules.listeners import new_secret

# Each is asked for in every round; a clinic has two or three systems.
MOST = 10
_SEALED_FOR = {"salt": "clinic.listeners", "purpose": "webhook secret"}


class AddressRefused(Exception):
    """Events are not sent there: `code` is "address", "inside", "taken" or "many"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class MadeListener:
    """A listener, and the only copy of its secret that is shown."""

    listener: Listener
    secret: str


def register(*, clinic_id: UUID, address: str, by: User, now: datetime) -> MadeListener:
    """It is told of what happens from now on. NotVisible, NotAllowed, AddressRefused."""
    clinic = get_clinic(by, clinic_id)
    require(by, Permission.MANAGE_CLINIC, clinic)
    if not provider.may_post(address):
        raise AddressRefused("address")
    if provider.leads_inside(address):
        raise AddressRefused("inside")
    try:
        with transaction.atomic():
            return _register(clinic, address, by, now)
    except IntegrityError as twice:
        raise AddressRefused("taken") from twice


def renew_secret(*, listener_id: UUID, by: User, now: datetime) -> MadeListener:
    """A new secret; for a day what is sent is signed with the one before, too. NotVisible, NotAllowed."""
    visible = _managed(listener_id, by)
    secret = new_secret()
    with transaction.atomic():
        listener = Listener.objects.select_for_update().get(pk=visible.pk)
        listener.old_secret, listener.old_secret_until = listener.secret, now + rules.BOTH_SECRETS_FOR
        listener.secret = secret_box.seal(secret, **_SEALED_FOR)
        listener.save(update_fields=["secret", "old_secret", "old_secret_until"])
        _audit(listener, "listener.secret_renewed", by, now)
    return MadeListener(listener, secret)


def send_test(*, listener_id: UUID, by: User, now: datetime) -> Listener:
    """Send it an event that is about nobody, the way all others go. NotVisible, NotAllowed."""
    listener = _managed(listener_id, by)
    _audit(listener, rules.TEST, by, now)
    return listener


def end(*, listener_id: UUID, by: User, now: datetime) -> Listener:
    """It is told nothing more, what waits included. NotVisible, NotAllowed."""
    visible = _managed(listener_id, by)
    with transaction.atomic():
        listener = Listener.objects.select_for_update().select_related("clinic").get(pk=visible.pk)
        if listener.ended_at is None:
            listener.ended_at, listener.ended_by = now, by
            # Nobody signs with them any more.
            listener.secret, listener.old_secret, listener.old_secret_until = "", "", None
            listener.save(update_fields=["ended_at", "ended_by", "secret", "old_secret", "old_secret_until"])
            ListenerEvent.objects.filter(listener=listener, due_at__isnull=False).update(due_at=None)
            _audit(listener, "listener.ended", by, now)
            alarms.clear(
                clinic_id=listener.clinic_id,
                kind=AlarmKind.LISTENER_STUCK,
                subject=listener.pk,
                by=by,
                now=now,
            )
    return listener


def keys_of(listener: Listener, *, now: datetime) -> tuple[str, ...]:
    """What its events are signed with now, the newest first."""
    sealed = [listener.secret]
    if listener.old_secret_until is not None and listener.old_secret_until > now:
        sealed.append(listener.old_secret)
    return tuple(secret_box.open_sealed(one, **_SEALED_FOR) for one in sealed)


def _register(clinic: Clinic, address: str, by: User, now: datetime) -> MadeListener:
    Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)
    if Listener.objects.filter(clinic=clinic, ended_at__isnull=True).count() >= MOST:
        raise AddressRefused("many")
    secret = new_secret()
    last = AuditEvent.objects.order_by("-pk").values_list("pk", flat=True).first()
    listener = Listener.objects.create(
        clinic=clinic,
        address=address,
        secret=secret_box.seal(secret, **_SEALED_FOR),
        after=last or 0,
        created_at=now,
        created_by=by,
    )
    _audit(listener, "listener.registered", by, now)
    return MadeListener(listener, secret)


def _managed(listener_id: UUID, by: User) -> Listener:
    listener = get_listener(by, listener_id)
    require(by, Permission.MANAGE_CLINIC, listener.clinic_id)
    return listener


def _audit(listener: Listener, action: str, by: User, now: datetime) -> None:
    audit.record(
        action=action,
        by=by,
        now=now,
        clinic_id=listener.clinic_id,
        subject_type="listener",
        subject_id=listener.pk,
    )
