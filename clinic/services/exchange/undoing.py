"""Takes an import back in one act, the last row first. What somebody has used since stays, and is named."""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Model

from clinic.access import NotAllowed, NotVisible, Permission, get_import, require
from clinic.models import (
    Course,
    FactCorrection,
    Import,
    ImportRow,
    LabResult,
    LifeEvent,
    MergedNumber,
    OutcomeRecord,
    Patient,
    RiskRun,
    User,
    WindowPlan,
)
from clinic.rules.exchange.rows import RowKind
from clinic.rules.exchange.verdicts import Kept, Verdict
from clinic.rules.patients.facts import WrongFacts
from clinic.rules.patients.names import normal_number
from clinic.services.core import audit, live
from clinic.services.escalations import life_events
from clinic.services.exchange import settling
from clinic.services.exchange.acts import BY_IMPORT
from clinic.services.exchange.imports import note
from clinic.services.patients import enrolment, erasure, fact_corrections, identity, windows
from clinic.services.patients import life_events as chain
from clinic.services.risk import labs

# What an enrolment makes by itself, and what is computed from it.
_OWN: tuple[type[Model], ...] = (Course, WindowPlan, RiskRun)


class NotCommitted(Exception):
    """Nothing of it is on record."""


def undo(*, import_id: UUID, by: User, now: datetime) -> Import:
    """Everything that it made goes, as long as nothing else hangs on it. Pressed twice it is done once.

    NotVisible, NotAllowed, NotCommitted.
    """
    found = get_import(by, import_id)
    require(by, Permission.IMPORT_RECORDS, found.clinic_id)
    if found.committed_at is None:
        raise NotCommitted
    written = ImportRow.objects.filter(
        of_import=found, verdict__in=(Verdict.MADE, Verdict.CHANGED), done_at__isnull=False
    )
    for pk in written.order_by("-number", "-pk").values_list("pk", flat=True):
        with transaction.atomic():
            _undo(pk, by, now)
    with transaction.atomic():
        locked = Import.objects.select_for_update().get(pk=found.pk)
        if locked.undone_at is None:
            locked.undone_at, locked.undone_by = now, by
            locked.save(update_fields=["undone_at", "undone_by"])
            note(locked, "import.undone", by, now)
    waits = settling.waiting().filter(of_import=found)
    waits.update(settled_at=now, settled_by=by)
    settling.follow_alarm(clinic_id=found.clinic_id, by=by, now=now)
    return locked


def _undo(pk: UUID, by: User, now: datetime) -> None:
    row = ImportRow.objects.select_for_update(of=("self",)).select_related("patient").get(pk=pk)
    if row.undone_at is not None or row.kept_because or row.patient is None:
        return
    try:
        with transaction.atomic():
            because = _take_back(row, row.patient, by, now)
            if because:
                transaction.set_rollback(True)
    except (NotAllowed, NotVisible):
        because = Kept.NOT_ALLOWED
    if because:
        row.kept_because = because
        row.save(update_fields=["kept_because"])
    else:
        ImportRow.objects.filter(pk=pk).update(undone_at=now)


def _take_back(row: ImportRow, patient: Patient, by: User, now: datetime) -> Kept | None:
    """Why it stays; None where it is gone."""
    if row.kind == RowKind.PATIENT and row.verdict == Verdict.MADE:
        return _forget_patient(row, patient, by, now)
    if row.kind == RowKind.MERGED:
        return _part_numbers(row, patient, by, now)
    if row.kind == RowKind.OUTCOME:
        return _forget_outcome(row, patient, by, now)
    if row.kind == RowKind.LAB:
        _strike(row, patient, by, now)
        return None
    if row.kind == RowKind.PATIENT:
        return _correct_back(patient, row.made, by, now)
    try:
        life_events.take_back(
            patient_id=patient.pk, event_id=UUID(row.made), by=by, reason=BY_IMPORT, now=now
        )
    except life_events.AlreadyTakenBack:
        return None
    except (life_events.NotLast, life_events.TakenOver):
        return Kept.LATER_EVENT
    return None


def _forget_patient(row: ImportRow, patient: Patient, by: User, now: datetime) -> Kept | None:
    """Gone as if never enrolled.

    A stay or a laboratory value that the same import told of, and took back, stands in the record for
    ever: then the record stays, without a name."""
    locked = Patient.objects.select_for_update().get(pk=patient.pk)
    if _is_used(row, locked):
        return Kept.USED
    audit.record_about(locked, "patient.enrolment_taken_back", by, now, {"import": str(row.of_import_id)})
    own = {"patient": locked}
    if LifeEvent.objects.filter(**own).exists() or LabResult.objects.filter(**own).exists():
        chain.end_monitoring(patient_id=locked.pk, by=by, at=now, reason=BY_IMPORT, now=now)
        locked.refresh_from_db()
        erasure.erase_patient(patient=locked, by=by, now=now)
        return None
    ImportRow.objects.filter(patient=locked).update(patient=None)
    for model in _OWN:
        model._default_manager.filter(patient=locked).delete()
    live.publish_change(clinic_id=locked.clinic_id, kind="patient", ref=locked.pk, level=None, now=now)
    locked.delete()
    return None


def _is_used(row: ImportRow, patient: Patient) -> bool:
    """Whether anything hangs on the record that neither the enrolment nor this import has made."""
    if patient.status != "preparing" or patient.erased_at is not None:
        return True
    for relation in Patient._meta.related_objects:
        model, name = relation.related_model, relation.field.name
        if model in _OWN:
            continue
        rows: Any = model._default_manager.filter(**{name: patient})
        if model is ImportRow:
            rows = rows.exclude(of_import=row.of_import_id)
        if model is LifeEvent:
            rows = rows.exclude(taken_back_at__isnull=False, reason=BY_IMPORT)
        if model is LabResult:
            rows = rows.exclude(struck_at__isnull=False, struck_reason=BY_IMPORT)
        if rows.exists():
            return True
    return False


def _correct_back(patient: Patient, correction: str, by: User, now: datetime) -> Kept | None:
    row = FactCorrection.objects.get(pk=UUID(correction))
    later = FactCorrection.objects.filter(patient=patient, at__gt=row.at).exclude(pk=row.pk)
    fields = {name for changes in later.values_list("changes", flat=True) for name in changes}
    if fields & set(row.changes):
        return Kept.CORRECTED_SINCE
    before = {name: change["from"] for name, change in row.changes.items()}
    if any(value is None for value in before.values()):
        # Where nothing stood nothing can be put back by a correction.
        before = {name: value for name, value in before.items() if value is not None}
    try:
        fact_corrections.correct(
            patient_id=patient.pk,
            by=by,
            facts=fact_corrections.from_stored(before),
            reason=BY_IMPORT,
            now=now,
            known_others=None,
        )
    except (WrongFacts, enrolment.TooYoung, identity.NumberTaken, windows.TooShort):
        return Kept.CORRECTED_SINCE
    return None


def _part_numbers(row: ImportRow, patient: Patient, by: User, now: datetime) -> Kept | None:
    old = normal_number(str(row.said.get("other_number", "")))
    merged = MergedNumber.objects.filter(patient=patient, hospital_number=old)
    if not merged.exists():
        return Kept.USED
    merged.delete()
    return _correct_back(patient, row.made, by, now) if row.made else None


def _strike(row: ImportRow, patient: Patient, by: User, now: datetime) -> None:
    """It stays on record, and counts no more."""
    try:
        labs.strike(patient_id=patient.pk, result_id=UUID(row.made), by=by, reason=BY_IMPORT, now=now)
    except labs.StrikeRefused:
        # Somebody was there before.
        return


def _forget_outcome(row: ImportRow, patient: Patient, by: User, now: datetime) -> Kept | None:
    """The form before stands again; where somebody has corrected it since, that stays."""
    Patient.objects.select_for_update().get(pk=patient.pk)
    record = OutcomeRecord.objects.filter(pk=UUID(row.made)).first()
    if record is None:
        return None
    if OutcomeRecord.objects.filter(replaces=record).exists():
        return Kept.LATER_FORM
    detail = {"part": record.part, "day": record.day, "course": record.course_number}
    audit.record_about(patient, "patient.outcome_taken_back", by, now, detail)
    record.delete()
    return None
