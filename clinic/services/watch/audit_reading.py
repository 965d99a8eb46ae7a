"""Reading the audit is in the audit: who opened it, and who took all of it away."""

from collections.abc import Iterator
from datetime import datetime

from clinic import row_scope
from clinic.access import Permission, choose_clinic
from clinic.models import Clinic, User
from clinic.queries.watch import accesses
from clinic.queries.watch.accesses import AccessPage, Wanted
from clinic.services.core import audit
from clinic.services.core.streams import as_csv


def open_page(*, clinic_slug: str, wanted: Wanted, before: str, by: User, now: datetime) -> AccessPage:
    """One page of a clinic's audit. NotVisible."""
    page = accesses.page(user=by, clinic_slug=clinic_slug, wanted=wanted, before=before)
    _audit("audit.viewed", page.clinic, wanted, by, now)
    return page


def export(*, clinic_slug: str, wanted: Wanted, by: User, now: datetime) -> Iterator[str]:
    """All of it as CSV, a part at a time; the row about it is written before the first. NotVisible."""
    clinic, _clinics = choose_clinic(by, clinic_slug, Permission.VIEW_AUDIT)
    _audit("audit.exported", clinic, wanted, by, now)
    return row_scope.kept(as_csv(part) for part in accesses.parts(clinic=clinic, wanted=wanted))


def _audit(action: str, clinic: Clinic, wanted: Wanted, by: User, now: datetime) -> None:
    named = {"person": wanted.person, "kind": wanted.kind, "since": wanted.since, "until": wanted.until}
    audit.record(
        action=action,
        by=by,
        now=now,
        clinic_id=clinic.pk,
        subject_type="audit",
        patient_id=wanted.patient,
        detail={name: str(value) for name, value in named.items() if value},
    )
