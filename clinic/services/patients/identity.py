"""One person, one record: a hospital number belongs to one, and a second record is asked about."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from clinic.models import MergedNumber, Patient
from clinic.queries.patients import look_alikes
from clinic.rules.patients.facts import Problem, WrongFacts
from clinic.rules.patients.names import normal_number

LONGEST_NUMBER = 40


class NumberTaken(Exception):
    """Another patient of the clinic has this hospital number."""

    def __init__(self, patient_id: UUID) -> None:
        super().__init__(str(patient_id))
        self.patient_id = patient_id


class MayBeSame(Exception):
    """The clinic has somebody of this name and birth date, whom nobody has said to be another person."""

    def __init__(self, people: tuple[look_alikes.SamePerson, ...]) -> None:
        super().__init__(", ".join(str(one.id) for one in people))
        self.people = people


def number_as_kept(typed: str) -> str:
    """The number in its one form, empty for none. WrongFacts."""
    number = normal_number(typed)
    if typed.strip() and not number:
        raise WrongFacts({"hospital_number": Problem.NO_NUMBER})
    if len(number) > LONGEST_NUMBER:
        raise WrongFacts({"hospital_number": Problem.TOO_LONG})
    return number


def refuse_taken(*, clinic_id: UUID, number: str, apart_from: UUID | None) -> None:
    """NumberTaken."""
    others = Patient.objects.filter(clinic=clinic_id, hospital_number=number)
    if apart_from is not None:
        others = others.exclude(pk=apart_from)
    holder = others.values_list("pk", flat=True).first() if number else None
    if holder is None and number:
        # A number that the hospital has merged into somebody's is theirs still.
        merged = MergedNumber.objects.filter(clinic=clinic_id, hospital_number=number)
        holder = merged.exclude(patient=apart_from).values_list("patient", flat=True).first()
    if holder is not None:
        raise NumberTaken(holder)


@contextmanager
def guarding_number(*, clinic_id: UUID, number: str, apart_from: UUID | None) -> Iterator[None]:
    """Around the writing: two at the same moment pass the look beforehand, and the database lets in one."""
    refuse_taken(clinic_id=clinic_id, number=number, apart_from=apart_from)
    try:
        with transaction.atomic():
            yield
    except IntegrityError:
        refuse_taken(clinic_id=clinic_id, number=number, apart_from=apart_from)
        raise


def refuse_same_person(
    *, clinic_id: UUID, facts: Mapping[str, Any], known_others: frozenset[UUID], apart_from: UUID | None
) -> None:
    """MayBeSame, unless somebody has said of each of them that it is another person."""
    born: date | None = facts["birth_date"]
    found = look_alikes.same_person(
        clinic_id=clinic_id,
        given_name=facts["given_name"],
        family_name=facts["family_name"],
        birth_date=born,
        apart_from=apart_from,
    )
    if any(one.id not in known_others for one in found):
        raise MayBeSame(found)
