"""Counts that show a family that their reports are read and lead to calls."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from clinic.access import patients_cared_for_by
from clinic.models import Report, User
from clinic.models.escalation import EscalationEventKind
from clinic.models.patient import PatientStatus

WEEK = timedelta(days=7)


@dataclass(frozen=True)
class ReportCounts:
    """Of what was seen in the last seven days: newest versions of reports, and those that led to a call."""

    sent: int
    called: int


def of_family(*, by: User, now: datetime) -> ReportCounts:
    """On the people whom this person looks after; nobody counts them of somebody who has died.

    A call is what staff wrote down as one.
    """
    # By their ids: as a part of the query PostgreSQL looks for them among the reports of everybody.
    living = patients_cared_for_by(by).exclude(status=PatientStatus.DIED)
    sent = Report.objects.newest().filter(
        patient__in=list(living.values_list("pk", flat=True)),
        is_drill=False,
        observed_at__gt=now - WEEK,
        observed_at__lte=now,
    )
    called = Q(escalation_events__escalation__contacts__reached=True) | Q(
        escalation_events__escalation__outcome__gt=""
    )
    # What came as staff expected is on record with a call that was made before it.
    answered = sent.filter(called).exclude(escalation_events__kind=EscalationEventKind.EXPECTED)
    return ReportCounts(sent=sent.count(), called=answered.values("pk").distinct().count())
