"""The rules that a published version holds, ready to read."""

from clinic.models import ProtocolVersion
from clinic.rules.protocol import Protocol

_rules_by_hash: dict[str, Protocol] = {}


def rules_of(version: ProtocolVersion) -> Protocol:
    """The version's rules. Parsed once per process: a published version never changes."""
    rules = _rules_by_hash.get(version.content_hash)
    if rules is None:
        rules = _rules_by_hash[version.content_hash] = Protocol.from_document(version.document)
    return rules
