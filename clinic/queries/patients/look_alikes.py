"""People of one clinic who may be taken for each other, and what tells them apart.

However many names a page shows, this is one query.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q

from clinic.models import Patient
from clinic.prepared import PreparedRows
from clinic.rules.patients.names import Name, are_alike, key_of


@dataclass(frozen=True)
class Mark:
    """What stands beside the name of somebody who has a look-alike; None or empty where it is not known."""

    birth_date: date | None
    hospital_number: str


@dataclass(frozen=True)
class SamePerson:
    """Somebody on record with the same name and birth date."""

    id: UUID
    name: str
    birth_date: date | None
    hospital_number: str


def marks_of(patients: Iterable[Patient]) -> Mapping[UUID, Mark]:
    """By patient, of those among these who have a look-alike at their clinic."""
    shown = {patient.pk: patient for patient in patients if not patient.is_synthetic}
    if not shown:
        return {}
    names = {pk: Name.of(one.given_name, one.family_name) for pk, one in shown.items()}
    others = _sharing_a_name(
        {one.clinic_id for one in shown.values()}, {key for one in names.values() for key in one}
    )
    return {
        pk: Mark(one.birth_date, one.hospital_number)
        for pk, one in shown.items()
        if any(
            other_pk != pk and are_alike(names[pk], name)
            for key in names[pk]
            for other_pk, name in others.get((one.clinic_id, key), ())
        )
    }


_with_a_name = PreparedRows(
    lambda clinic_ids, keys: Patient.objects.filter(
        Q(given_key__in=keys) | Q(family_key__in=keys), clinic__in=clinic_ids, is_synthetic=False
    ).values_list("pk", "clinic_id", "given_key", "family_key"),
    list[UUID],
    list[str],
)


def _sharing_a_name(
    clinic_ids: Collection[UUID], keys: Collection[str]
) -> Mapping[tuple[UUID, str], list[tuple[UUID, Name]]]:
    """By clinic and part of a name who has it, as given or as family name: one of both is the same."""
    wanted = set(keys)
    found: dict[tuple[UUID, str], list[tuple[UUID, Name]]] = defaultdict(list)
    for pk, clinic_id, given, family in _with_a_name(list(clinic_ids), list(keys)):
        for key in {given, family} & wanted:
            found[clinic_id, key].append((pk, Name(given, family)))
    return found


def marks_of_ids(patient_ids: Iterable[UUID]) -> Mapping[UUID, Mark]:
    """The same where only the ids are at hand."""
    ids = set(patient_ids)
    return marks_of(Patient.objects.filter(pk__in=ids)) if ids else {}


def same_person(
    *, clinic_id: UUID, given_name: str, family_name: str, birth_date: date | None, apart_from: UUID | None
) -> tuple[SamePerson, ...]:
    """Who at the clinic has this name, in either order, and was born on this day."""
    if birth_date is None:
        return ()
    given, family = key_of(given_name), key_of(family_name)
    rows = Patient.objects.filter(
        Q(given_key=given, family_key=family) | Q(given_key=family, family_key=given),
        clinic=clinic_id,
        birth_date=birth_date,
        is_synthetic=False,
    )
    if apart_from is not None:
        rows = rows.exclude(pk=apart_from)
    return tuple(
        SamePerson(one.pk, one.full_name, one.birth_date, one.hospital_number) for one in rows.order_by("pk")
    )
