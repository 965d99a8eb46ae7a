"""Whom a row is about, and what is known of them already."""

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils import translation

from clinic.models import Clinic, ImportRow, MergedNumber, Patient
from clinic.models.disease import Disease
from clinic.queries.core import products
from clinic.queries.patients import look_alikes
from clinic.rules.exchange.rows import RowKind
from clinic.rules.exchange.verdicts import Verdict
from clinic.rules.patients.names import normal_number

_STAYS = (RowKind.ADMITTED, RowKind.DISCHARGED)


def product_code(name: str) -> str:
    """As it is kept: a code of the catalogue, or what was typed."""
    return find_product(name) or name.strip()


def find_product(text: str) -> str:
    """The code of the catalogue's product that a text means, empty for none."""
    found = products.find(text)
    return found.code if found else ""


def find_disease(text: str) -> str:
    """The code of the list that a text means, by code or English name; empty for none."""
    with translation.override("en"):
        wanted = text.strip().casefold()
        names = {name.casefold(): one.value for one in Disease for name in (one.value, str(one.label))}
    return names.get(wanted, "")


def with_number(clinic: Clinic, number: str) -> Patient | None:
    """Who has this hospital number, or had it before the hospital merged it."""
    if not number:
        return None
    rows = _of(clinic)
    found = rows.filter(hospital_number=number).first()
    if found is not None:
        return found
    merged = MergedNumber.objects.filter(clinic=clinic, hospital_number=number)
    return rows.filter(pk__in=merged.values("patient")).first()


def of_row(row: ImportRow) -> Patient | None:
    """By hospital number, then by our own id, then by the sender's id of somebody who came by an import.

    A number that nobody has here comes before an id: two numbers are two people until somebody merges them.
    """
    said = row.said
    number = normal_number(str(said.get("hospital_number", "")))
    found = with_number(row.clinic, number)
    if found is None and row.kind == RowKind.MERGED:
        found = with_number(row.clinic, normal_number(str(said.get("other_number", ""))))
    if found is not None or (number and row.kind != RowKind.OUTCOME):
        return found
    return _by_key(row.clinic, str(said.get("patient_id") or said.get("key") or ""))


def same_as(row: ImportRow) -> Iterable[UUID]:
    """The people of this name and birth date."""
    said = row.said
    return tuple(
        one.id
        for one in look_alikes.same_person(
            clinic_id=row.clinic_id,
            given_name=str(said.get("given_name", "")),
            family_name=str(said.get("family_name", "")),
            birth_date=date.fromisoformat(said["birth_date"]) if said.get("birth_date") else None,
            apart_from=None,
        )
    )


def is_merged_into(patient: Patient, number: str) -> bool:
    rows = MergedNumber.objects.filter(patient=patient, hospital_number=normal_number(number))
    return rows.exists()


def has_newer_stay(row: ImportRow, patient: Patient) -> bool:
    """Whether a later admission or discharge has been told already, whatever came of it."""
    told = ImportRow.objects.filter(
        patient=patient, kind__in=_STAYS, at__gt=row.at, done_at__isnull=False, undone_at__isnull=True
    )
    return told.exclude(verdict=Verdict.REFUSED).exclude(pk=row.pk).exists()


def is_enrolled_by(row: ImportRow, patient: Patient) -> bool:
    """Whether the same import has put the patient on record."""
    return patient.import_rows.filter(
        of_import=row.of_import_id, kind=RowKind.PATIENT, verdict=Verdict.MADE
    ).exists()


def _of(clinic: Clinic) -> QuerySet[Patient]:
    return Patient.objects.filter(clinic=clinic, is_synthetic=False, erased_at=None)


def _by_key(clinic: Clinic, key: str) -> Patient | None:
    if not key:
        return None
    try:
        found = _of(clinic).filter(pk=UUID(key)).first()
    except (ValueError, ValidationError):
        found = None
    if found is not None:
        return found
    rows = ImportRow.objects.filter(
        clinic=clinic, kind=RowKind.PATIENT, said__key=key, done_at__isnull=False, patient__isnull=False
    )
    return _of(clinic).filter(pk__in=rows.values("patient")).first()
