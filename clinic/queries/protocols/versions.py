"""The rules that a published version holds, ready to read."""

from functools import cache
from uuid import UUID

from clinic.models import Clinic, Patient, ProtocolVersion
from clinic.models.patient import DEFAULT_PROTOCOL
from clinic.prepared import PreparedQuery
from clinic.protocols import default_document
from clinic.rules.protocols.document.protocol import Protocol

_rules_by_hash: dict[str, Protocol] = {}
_by_number: dict[tuple[UUID, str, int], ProtocolVersion] = {}
_newest = PreparedQuery(
    lambda clinic_id, code: (
        ProtocolVersion.objects.filter(protocol__clinic=clinic_id, protocol__code=code)
        .select_related("protocol")
        .order_by("-number")[:1]
    ),
    UUID,
    str,
)


def rules_of(version: ProtocolVersion) -> Protocol:
    """The version's rules. Parsed once per process: a published version never changes."""
    rules = _rules_by_hash.get(version.content_hash)
    if rules is None:
        rules = _rules_by_hash[version.content_hash] = Protocol.from_document(version.document)
    return rules


@cache
def shipped_rules() -> Protocol:
    """Those that ship with the product, for people of whom no clinic is known."""
    return Protocol.from_document(default_document())


def numbered(clinic_id: UUID, code: str, number: int) -> ProtocolVersion | None:
    """The version with this number. Read once per process: none is ever changed, deleted or renumbered."""
    known = _by_number.get((clinic_id, code, number))
    if known is None:
        rows = ProtocolVersion.objects.filter(protocol__clinic=clinic_id, protocol__code=code, number=number)
        known = rows.select_related("protocol").first()
        if known is not None:
            _by_number[clinic_id, code, number] = known
    return known


def latest_version(clinic: Clinic, code: str = DEFAULT_PROTOCOL) -> ProtocolVersion | None:
    """What new check-ins by this protocol of the clinic use; None where nothing is published."""
    return _latest(clinic.pk, code)


def latest_version_for(patient: Patient) -> ProtocolVersion | None:
    """The same by the protocol of the patient's current course."""
    return _latest(patient.clinic_id, patient.protocol_code)


def current_rules(clinic: Clinic, code: str = DEFAULT_PROTOCOL) -> Protocol | None:
    """The rules of that version."""
    version = latest_version(clinic, code)
    return rules_of(version) if version else None


def current_rules_for(patient: Patient) -> Protocol | None:
    """The rules of the current course."""
    version = latest_version_for(patient)
    return rules_of(version) if version else None


def published_codes(clinic: Clinic) -> tuple[str, ...]:
    """The protocols that a course at this clinic can be asked by."""
    rows = ProtocolVersion.objects.filter(protocol__clinic=clinic).order_by("protocol__code")
    return tuple(rows.values_list("protocol__code", flat=True).distinct())


def _latest(clinic_id: UUID, code: str) -> ProtocolVersion | None:
    return _newest.first(clinic_id, code)
