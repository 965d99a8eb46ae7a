"""A report that staff entered for the wrong person: it stays on record, struck through, and counts no more.

What was meant for somebody of this family, and only typed wrongly, is put right in
services/reports/told_reports.py.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from clinic.access import Permission, get_patient, require
from clinic.models import Escalation, Patient, Report, ReportMistake, User
from clinic.models.escalation import EscalationEventKind as Kind
from clinic.services.checkins import plan
from clinic.services.core import live
from clinic.services.escalations import changes
from clinic.services.reports import disagreements, told_reports
from clinic.services.reports.told_reports import CountsNoMore


def mark(*, patient_id: UUID, report_id: UUID, by: User, reason: str, now: datetime) -> Report:
    """The report was about somebody else. Again, it stays as it was marked.

    What it alone had answered is unanswered again, and the second reading that it asked for is owed no more.
    An alert that it opened or raised stays with a line in its history: a person looks and closes it.
    NotVisible, NotAllowed, ReasonNeeded. CountsNoMore: another report has taken its place, mark that one.
    """
    visible = get_patient(by, patient_id)
    require(by, Permission.ACT_ON_ESCALATIONS, visible.clinic_id)
    report = told_reports.told_report(visible, report_id, by)
    reason = told_reports.checked_reason(reason)
    with transaction.atomic():
        patient = Patient.objects.select_for_update(no_key=True).get(pk=visible.pk)
        report = Report.objects.select_for_update(of=("self",)).get(pk=report.pk)
        if hasattr(report, "correction"):
            raise CountsNoMore
        if hasattr(report, "mistake"):
            return report
        report.patient = patient
        told_reports.record_mistake(report=report, reason=reason, by=by, now=now)
        _take_out(report, patient, now)
        disagreements.settle_mistaken(report=report, by=by, now=now)
        _note_in_alert(report, reason, by, now)
        live.publish_change(clinic_id=patient.clinic_id, kind="patient", ref=patient.pk, level=None, now=now)
        return report


def _take_out(report: Report, patient: Patient, now: datetime) -> None:
    """Of every version: the first has answered check-ins, and the last asked for a second reading."""
    version: Report | None = report
    while version is not None:
        ReportMistake.objects.filter(report=version).update(of_another_person=True)
        plan.reopen_answered(report=version, patient=patient, now=now)
        version = version.corrects


def _note_in_alert(report: Report, reason: str, by: User, now: datetime) -> None:
    found = Escalation.objects.filter(events__report=report, is_drill=False).first()
    if found is None:
        return
    escalation = changes.lock(found.pk)
    changes.save_fields(escalation)
    changes.add_event(escalation, Kind.ENTERED_IN_ERROR, now, by=by, text=reason)
    changes.publish(escalation, "escalation.report_in_error", by, now)
