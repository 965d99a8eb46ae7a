"""What a household says besides single reports: that it is worried, or that two of it differ."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from clinic.models import Disagreement, Escalation, Report, Worry
from clinic.rules.enums import Level


@dataclass(frozen=True)
class Said:
    """One of two reports that differ."""

    report_id: UUID
    by: str
    at: datetime
    level: Level


@dataclass(frozen=True)
class Differing:
    """Two reports on one hour, and which of them a person confirmed."""

    said: tuple[Said, Said]
    settled_by: str
    confirmed: UUID | None

    @property
    def is_settled(self) -> bool:
        return bool(self.settled_by)


@dataclass(frozen=True)
class Worried:
    """Somebody asked to be called. `waited` is the time until the call, or until now."""

    by: str
    told_at: datetime
    is_strong: bool
    words: str
    called_by: str
    waited: timedelta


def differing(*, escalation: Escalation) -> tuple[Differing, ...]:
    """Every pair of reports of this escalation that differ, the oldest first."""
    rows = Disagreement.objects.filter(escalation=escalation).select_related(
        "earlier__author", "earlier__assessment", "later__author", "later__assessment", "settled_by"
    )
    return tuple(
        Differing(
            said=(_said(row.earlier), _said(row.later)),
            settled_by=row.settled_by.name if row.settled_by else "",
            confirmed=row.confirmed_id,
        )
        for row in rows.order_by("pk")
    )


def unsettled(pairs: Iterable[Differing]) -> tuple[Said, ...]:
    """The reports of which nobody has said yet which one is right; each once."""
    said = [one for pair in pairs if not pair.is_settled for one in pair.said]
    return tuple({one.report_id: one for one in said}.values())


def with_unsettled(*, ids: Iterable[UUID]) -> frozenset[UUID]:
    """Those escalations in which reports differ and nobody has said yet which one is right."""
    rows = Disagreement.objects.filter(escalation__in=list(ids), settled_at__isnull=True)
    return frozenset(rows.values_list("escalation_id", flat=True))


def worried(*, escalation: Escalation, now: datetime) -> tuple[Worried, ...]:
    """Who asked to be called, and how long they have waited or had to."""
    rows = Worry.objects.filter(escalation=escalation).select_related("author", "called_back_by")
    return tuple(
        Worried(
            by=row.author.name,
            told_at=row.told_at,
            is_strong=row.is_strong,
            words=row.words,
            called_by=row.called_back_by.name if row.called_back_by else "",
            waited=max((row.called_back_at or now) - row.received_at, timedelta(0)),
        )
        for row in rows.order_by("received_at", "pk")
    )


def _said(report: Report) -> Said:
    return Said(report.pk, report.author.name, report.observed_at, Level(report.assessment.level))
