"""Corrections of a sent report by its author: a new version; the old one stays on record."""

from datetime import datetime, timedelta
from uuid import UUID, uuid4

from django.db import transaction

from caregiver.models import Draft
from caregiver.queries.household import drafts as draft_rows
from caregiver.queries.household.today import DRAFT_LASTS
from clinic.access import NotVisible, get_report, patients_cared_for_by
from clinic.models import Report, User
from clinic.queries.reports import authors
from clinic.services.protocols.versions import rules_of

# After that a new report says more than a correction of the old one.
CORRECTABLE_FOR = timedelta(hours=24)


class TooLate(Exception):
    """The report is too old to be corrected, or has been corrected already."""


class UnfinishedFirst(Exception):
    """A check-in is begun and not sent; opening the old answers would mix two moments."""


def can_correct(report: Report, *, by: User, now: datetime) -> bool:
    """Whether this person may still put this report right."""
    is_newest = not hasattr(report, "correction")
    # What staff entered for somebody is put right where it was entered.
    is_own = report.author_id == by.pk and authors.told_of(report) is None
    return is_own and is_newest and now - report.received_at <= CORRECTABLE_FOR


def begin(*, by: User, report_id: UUID, now: datetime) -> Draft:
    """Open the report's answers as a draft that will take its place; again, and it goes on with that one.

    NotVisible, TooLate, UnfinishedFirst.
    """
    report = get_report(by, report_id)
    if report.author_id != by.pk or not patients_cared_for_by(by).filter(pk=report.patient_id).exists():
        raise NotVisible("report")
    if not can_correct(report, by=by, now=now):
        raise TooLate
    with transaction.atomic():
        drafts = draft_rows.at_work(by=by, patient=report.patient).select_for_update()
        begun: Draft | None = drafts.filter(updated_at__gt=now - DRAFT_LASTS).exclude(answers={}).first()
        if begun is not None and begun.corrects_id != report.pk:
            raise UnfinishedFirst
        if begun is not None:
            return begun
        drafts.delete()
        draft = draft_rows.begin(
            by=by,
            patient=report.patient,
            report_id=uuid4(),
            protocol_version=report.protocol_version,
            corrects=report,
            answers=report.answers,
            pages_done=[page.key for page in rules_of(report.protocol_version).steps],
            started_at=now,
            updated_at=now,
        )
        draft.save(force_insert=True)
        return draft
