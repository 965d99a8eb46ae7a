"""The phone's word about a report that is stored: it may come with a repeat, and it only ever rises."""

from datetime import datetime

from django.db import transaction

from clinic.models import Patient, Report, User
from clinic.models.report import ReportState
from clinic.rules.core.enums import Level
from clinic.rules.reports import phone_levels
from clinic.services.core import audit
from notifications.services import nudge


def keep(*, report: Report, level_on_phone: str, by: User, now: datetime) -> None:
    """A report came again: keep what the phone says now, where that is more than what is stored.

    The page's form may have got through without it, and the phone's own copy brings it later. Where it says
    more than scoring found, the report waits for scoring once more, which counts it.
    """
    sent = phone_levels.parse(level_on_phone)
    if sent is not None and _is_news(sent, report):
        _keep(report, sent, by, now)


@transaction.atomic
def _keep(report: Report, sent: Level, by: User, now: datetime) -> None:
    # In the order of scoring: patient, then report.
    Patient.objects.select_for_update(no_key=True).only("pk").get(pk=report.patient_id)
    locked = Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
    if not _is_news(sent, locked):
        return
    locked.level_on_phone = sent
    if locked.state == ReportState.SCORED and sent > Level(locked.assessment.level):
        locked.state, locked.scored_at = ReportState.RECEIVED, None
        nudge.after_commit("clinic.tasks.score_report", locked.pk, once=True)
    locked.save(update_fields=["level_on_phone", "state", "scored_at"])
    report.level_on_phone, report.state, report.scored_at = sent, locked.state, locked.scored_at
    audit.record(
        action="report.level_on_phone",
        by=by,
        now=now,
        clinic_id=report.patient.clinic_id,
        subject_type="report",
        subject_id=report.pk,
        patient_id=report.patient_id,
        detail={"level_on_phone": sent},
    )


def _is_news(sent: Level, report: Report) -> bool:
    return sent > Level(report.level_on_phone or Level.NONE)
