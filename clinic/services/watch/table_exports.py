"""A clinic's tables as CSV for analysis; the download is in the audit."""

from collections.abc import Iterable, Iterator
from datetime import date, datetime

from clinic import row_scope
from clinic.access import Permission, choose_clinic
from clinic.models import Clinic, User
from clinic.queries.tables import codebook
from clinic.queries.tables.kinds import TABLES
from clinic.rules.core.cells import cell
from clinic.services.core import audit
from clinic.services.core.streams import as_csv

CODEBOOK = "codebook"
KINDS = (*TABLES, CODEBOOK)


def export(
    *, kind: str, clinic_slug: str, since: date | None, until: date | None, by: User, now: datetime
) -> Iterator[str]:
    """One table, a part at a time; the audit row is written before the first. NotVisible, KeyError."""
    clinic, _clinics = choose_clinic(by, clinic_slug, Permission.HAND_OUT_RECORDS)
    parts = _parts(kind, clinic, since, until)
    days = {name: str(day) for name, day in (("since", since), ("until", until)) if day}
    audit.record(
        action="table.exported",
        by=by,
        now=now,
        clinic_id=clinic.pk,
        subject_type="table",
        subject_id=kind,
        detail=days,
    )
    return row_scope.kept(as_csv([cell(one) for one in row] for row in part) for part in parts)


def _parts(
    kind: str, clinic: Clinic, since: date | None, until: date | None
) -> Iterator[Iterable[Iterable[object]]]:
    if kind == CODEBOOK:
        return _headed(codebook.HEAD, codebook.parts(clinic))
    table = TABLES[kind]
    return _headed(tuple(one.name for one in table.columns), table.parts(clinic, since, until))


def _headed(
    head: Iterable[object], parts: Iterator[list[tuple[object, ...]]]
) -> Iterator[Iterable[Iterable[object]]]:
    yield [head]
    yield from parts
