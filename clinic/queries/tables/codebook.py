"""What stands in the tables: every column, and every answer of each published version of a protocol."""

from collections.abc import Iterator

from clinic.models import Clinic, ProtocolVersion
from clinic.queries.protocols.versions import rules_of
from clinic.queries.tables.kinds import TABLES, Row

HEAD = ("table", "column", "version", "unit", "value", "meaning")


def parts(clinic: Clinic) -> Iterator[list[Row]]:
    """`version` and `value` are of answers: the protocol's version, and one row for each value to choose."""
    for name, table in TABLES.items():
        yield [(name, one.name, "", one.unit, "", one.meaning) for one in table.columns]
    versions = ProtocolVersion.objects.filter(protocol__clinic=clinic).select_related("protocol")
    for version in versions.order_by("protocol__code", "number"):
        yield list(_answers(version))


def _answers(version: ProtocolVersion) -> Iterator[Row]:
    number = f"{version.protocol.code} {version.number}"
    for question in rules_of(version).questions:
        text = question.text("en")
        for key in question.answer_keys:
            yield "answers", key, number, question.unit, "", text
        for option in question.options:
            yield "answers", question.answer_keys[0], number, "", option.value, option.text("en")
