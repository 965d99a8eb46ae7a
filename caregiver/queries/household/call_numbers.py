"""Whom to call and whether anybody reads reports now; known to everybody, signed in or not."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError

from clinic.access import AnyUser, patients_cared_for_by
from clinic.models import Clinic, User
from clinic.rules.core.staffed_hours import next_staffed, staffed_at
from clinic.services.reports.intake import CallTarget, call_targets

# A visitor whom we do not know sees every clinic's numbers up to here.
SHOWN_TO_VISITORS = 20


@dataclass(frozen=True)
class ClinicNumbers:
    """One clinic's numbers and hours."""

    name: str
    calls: tuple[CallTarget, ...]
    staffed: bool
    opens_at: datetime | None
    zone: ZoneInfo

    def call(self, kind: str) -> CallTarget:
        return next(target for target in self.calls if target.kind == kind)

    @property
    def emergency(self) -> CallTarget:
        return self.call("emergency")

    @property
    def line(self) -> CallTarget:
        return self.call("line")

    @property
    def clinic(self) -> CallTarget:
        return self.call("clinic")


def clinics_of(*, by: User) -> list[Clinic]:
    """The clinics of everybody whom this person looks after."""
    return list(Clinic.objects.filter(patients__in=patients_cared_for_by(by)).distinct().order_by("name"))


def clinics_of_reader(*, by: AnyUser, remembered: Iterable[str]) -> list[Clinic]:
    """Whose guidance this reader is shown: of their patients' clinics, their work's, else this phone's."""
    if isinstance(by, User):
        of_patients = clinics_of(by=by)
        if of_patients or not by.is_staff_member:
            return of_patients
        return list(Clinic.objects.filter(staff__user=by, staff__ended_at=None).distinct().order_by("name"))
    return clinics_of_phone(remembered=remembered)


def clinics_of_phone(*, remembered: Iterable[str]) -> list[Clinic]:
    """The clinics that this phone has been signed in at, whoever holds it; none if we do not know it."""
    try:
        return list(Clinic.objects.filter(pk__in=[one for one in remembered if one]).order_by("name"))
    except (ValueError, ValidationError):
        return []


def of_clinic(*, clinic: Clinic, now: datetime) -> ClinicNumbers:
    """The clinic as a family needs it. Runs no query."""
    staffed = staffed_at(clinic.opening, now)
    return ClinicNumbers(
        name=clinic.name,
        calls=call_targets(clinic=clinic),
        staffed=staffed,
        opens_at=None if staffed else next_staffed(clinic.opening, now),
        zone=clinic.opening.zone,
    )


def for_visitor(*, remembered: Iterable[str], now: datetime) -> tuple[ClinicNumbers, ...]:
    """The clinics that this phone has been signed in at, else all: a number is never behind a sign-in."""
    clinics = clinics_of_phone(remembered=remembered) or list(
        Clinic.objects.order_by("name")[:SHOWN_TO_VISITORS]
    )
    return tuple(of_clinic(clinic=clinic, now=now) for clinic in clinics)
