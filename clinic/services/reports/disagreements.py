"""Two people of one household report different levels within the hour; a nurse settles which is right."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from clinic.models import Assessment, Disagreement, Escalation, Report, User
from clinic.queries.reports import authors
from clinic.rules.reports import phone_levels
from clinic.rules.reports.disagreements import SAME_MOMENT


def record_pairs(*, report: Report, assessment: Assessment, escalation: Escalation, now: datetime) -> None:
    """Record each pair of this report and one by somebody else at about the same time at another level.

    Runs inside the scoring transaction. A version that was corrected since takes part no more.
    """
    others = (
        Report.objects.newest()
        .filter(
            patient=report.patient_id,
            observed_at__gte=report.observed_at - SAME_MOMENT,
            observed_at__lte=report.observed_at + SAME_MOMENT,
            assessment__isnull=False,
        )
        .exclude(pk=report.pk)
        .select_related("assessment", "told__member")
        .defer("assessment__inputs", "assessment__reasons")
    )
    level = phone_levels.counted(assessment.level, report.level_on_phone)
    speaker = authors.speaker_of(report)
    for other in others:
        if authors.speaker_of(other) == speaker:
            continue
        if phone_levels.counted(other.assessment.level, other.level_on_phone) == level:
            continue
        earlier, later = sorted((other, report), key=lambda one: (one.observed_at, one.received_at))
        Disagreement.objects.get_or_create(
            earlier=earlier, later=later, defaults={"escalation": escalation, "noted_at": now}
        )


def settle_mistaken(*, report: Report, by: User, now: datetime) -> None:
    """The report was about somebody else, so the other of each pair is right."""
    pairs = Disagreement.objects.filter(Q(earlier=report) | Q(later=report), settled_at__isnull=True)
    for one in pairs:
        one.confirmed_id = one.later_id if one.earlier_id == report.pk else one.earlier_id
        one.settled_at, one.settled_by = now, by
        one.save(update_fields=["confirmed", "settled_at", "settled_by"])


def settle(*, escalation: Escalation, confirmed: UUID | None, by: User, now: datetime) -> None:
    """Settle the escalation's open disagreements. `confirmed`: the right report, if anybody could tell."""
    for one in Disagreement.objects.filter(escalation=escalation, settled_at__isnull=True):
        one.confirmed_id = confirmed if confirmed in {one.earlier_id, one.later_id} else None
        one.settled_at, one.settled_by = now, by
        one.save(update_fields=["confirmed", "settled_at", "settled_by"])
