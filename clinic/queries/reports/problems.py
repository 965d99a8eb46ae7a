"""What of a report could not be taken as it was meant, in words for whoever sent it."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from clinic.models import Report
from clinic.queries.protocols.versions import rules_of
from clinic.rules.protocols.scoring.answers import not_as_meant
from clinic.rules.reports.observation import FURTHEST, TOLERATED


@dataclass(frozen=True)
class ReportProblem:
    """`key` is a question, or `observed_at`. The report is stored and scored with all the rest."""

    key: str
    code: str
    text: str


def of_report(report: Report) -> tuple[ReportProblem, ...]:
    """In the language of the report for its answers; for its time in the one that is switched on."""
    found = not_as_meant(rules_of(report.protocol_version), report.answers)
    problems = [ReportProblem(one.key, one.code, one.text(report.language) or one.code) for one in found]
    return (*of_time(report), *problems)


def of_time(report: Report) -> tuple[ReportProblem, ...]:
    """What is wrong with the time of observation that was given."""
    said = report.observed_at_said
    if said is None or abs(said - report.observed_at) <= TOLERATED:
        return ()
    if said < report.received_at - FURTHEST and report.observed_at == report.received_at:
        words = _("The time that came with this cannot be right. It counts as seen when it came in.")
        return (ReportProblem("observed_at", "too_old", words),)
    if report.observed_at == report.received_at:
        words = _("The time that came with this is still to come. It counts as seen when it came in.")
        return (ReportProblem("observed_at", "in_future", words),)
    words = _("The clock of this phone is wrong. The clinic has put the time right. Please set the clock.")
    return (ReportProblem("observed_at", "clock_wrong", words),)
