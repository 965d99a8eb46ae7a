"""Published protocol versions, and the rules that they hold."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from clinic.access import Permission, can
from clinic.models import Clinic, Patient, ProtocolVersion, User
from clinic.models import Protocol as ProtocolRow
from clinic.models.patient import DEFAULT_PROTOCOL
from clinic.models.system_alarm import AlarmKind
from clinic.queries.core import courses
from clinic.queries.protocols.versions import latest_version, latest_version_for, numbered, rules_of
from clinic.rules.protocols.document.protocol import Protocol
from clinic.services.core import alarms, audit

__all__ = [
    "NoProtocol",
    "SecondPersonNeeded",
    "current_version",
    "current_version_for",
    "publish",
    "publish_without_draft",
    "rules_of",
    "version_for",
]


class SecondPersonNeeded(Exception):
    """A physician of the clinic, other than whoever publishes, has to agree."""


class NoProtocol(Exception):
    """The clinic has not published a protocol, so nothing can be asked or scored."""


def current_version(*, clinic: Clinic, code: str = DEFAULT_PROTOCOL) -> ProtocolVersion:
    """The version that new check-ins by this protocol use; NoProtocol when there is none."""
    version = latest_version(clinic, code)
    if version is None:
        raise NoProtocol(clinic.slug)
    return version


def current_version_for(*, patient: Patient) -> ProtocolVersion:
    """The version that check-ins of the patient's current course use; NoProtocol when there is none."""
    version = latest_version_for(patient)
    if version is None:
        raise NoProtocol(str(patient.clinic_id))
    return version


def version_for(
    *, patient: Patient, number: int, observed_at: datetime | None = None, named: UUID | None = None
) -> ProtocolVersion | None:
    """A published version by its number, for reports made on an older one; None when unknown.

    Numbers are counted in each protocol: that of the course in which the signs were seen has the number,
    then that of any other course of the patient, the newest first. `named` is the record that was named,
    where another clinic has taken that one over: its own clinic's version was answered.
    """
    if named is not None and named != patient.pk:
        before = Patient.objects.filter(pk=named).first()
        return version_for(patient=before, number=number, observed_at=observed_at) if before else None
    known = [course.protocol_code for course in reversed(courses.of_patient(patient))]
    seen_in = [courses.at(patient, observed_at).protocol_code] if observed_at else []
    found = (numbered(patient.clinic_id, code, number) for code in dict.fromkeys((*seen_in, *known)))
    return next((version for version in found if version is not None), None)


@transaction.atomic
def publish(
    *,
    clinic: Clinic,
    code: str,
    document: Mapping[str, Any],
    by: User,
    now: datetime,
    second: User | None = None,
) -> ProtocolVersion:
    """Publish a document as the next version, unless nothing changed. ProtocolError: it is wrong.

    `second` is who agreed, where that does not stand in a draft.
    """
    rules = Protocol.from_document(document)
    Clinic.objects.select_for_update().get(pk=clinic.pk)
    row, _ = ProtocolRow.objects.get_or_create(clinic=clinic, code=code)
    last = row.versions.order_by("-number").first()
    if last is not None and last.content_hash == rules.content_hash:
        return last
    version = ProtocolVersion.objects.create(
        protocol=row,
        number=last.number + 1 if last else 1,
        document=document,
        content_hash=rules.content_hash,
        published_at=now,
        published_by=by,
    )
    audit.record(
        action="protocol.published",
        by=by,
        now=now,
        clinic_id=clinic.pk,
        subject_type="protocol_version",
        subject_id=version.pk,
        detail={"code": code, "number": version.number, "hash": rules.content_hash}
        | ({"second": str(second.pk)} if second else {}),
    )
    return version


def publish_without_draft(
    *,
    clinic: Clinic,
    code: str,
    document: Mapping[str, Any],
    by: User,
    second: User | None,
    now: datetime,
) -> ProtocolVersion:
    """From a file: a clinic's first version by one person, every later one with a physician of the clinic.

    The leads are told of a later one, because nobody rehearsed it. ProtocolError, SecondPersonNeeded.
    """
    content_hash = Protocol.from_document(document).content_hash
    with transaction.atomic():
        Clinic.objects.select_for_update().get(pk=clinic.pk)
        last = ProtocolVersion.objects.filter(protocol__clinic=clinic, protocol__code=code).order_by(
            "-number"
        )
        before = last.first()
        if before is None or before.content_hash == content_hash:
            return publish(clinic=clinic, code=code, document=document, by=by, now=now)
        if second is None or second.pk == by.pk or not can(second, Permission.APPROVE_PROTOCOLS, clinic):
            raise SecondPersonNeeded
        version = publish(clinic=clinic, code=code, document=document, by=by, second=second, now=now)
        alarms.raise_alarm(
            clinic_id=clinic.pk, kind=AlarmKind.RULES_PUBLISHED, subject=version.number, now=now
        )
        return version
