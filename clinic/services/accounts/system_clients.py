"""Other systems of a clinic that read its records: let in by a lead, given other keys, ended.

How they are given tokens is in system_tokens.py.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError, transaction

from clinic.access import NotVisible, Permission, get_clinic, get_system_client, require
from clinic.models import Clinic, SystemClient, User
from clinic.models.system_alarm import AlarmKind
from clinic.rules.accounts import key_sets
from clinic.rules.accounts.key_sets import Key, KeySetRefused
from clinic.rules.core import strict_json
from clinic.rules.fhir import scopes
from clinic.services.core import alarms, audit
from notifications.providers.listeners import leads_inside, may_post

# A clinic has two or three; each is a way in.
MOST = 10


class SystemRefused(Exception):
    """It is not let in so: `code` is "one" (neither or both of address and keys), "address", "inside",
    "json", "shape", "secret", "unusable", "many_keys", "kinds", "taken" or "many"."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True)
class Keys:
    """By what a system's signatures are checked: what an address of its own publishes, or keys given once."""

    address: str = ""
    keys: list[Key] = field(default_factory=list)


def keys_from(*, address: str, document: str) -> Keys:
    """What somebody typed: the one or the other. SystemRefused."""
    if bool(address) == bool(document):
        raise SystemRefused("one")
    if not address:
        return Keys(keys=_keys_in(document))
    if not may_post(address):
        raise SystemRefused("address")
    if leads_inside(address):
        raise SystemRefused("inside")
    return Keys(address=address)


def register(
    *, clinic_id: UUID, name: str, kinds: Iterable[str], keys: Keys, by: User, now: datetime
) -> SystemClient:
    """It may ask for tokens from now on; the leads hear of it. NotVisible, NotAllowed, SystemRefused."""
    clinic = get_clinic(by, clinic_id)
    require(by, Permission.MANAGE_CLINIC, clinic)
    allowed = scopes.of_kinds(kinds)
    if not allowed:
        raise SystemRefused("kinds")
    try:
        with transaction.atomic():
            return _register(clinic, name, allowed, keys, by, now)
    except IntegrityError as twice:
        raise SystemRefused("taken") from twice


def managed(*, client_id: UUID, by: User) -> SystemClient:
    """One to be changed. NotVisible, of one that has ended too; NotAllowed."""
    client = _of_clinic(client_id, by)
    if client.ended_at is not None:
        raise NotVisible("system_client")
    return client


def replace_keys(*, client_id: UUID, keys: Keys, by: User, now: datetime) -> SystemClient:
    """The keys before open nothing more; the leads hear of it. NotVisible, NotAllowed, SystemRefused."""
    visible = managed(client_id=client_id, by=by)
    with transaction.atomic():
        client = _locked(visible)
        client.keys_address, client.keys, client.keys_until = keys.address, keys.keys, None
        client.save(update_fields=["keys_address", "keys", "keys_until"])
        _tell(client, "system_client.keys_replaced", by, now)
    return client


def end(*, client_id: UUID, by: User, now: datetime) -> SystemClient:
    """It is let in no more, and the tokens that it holds open nothing. NotVisible, NotAllowed."""
    visible = _of_clinic(client_id, by)
    with transaction.atomic():
        client = _locked(visible)
        if client.ended_at is None:
            client.ended_at, client.ended_by = now, by
            client.save(update_fields=["ended_at", "ended_by"])
            _audit(client, "system_client.ended", by, now)
            alarms.clear(
                clinic_id=client.clinic_id,
                kind=AlarmKind.SYSTEM_LET_IN,
                subject=client.pk,
                by=by,
                now=now,
            )
    return client


def _keys_in(document: str) -> list[Key]:
    try:
        return key_sets.read(strict_json.parse(document.encode("utf-8", "surrogatepass")))
    except (strict_json.NotJson, strict_json.NotStrict) as error:
        raise SystemRefused("json") from error
    except KeySetRefused as refused:
        raise SystemRefused("many_keys" if refused.code == "many" else refused.code) from refused


def _register(clinic: Clinic, name: str, allowed: str, keys: Keys, by: User, now: datetime) -> SystemClient:
    Clinic.objects.select_for_update(no_key=True).get(pk=clinic.pk)
    if SystemClient.objects.filter(clinic=clinic, ended_at__isnull=True).count() >= MOST:
        raise SystemRefused("many")
    client = SystemClient.objects.create(
        clinic=clinic,
        name=name,
        scopes=allowed,
        keys_address=keys.address,
        keys=keys.keys,
        created_at=now,
        created_by=by,
    )
    _tell(client, "system_client.registered", by, now)
    return client


def _of_clinic(client_id: UUID, by: User) -> SystemClient:
    client = get_system_client(by, client_id)
    require(by, Permission.MANAGE_CLINIC, client.clinic_id)
    return client


def _locked(visible: SystemClient) -> SystemClient:
    rows = SystemClient.objects.select_for_update(of=("self",)).select_related("clinic")
    return rows.get(pk=visible.pk)


def _tell(client: SystemClient, action: str, by: User, now: datetime) -> None:
    _audit(client, action, by, now)
    alarms.raise_alarm(clinic_id=client.clinic_id, kind=AlarmKind.SYSTEM_LET_IN, subject=client.pk, now=now)


def _audit(client: SystemClient, action: str, by: User, now: datetime) -> None:
    audit.record(
        action=action,
        by=by,
        now=now,
        clinic_id=client.clinic_id,
        subject_type="system_client",
        subject_id=client.pk,
    )
