"""The clinic's list of forms that are due about what became of people."""

from dataclasses import dataclass
from datetime import datetime

from clinic.access import Permission, choose_clinic
from clinic.models import Clinic, User
from clinic.queries.outcomes import forms_due
from clinic.queries.outcomes.forms_due import DueForms
from clinic.services.core import audit


@dataclass(frozen=True)
class DueList:
    """One clinic's, and the others that the person may choose."""

    clinic: Clinic
    clinics: tuple[Clinic, ...]
    due: DueForms


def list_for(*, by: User, clinic_slug: str, now: datetime) -> DueList:
    """The named clinic, or the person's first; that somebody read the list is in the audit. NotVisible."""
    clinic, clinics = open_list(by=by, clinic_slug=clinic_slug, now=now)
    return DueList(clinic, clinics, forms_due.of_clinic(clinic, now=now))


def open_list(*, by: User, clinic_slug: str, now: datetime) -> tuple[Clinic, tuple[Clinic, ...]]:
    """The clinic of a list with names and what became of them, and all that may be chosen. NotVisible."""
    clinic, clinics = choose_clinic(by, clinic_slug, Permission.VIEW_PATIENTS)
    audit.record(
        action="outcomes.listed",
        by=by,
        now=now,
        clinic_id=clinic.pk,
        subject_type="clinic",
        subject_id=clinic.pk,
    )
    return clinic, clinics
