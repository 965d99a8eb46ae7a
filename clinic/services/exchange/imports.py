"""An import is looked at first, row by row: made, changed, left alone or refused. Then a person agrees.

A transaction holds the rows of one person and no more: whoever reports or is paged meanwhile does not wait.
The preview does what the import would do, and goes back to before: there is one text of the rules.
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from clinic.access import Permission, get_import, require
from clinic.models import Clinic, Import, ImportRow, Patient, User
from clinic.queries.exchange import people
from clinic.rules.core import strict_json
from clinic.rules.exchange import csv_rows, fhir_rows
from clinic.rules.exchange.rows import LARGEST_BYTES, Incoming, Trouble, Unreadable
from clinic.rules.exchange.verdicts import Reason, Source, Verdict
from clinic.rules.patients.names import key_of
from clinic.services.core import audit
from clinic.services.exchange import settling
from clinic.services.exchange.acts import Done, Performer, perform

LONGEST_KEY = 200
# Questionnaires of other systems lie within each other; what is ours lies at the top.
_DEEPEST = 40
_WRITING = {Verdict.MADE, Verdict.CHANGED}
_OPEN = (Verdict.REFUSED, Verdict.WAITS)


class ImportedBefore(Exception):
    """The same was taken before: `import_id`. `is_other`: under the same name came something else."""

    def __init__(self, import_id: UUID, *, is_other: bool = False) -> None:
        super().__init__(str(import_id))
        self.import_id, self.is_other = import_id, is_other


class Undone(Exception):
    """It was taken back; send it again."""


def stage(*, clinic: Clinic, source: Source, body: bytes, by: User, now: datetime) -> Import:
    """Read what was sent, and find out what would become of each row. Nothing is put on record.

    NotAllowed, Unreadable, ImportedBefore.
    """
    require(by, Permission.IMPORT_RECORDS, clinic)
    digest = hashlib.sha256(body).hexdigest()
    incoming = _read(source, body)
    key = incoming.key[:LONGEST_KEY]
    _refuse_taken(clinic, source, digest, key)
    with transaction.atomic():
        found = Import.objects.create(
            clinic=clinic,
            source=source,
            key=key,
            digest=digest,
            left_out=dict(incoming.left_out),
            created_at=now,
            created_by=by,
        )
        ImportRow.objects.bulk_create(rows_of(found, incoming))
    preview(import_id=found.pk, another=frozenset(), by=by, now=now)
    return found


def rows_of(found: Import, incoming: Incoming) -> list[ImportRow]:
    return [
        ImportRow(
            of_import=found,
            clinic_id=found.clinic_id,
            number=row.number,
            kind=row.kind,
            person=row.person[:400],
            said=dict(row.facts),
            troubles=[list(one) for one in row.troubles],
            at=row.at,
            verdict=Verdict.REFUSED,
        )
        for row in incoming.rows
    ]


def preview(*, import_id: UUID, another: frozenset[int], by: User, now: datetime) -> Import:
    """The preview anew, as things stand now. `another`: the rows whose namesake is somebody else.

    NotVisible, NotAllowed.
    """
    found = _managed(import_id, by)
    if found.committed_at is not None:
        return found
    rows = list(_rows(found))
    for row in rows:
        row.is_another = row.number in another
    for group in _namesakes_together(_people(rows)):
        with transaction.atomic():
            performer = Performer(found.clinic, by, now)
            for row in group:
                _note(row, _tried(row, performer))
            transaction.set_rollback(True)
    _forget_made_up(rows)
    with transaction.atomic():
        # What was taken meanwhile has become what it is.
        if Import.objects.select_for_update().filter(pk=found.pk, committed_at__isnull=True).exists():
            ImportRow.objects.bulk_update(rows, ["verdict", "reasons", "is_another", "patient"])
    return found


def preview_as_it_stands(*, import_id: UUID, by: User, now: datetime) -> Import:
    """The preview anew with what was said of namesakes before: what it found once may be on record by now.

    NotVisible, NotAllowed.
    """
    said = ImportRow.objects.filter(of_import=import_id, is_another=True).values_list("number", flat=True)
    return preview(import_id=import_id, another=frozenset(said), by=by, now=now)


def confirm(*, import_id: UUID, by: User, now: datetime) -> Import:
    """Take what the preview showed. Pressed twice, or after a crash, it goes on where it was.

    A row that would write something else than was shown writes nothing.

    NotVisible, NotAllowed, ImportedBefore, Undone.
    """
    found = _managed(import_id, by)
    try:
        with transaction.atomic():
            Import.objects.select_for_update().get(pk=found.pk)
            found.refresh_from_db()
            if found.undone_at is not None:
                raise Undone
            if found.committed_at is None:
                found.committed_at, found.committed_by = now, by
                found.save(update_fields=["committed_at", "committed_by"])
                note(found, "import.committed", by, now)
    except IntegrityError as twice:
        _refuse_taken(found.clinic, Source(found.source), found.digest, found.key)
        raise Undone from twice
    _perform_all(found, _rows(found).filter(done_at__isnull=True), by, now)
    return found


def try_again(*, import_id: UUID, another: frozenset[int], by: User, now: datetime) -> Import:
    """The rows that were refused or wait, as things stand now: somebody was enrolled, or is somebody else.

    NotVisible, NotAllowed, Undone.
    """
    found = _managed(import_id, by)
    if found.committed_at is None or found.undone_at is not None:
        raise Undone
    rows = _rows(found).filter(verdict__in=_OPEN, settled_at__isnull=True, troubles=[])
    rows.filter(number__in=another).update(is_another=True)
    rows.update(done_at=None)
    _perform_all(found, _rows(found).filter(done_at__isnull=True), by, now, as_shown=False)
    return found


def _perform_all(
    found: Import, rows: Iterable[ImportRow], by: User, now: datetime, *, as_shown: bool = True
) -> None:
    refused: set[str] = set()
    for group in _people(rows):
        with transaction.atomic():
            held = ImportRow.objects.select_for_update(of=("self",)).filter(
                pk__in=[row.pk for row in group], done_at__isnull=True
            )
            performer = Performer(found.clinic, by, now, refused)
            for row in held.select_related("clinic", "of_import").order_by("number"):
                perform_one(row, performer, as_shown=as_shown)
    settling.follow_alarm(clinic_id=found.clinic_id, by=by, now=now)


def perform_one(row: ImportRow, performer: Performer, *, as_shown: bool) -> Done:
    """Do one row and note what became of it; in the caller's transaction."""
    shown = Verdict(row.verdict)
    with transaction.atomic():
        done = perform(row, performer)
        surprises = as_shown and done.verdict in _WRITING and done.verdict != shown
        if surprises or done.verdict not in _WRITING:
            transaction.set_rollback(True)
    if surprises:
        # Somebody who was only just enrolled is gone again.
        whom = done.patient if done.verdict is Verdict.CHANGED else None
        done = Done(Verdict.REFUSED, (("", Reason.CHANGED_MEANWHILE),), whom)
    row.done_at = performer.now
    _note(row, done)
    row.made = done.made
    row.save(update_fields=["verdict", "reasons", "patient", "made", "done_at"])
    return done


def _tried(row: ImportRow, performer: Performer) -> Done:
    """What would come of it; what it writes stays until the rows of this person have been looked at."""
    done = perform(row, performer)
    if done.verdict is Verdict.MADE and row.kind == "patient":
        # There is nobody yet; the rows that follow find them as long as the transaction lasts.
        row.patient, row.done_at = done.patient, performer.now
        row.verdict = Verdict.MADE
        row.save(update_fields=["patient", "done_at", "verdict"])
    return done


def _forget_made_up(rows: list[ImportRow]) -> None:
    """Whom the preview enrolled are gone with it."""
    ids = {row.patient_id for row in rows if row.patient_id}
    there = set(Patient.objects.filter(pk__in=ids).values_list("pk", flat=True))
    for row in rows:
        if row.patient_id not in there:
            row.patient = None


def _note(row: ImportRow, done: Done) -> None:
    row.verdict = done.verdict
    row.reasons = [[str(fact), str(code)] for fact, code in done.reasons]
    row.patient = done.patient


def _people(rows: Iterable[ImportRow]) -> list[list[ImportRow]]:
    """The rows of each person together, in the order in which they were sent."""
    ordered = sorted(rows, key=lambda row: (row.person, row.number))
    groups = [list(group) for _person, group in groupby(ordered, key=lambda row: row.person)]
    return sorted(groups, key=lambda group: group[0].number)


def _namesakes_together(groups: list[list[ImportRow]]) -> list[list[ImportRow]]:
    """Two people of one name and birth date as one group: the second finds the first, as when taken."""
    found: dict[tuple[str, ...], list[ImportRow]] = {}
    for group in groups:
        found.setdefault(_mark_of(group), []).extend(group)
    return list(found.values())


def _mark_of(group: list[ImportRow]) -> tuple[str, ...]:
    said = group[0].said
    name = sorted(key_of(str(said.get(part, ""))) for part in ("given_name", "family_name"))
    born = str(said.get("birth_date", ""))
    return (*name, born) if all(name) and born else ("", group[0].person)


def _read(source: Source, body: bytes) -> Incoming:
    if source is Source.CSV_PATIENTS:
        return csv_rows.read_patients(body)
    if source is Source.CSV_OUTCOMES:
        return csv_rows.read_outcomes(body)
    if len(body) > LARGEST_BYTES:
        raise Unreadable(Trouble.TOO_LARGE)
    try:
        document = strict_json.parse(body, deepest=_DEEPEST)
    except (strict_json.NotJson, strict_json.NotStrict) as error:
        raise Unreadable(Trouble.NOT_READABLE) from error
    return fhir_rows.read(document, find_product=people.find_product, find_disease=people.find_disease)


def _refuse_taken(clinic: Clinic, source: Source, digest: str, key: str) -> None:
    taken = Import.objects.filter(
        clinic=clinic, source=source, committed_at__isnull=False, undone_at__isnull=True
    )
    same = taken.filter(digest=digest).first()
    if same is not None:
        raise ImportedBefore(same.pk)
    other = taken.filter(key=key).first() if key else None
    if other is not None:
        raise ImportedBefore(other.pk, is_other=True)


def _rows(found: Import) -> QuerySet[ImportRow]:
    return ImportRow.objects.filter(of_import=found).select_related("clinic", "of_import").order_by("number")


def _managed(import_id: UUID, by: User) -> Import:
    found = get_import(by, import_id)
    require(by, Permission.IMPORT_RECORDS, found.clinic_id)
    return found


def note(found: Import, action: str, by: User, now: datetime) -> None:
    """The import's own row of the audit: counts alone. Each act has its own beside."""
    counts = Counter(ImportRow.objects.filter(of_import=found).values_list("verdict", flat=True))
    audit.record(
        action=action,
        by=by,
        now=now,
        clinic_id=found.clinic_id,
        subject_type="import",
        subject_id=found.pk,
        detail={"source": found.source, "rows": dict(sorted(counts.items()))},
    )
