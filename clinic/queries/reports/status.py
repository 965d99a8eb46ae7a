"""What became of one report: its assessment, and the escalation that it opened or joined."""

from dataclasses import dataclass

from clinic.models import Assessment, Escalation, Report


@dataclass(frozen=True)
class ReportStatus:
    """Both are None until scoring has been there; no escalation when nothing needed one."""

    assessment: Assessment | None
    escalation: Escalation | None


def status_of(report: Report) -> ReportStatus:
    """The stored result of a report that the caller may see."""
    scored = Assessment.objects.select_related("protocol_version").defer("protocol_version__document")
    assessment = scored.filter(report=report).first()
    escalation = Escalation.objects.filter(events__report=report, is_drill=False).first()
    return ReportStatus(assessment, escalation)
