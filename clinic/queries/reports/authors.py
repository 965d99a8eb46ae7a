"""Whose words a report holds: its author's, or those of somebody who told it to staff on the telephone."""

from uuid import UUID

from django.utils.translation import gettext as _

from clinic.models import Report, ToldReport
from clinic.models.report import ReportSource


def told_of(report: Report) -> ToldReport | None:
    """Who told it on the telephone; None for a report that its author sent."""
    return getattr(report, "told", None)


def name_of(report: Report) -> str:
    """Its author by name, as staff read it; with whoever told it, or the telephone that it came by."""
    told, name = told_of(report), str(report.author.name)
    if told is None and report.source == ReportSource.VOICE:
        return _("%(name)s, by telephone keypad") % {"name": name}
    if told is None:
        return name
    teller = f"{told.who} ({told.relation})" if told.relation else told.who
    return _("%(name)s, told by %(teller)s by telephone") % {"name": name, "teller": teller}


def speaker_of(report: Report) -> UUID | str:
    """The same for two reports in which one person speaks, whoever typed them."""
    told = told_of(report)
    if told is None:
        return UUID(str(report.author_id))
    return UUID(str(told.member.user_id)) if told.member else f"other:{told.who}"
