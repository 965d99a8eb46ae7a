"""A sent report with its advice as of now and how far the clinic is with it."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from caregiver.queries.guidance.reading import Shown
from caregiver.queries.household.reports import Status, status_of
from caregiver.services.check_in.corrections import can_correct
from caregiver.services.guidance import learning
from clinic.access import get_report
from clinic.models import Report, User
from clinic.rules.protocols.scoring.answers import check_answers
from clinic.services.protocols.versions import rules_of
from clinic.services.reports.intake import GivenAdvice, advise


@dataclass(frozen=True)
class Result:
    """What the page after sending shows."""

    report: Report
    advice: GivenAdvice
    status: Status
    # Readings so unlikely that they should be measured again, after the advice.
    to_check: tuple[str, ...]
    # The version that took its place, and the one whose place it took.
    correction: Report | None
    corrects: Report | None
    can_correct: bool
    # Guidance that fits these answers, the most pressing first.
    pages: tuple[Shown, ...] = ()


def open_result(*, by: User, report_id: UUID, now: datetime) -> Result:
    """The result of one visible report; NotVisible. Advice is worked out now, whatever the worker does."""
    report = get_report(by, report_id)
    checked = check_answers(rules_of(report.protocol_version), report.answers)
    return Result(
        report=report,
        advice=advise(report=report, now=now),
        status=status_of(report),
        to_check=tuple(one.text(by.language) for one in checked.confirmations),
        correction=getattr(report, "correction", None),
        corrects=report.corrects,
        can_correct=can_correct(report, by=by, now=now),
        pages=learning.pages_for_report(report=report, language=by.language, now=now),
    )
