"""What a household tells beyond single reports: worries, disagreements, reporting less than before."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q

from clinic.models import Checkin, Disagreement, Escalation, Report, Worry
from clinic.models.checkin import CheckinKind, CheckinState
from clinic.models.patient import PatientStatus
from clinic.prepared import PreparedRows
from clinic.queries.reports import authors
from clinic.rules.core.enums import Level
from clinic.rules.outcomes import figures
from clinic.rules.reports import phone_levels

# Days that show what a family is used to.
HABIT_DAYS = 3


@dataclass(frozen=True)
class DifferingReport:
    """One of two reports that differ."""

    report_id: UUID
    by: str
    at: datetime
    level: Level


@dataclass(frozen=True)
class DisagreementPair:
    """Two reports on one hour, and which of them a person confirmed."""

    reports: tuple[DifferingReport, DifferingReport]
    settled_by: str
    confirmed: UUID | None

    @property
    def is_settled(self) -> bool:
        return bool(self.settled_by)


@dataclass(frozen=True)
class WorrySummary:
    """Somebody asked to be called. `waited` is the time until the call, or until now."""

    by: str
    told_at: datetime
    is_strong: bool
    words: str
    called_by: str
    waited: timedelta


def disagreements_of(*, escalation: Escalation) -> tuple[DisagreementPair, ...]:
    """Every pair of reports of this escalation that differ, the oldest first."""
    rows = Disagreement.objects.filter(escalation=escalation).select_related(
        *("earlier__author", "earlier__assessment", "earlier__told"),
        *("later__author", "later__assessment", "later__told", "settled_by"),
    )
    return tuple(
        DisagreementPair(
            reports=(_differing_report(row.earlier), _differing_report(row.later)),
            settled_by=row.settled_by.name if row.settled_by else "",
            confirmed=row.confirmed_id,
        )
        for row in rows.order_by("pk")
    )


def unsettled(pairs: Iterable[DisagreementPair]) -> tuple[DifferingReport, ...]:
    """The reports of which nobody has said yet which one is right; each once."""
    reports = [one for pair in pairs if not pair.is_settled for one in pair.reports]
    return tuple({one.report_id: one for one in reports}.values())


_unsettled = PreparedRows(
    lambda ids: Disagreement.objects.filter(escalation__in=ids, settled_at__isnull=True).values_list(
        "escalation_id"
    ),
    list[UUID],
)


def with_unsettled(*, ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those escalations in which reports differ and nobody has said yet which one is right."""
    return frozenset(escalation_id for (escalation_id,) in _unsettled(list(ids)))


def worries_of(*, escalation: Escalation, now: datetime) -> tuple[WorrySummary, ...]:
    """Who asked to be called, and how long they have waited or had to."""
    rows = Worry.objects.filter(escalation=escalation).select_related("author", "called_back_by")
    return tuple(
        WorrySummary(
            by=row.author.name,
            told_at=row.told_at,
            is_strong=row.is_strong,
            words=row.words,
            called_by=row.called_back_by.name if row.called_back_by else "",
            waited=max((row.called_back_at or escalation.resolved_at or now) - row.received_at, timedelta(0)),
        )
        for row in rows.order_by("received_at", "pk")
    )


def _differing_report(report: Report) -> DifferingReport:
    level = phone_levels.counted(report.assessment.level, report.level_on_phone)
    return DifferingReport(report.pk, authors.name_of(report), report.observed_at, level)


def patients_reporting_less(patient_ids: Iterable[UUID], *, now: datetime) -> frozenset[UUID]:
    """Whose reports of the last day are half or less of their own mean of the three days before.

    Only monitored patients, and only where the plan of that day asked for more than came. Two queries.
    """
    day, before = now - timedelta(days=1), now - timedelta(days=1 + HABIT_DAYS)
    reports = Report.objects.standing().filter(
        patient__in=list(patient_ids),
        patient__status=PatientStatus.ACTIVE,
        is_drill=False,
        corrects=None,
        observed_at__gt=before,
        observed_at__lte=now,
    )
    lately, earlier = Q(observed_at__gt=day), Q(observed_at__lte=day)
    counts = reports.values("patient").annotate(
        lately=Count("pk", filter=lately), before=Count("pk", filter=earlier)
    )
    fallen = {
        row["patient"]: row["lately"]
        for row in counts.order_by()
        if figures.has_fallen(row["lately"], row["before"], HABIT_DAYS)
    }
    asked = Checkin.objects.filter(
        patient__in=fallen, kind=CheckinKind.SCHEDULED, due_at__gt=day, due_at__lte=now
    ).exclude(state=CheckinState.DROPPED)
    planned = asked.values("patient").annotate(n=Count("pk")).order_by()
    return frozenset(row["patient"] for row in planned if row["n"] > fallen[row["patient"]])
