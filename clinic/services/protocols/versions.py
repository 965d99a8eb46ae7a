"""Published protocol versions, and the rules that they hold."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from clinic.models import Clinic, Patient, ProtocolVersion, User
from clinic.models import Protocol as ProtocolRow
from clinic.queries.protocols.versions import latest_version, rules_of
from clinic.rules.protocols.document.protocol import Protocol
from clinic.services.core import audit

__all__ = ["NoProtocol", "current_version", "publish", "rules_of", "version_for"]


class NoProtocol(Exception):
    """The clinic has not published a protocol, so nothing can be asked or scored."""


def current_version(*, clinic: Clinic) -> ProtocolVersion:
    """The version that new check-ins use; NoProtocol when there is none."""
    version = latest_version(clinic)
    if version is None:
        raise NoProtocol(clinic.slug)
    return version


def version_for(*, patient: Patient, number: int) -> ProtocolVersion | None:
    """A published version by its number, for reports made on an older one; None when unknown."""
    return (
        ProtocolVersion.objects.filter(
            protocol__clinic_id=patient.clinic_id, protocol__code="car-t", number=number
        )
        .select_related("protocol")
        .first()
    )


@transaction.atomic
def publish(
    *, clinic: Clinic, code: str, document: Mapping[str, Any], by: User, now: datetime
) -> ProtocolVersion:
    """Publish a document as the next version, unless nothing changed. ProtocolError: it is wrong."""
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
        detail={"code": code, "number": version.number, "hash": rules.content_hash},
    )
    return version
