"""Serious events to be read again: each admission and each death, with what had come in before it."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import F, Prefetch, Q

from clinic.models import Clinic, LifeEvent, OutcomeReview, Patient, Report
from clinic.models.life_event import LifeEventKind
from clinic.rules.core.enums import Level
from clinic.rules.outcomes.detection import WINDOWS

READ_AGAIN = (LifeEventKind.ADMITTED, LifeEventKind.DIED)
# An admission that came along with its patient: the reports before it are at the clinic of before.
BEFORE_TRANSFER = Q(patient__came_by_transfer=True, at__lt=F("patient__created_at"))
# Older ones stay in the figures; nobody reads them again for the first time.
LOOKED_BACK = timedelta(days=365)
SHOWN = 100


@dataclass(frozen=True)
class EventToReview:
    """`worst` is of the reports of the three days before; None where there was none."""

    event: LifeEvent
    patient: Patient
    worst: Level | None
    reports: int
    review: OutcomeReview | None


def of_clinic(clinic: Clinic, *, now: datetime) -> tuple[EventToReview, ...]:
    """Those that nobody has read again first, then the others; in each the newest first. Two queries."""
    rows = LifeEvent.objects.filter(
        patient__clinic=clinic,
        patient__is_synthetic=False,
        patient__erased_at=None,
        kind__in=READ_AGAIN,
        taken_back_at=None,
        at__gt=now - LOOKED_BACK,
    ).exclude(BEFORE_TRANSFER)
    reviews = OutcomeReview.objects.select_related("reviewed_by")
    events = list(
        rows.select_related("patient").prefetch_related(Prefetch("review", queryset=reviews)).order_by("-at")
    )
    events.sort(key=lambda one: hasattr(one, "review"))
    shown = events[:SHOWN]
    before = _before(shown)
    return tuple(
        EventToReview(
            event=one,
            patient=one.patient,
            worst=max(before[one.pk], default=None),
            reports=len(before[one.pk]),
            review=getattr(one, "review", None),
        )
        for one in shown
    )


def _before(events: list[LifeEvent]) -> dict[UUID, list[Level]]:
    found: dict[UUID, list[Level]] = defaultdict(list)
    if not events:
        return found
    window = timedelta(hours=WINDOWS[-1])
    rows = Report.objects.newest().filter(
        patient__in={one.patient_id for one in events},
        is_drill=False,
        assessment__isnull=False,
        received_at__gte=min(one.at for one in events) - window,
    )
    by_patient: dict[UUID, list[tuple[datetime, Level]]] = defaultdict(list)
    for patient_id, at, level in rows.values_list("patient_id", "received_at", "assessment__level"):
        by_patient[patient_id].append((at, Level(level)))
    for one in events:
        found[one.pk] = [level for at, level in by_patient[one.patient_id] if one.at - window <= at <= one.at]
    return found
