"""Imports as people read them: the list, one of them row by row, and what waits for somebody."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q

from clinic.access import AnyUser, Permission, choose_clinic
from clinic.models import Clinic, Import, ImportRow
from clinic.queries.exchange import words
from clinic.rules.exchange.verdicts import Reason, Source, Verdict

SHOWN = 50
_IN_ORDER = (Verdict.MADE, Verdict.CHANGED, Verdict.WAITS, Verdict.REFUSED, Verdict.SAME)
# What a person has to look at comes first.
_TO_READ = (Verdict.WAITS, Verdict.REFUSED, Verdict.CHANGED, Verdict.MADE, Verdict.SAME)


@dataclass(frozen=True)
class ImportLine:
    """One import of the list; `counts` by verdict in words, those that are not 0."""

    id: UUID
    source: str
    created_at: datetime
    created_by: str
    committed_at: datetime | None
    # Empty where that was not kept.
    committed_by: str
    undone_at: datetime | None
    undone_by: str
    counts: tuple[tuple[str, int], ...]


@dataclass(frozen=True)
class RowLine:
    """One row: whom it is about, what became or would become of it, and why."""

    id: UUID
    number: int
    kind: str
    name: str
    born: date | None
    hospital_number: str
    verdict: str
    verdict_word: str
    reasons: tuple[str, ...]
    patient_id: UUID | None
    at: datetime | None
    may_be_another: bool
    is_another: bool
    undone: bool
    kept: str
    came_at: datetime
    import_id: UUID


@dataclass(frozen=True)
class ImportsPage:
    """Of a clinic; `waiting` is how many rows somebody has to settle."""

    clinic: Clinic
    clinics: tuple[Clinic, ...]
    rows: tuple[ImportLine, ...]
    waiting: int


@dataclass(frozen=True)
class ImportPage:
    """One import and its rows."""

    clinic: Clinic
    line: ImportLine
    rows: tuple[RowLine, ...]
    left_out: tuple[tuple[str, int], ...]
    can_retry: bool
    kept: int

    @property
    def is_preview(self) -> bool:
        return self.line.committed_at is None

    @property
    def writes(self) -> int:
        return sum(row.verdict in {Verdict.MADE, Verdict.CHANGED} for row in self.rows)


@dataclass(frozen=True)
class WaitingPage:
    clinic: Clinic
    clinics: tuple[Clinic, ...]
    rows: tuple[RowLine, ...]


def of_clinic(*, user: AnyUser, clinic_slug: str) -> ImportsPage:
    """For those who bring in. Messages of the admission system are in it only where they wait. NotVisible."""
    clinic, clinics = choose_clinic(user, clinic_slug, Permission.IMPORT_RECORDS)
    found = Import.objects.filter(clinic=clinic).exclude(source=Source.ADT)
    rows = found.select_related("created_by", "committed_by", "undone_by").order_by("-created_at", "-pk")[
        :SHOWN
    ]
    return ImportsPage(clinic, clinics, lines(rows), _waiting(clinic).count())


def one(found: Import) -> ImportPage:
    """Row by row, those that a person has to look at first."""
    rows = list(found.rows.select_related("patient", "of_import").order_by("number", "kind"))
    shown = tuple(_row(row) for row in rows)
    order = {code.value: place for place, code in enumerate(_TO_READ)}
    return ImportPage(
        clinic=found.clinic,
        line=lines([found])[0],
        rows=tuple(sorted(shown, key=lambda row: (order[row.verdict], row.number))),
        left_out=tuple(sorted(found.left_out.items())),
        can_retry=found.committed_at is not None
        and found.undone_at is None
        and any(row.verdict in {Verdict.REFUSED, Verdict.WAITS} and not row.troubles for row in rows),
        kept=sum(bool(row.kept_because) for row in rows),
    )


def waiting(*, user: AnyUser, clinic_slug: str) -> WaitingPage:
    """For whoever looks after patients. NotVisible."""
    clinic, clinics = choose_clinic(user, clinic_slug, Permission.MANAGE_PATIENTS)
    rows = _waiting(clinic).select_related("patient", "of_import").order_by("-patient", "done_at", "pk")[:200]
    return WaitingPage(clinic, clinics, tuple(_row(row) for row in rows))


def lines(imports: Iterable[Import]) -> tuple[ImportLine, ...]:
    """One query for the counts of them all."""
    found = list(imports)
    counted: dict[UUID, Counter[tuple[str, bool]]] = {one.pk: Counter() for one in found}
    rows = ImportRow.objects.filter(of_import__in=found).values_list("of_import", "verdict")
    with_reasons = Count("pk", filter=~Q(reasons=[]))
    for import_id, verdict, count, told in rows.annotate(count=Count("pk"), told=with_reasons):
        # Only of what is left alone the reasons make another word.
        split = told if verdict == Verdict.SAME else count
        counted[import_id] += Counter({(verdict, True): split, (verdict, False): count - split})
    return tuple(
        ImportLine(
            id=one.pk,
            source=str(words.SOURCES[one.source]),
            created_at=one.created_at,
            created_by=one.created_by.name,
            committed_at=one.committed_at,
            committed_by=one.committed_by.name if one.committed_by else "",
            undone_at=one.undone_at,
            undone_by=one.undone_by.name if one.undone_by else "",
            counts=tuple(
                (words.verdict(code, has_reasons=has_reasons), counted[one.pk][code, has_reasons])
                for code in _IN_ORDER
                for has_reasons in (False, True)
                if counted[one.pk][code, has_reasons]
            ),
        )
        for one in found
    )


def _waiting(clinic: Clinic) -> Any:
    rows = ImportRow.objects.filter(clinic=clinic, verdict=Verdict.WAITS, settled_at__isnull=True)
    return rows.filter(Q(undone_at__isnull=True), done_at__isnull=False)


def _row(row: ImportRow) -> RowLine:
    said, patient = row.said, row.patient
    name = " ".join(str(said[part]) for part in ("given_name", "family_name") if said.get(part))
    may_be_another = any(code == Reason.MAY_BE_SAME for _fact, code in row.reasons) or row.is_another
    return RowLine(
        id=row.pk,
        number=row.number,
        kind=words.row_in_words(row.kind, said),
        name=name or (patient.full_name if patient else ""),
        born=patient.birth_date if patient else _day(said.get("birth_date")),
        hospital_number=str(said.get("hospital_number") or (patient.hospital_number if patient else "")),
        verdict=row.verdict,
        verdict_word=words.verdict(row.verdict, has_reasons=bool(row.reasons)),
        reasons=words.reasons(row.reasons),
        patient_id=row.patient_id,
        at=row.at,
        may_be_another=may_be_another and not (row.done_at and row.verdict == Verdict.MADE),
        is_another=row.is_another,
        undone=row.undone_at is not None,
        kept=str(words.KEPT.get(row.kept_because, "")),
        came_at=row.of_import.created_at,
        import_id=row.of_import_id,
    )


def _day(text: object) -> date | None:
    try:
        return date.fromisoformat(str(text)) if text else None
    except ValueError:
        return None
