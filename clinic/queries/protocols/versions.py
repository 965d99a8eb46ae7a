"""The rules that a published version holds, ready to read."""

from clinic.models import Clinic, ProtocolVersion
from clinic.rules.protocols.document.protocol import Protocol

_rules_by_hash: dict[str, Protocol] = {}


def rules_of(version: ProtocolVersion) -> Protocol:
    """The version's rules. Parsed once per process: a published version never changes."""
    rules = _rules_by_hash.get(version.content_hash)
    if rules is None:
        rules = _rules_by_hash[version.content_hash] = Protocol.from_document(version.document)
    return rules


def latest_version(clinic: Clinic) -> ProtocolVersion | None:
    """What new check-ins at the clinic use; None where nothing is published."""
    versions = ProtocolVersion.objects.filter(protocol__clinic=clinic, protocol__code="car-t")
    return versions.select_related("protocol").order_by("-number").first()


def current_rules(clinic: Clinic) -> Protocol | None:
    """The rules of that version."""
    version = latest_version(clinic)
    return rules_of(version) if version else None
