"""Pages about imports show names, so that somebody looked is in the audit."""

from datetime import datetime
from uuid import UUID

from clinic.models import Clinic, User
from clinic.queries.exchange import pages
from clinic.services.core import audit
from clinic.services.exchange import imports


def open_list(*, by: User, clinic_slug: str, now: datetime) -> pages.ImportsPage:
    """The imports of a clinic: no name is in the list. NotVisible."""
    return pages.of_clinic(user=by, clinic_slug=clinic_slug)


def open_import(*, import_id: UUID, by: User, now: datetime) -> pages.ImportPage:
    """A preview as things stand now. NotVisible, NotAllowed."""
    found = imports.preview_as_it_stands(import_id=import_id, by=by, now=now)
    _note("import.viewed", found.clinic, by, now, found.pk)
    return pages.one(found)


def open_waiting(*, by: User, clinic_slug: str, now: datetime) -> pages.WaitingPage:
    """NotVisible."""
    page = pages.waiting(user=by, clinic_slug=clinic_slug)
    _note("imports.listed", page.clinic, by, now, "")
    return page


def _note(action: str, clinic: Clinic, by: User, now: datetime, subject: object) -> None:
    audit.record(
        action=action, by=by, now=now, clinic_id=clinic.pk, subject_type="import", subject_id=subject
    )
