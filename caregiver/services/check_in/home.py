"""The first screen: what is open, asked or due of everybody whom a person looks after."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from caregiver.queries.household import drafts, reports, today
from caregiver.queries.household.open_alerts import OpenAlert, Reason
from caregiver.queries.household.reports import ReportListItem
from caregiver.queries.household.today import PatientToday
from caregiver.rules.household.first_screen import urgency
from caregiver.services.check_in.steps import pressing_advice
from clinic.models import Patient, Report, User
from clinic.rules.core.enums import Level
from clinic.services.reports.intake import advise_on_report


def open_home(*, by: User, now: datetime) -> list[PatientToday]:
    """Everybody whom this person looks after, the worst first, then by given name."""
    people = today.of_caregiver(by=by, now=now)
    # Of several, what the worker has not scored yet is left out: it takes queries for each, for a moment.
    people = [_with_unsent_or_unscored(one, by, now, is_alone=len(people) == 1) for one in people]
    return sorted(people, key=lambda one: urgency(one.facts))


def open_patient(*, by: User, patient_id: UUID, now: datetime) -> PatientToday:
    """One patient; NotVisible for anybody who does not look after them."""
    one = today.of_patient(by=by, patient_id=patient_id, now=now)
    return _with_unsent_or_unscored(one, by, now, is_alone=True)


@dataclass(frozen=True)
class SentAndOpen:
    """What was sent from a phone that waits and still says "call": all that it may know of an alert."""

    patient: Patient
    alert: OpenAlert


def open_of_device(*, by: User, sent: Iterable[ReportListItem], now: datetime) -> SentAndOpen | None:
    """The worst of what was sent from the device at work, until the clinic has closed it."""
    waiting = [one for one in sent if one.status.closed_at is None and not one.is_corrected]
    found = [
        SentAndOpen(
            one.patient,
            OpenAlert(one.level, Reason.REPORT, one.received_at, report_id=one.id)
            if one.level
            else _of_report(one.id, now),
        )
        for one in waiting
    ]
    worst = max(found, key=lambda one: one.alert.level.rank, default=None)
    if worst is None or worst.alert.report_id is None or not worst.alert.level.is_pressing:
        return None
    progress = reports.progress_by_id(by=by, report_id=worst.alert.report_id)
    return replace(
        worst,
        alert=replace(
            worst.alert,
            told_at=progress.told_at,
            taken_at=progress.seen_at or progress.in_hand_since,
            taken_by=progress.seen_by if "," in progress.seen_by else "",
        ),
    )


def _with_unsent_or_unscored(one: PatientToday, by: User, now: datetime, *, is_alone: bool) -> PatientToday:
    """With what already says "call" and no escalation stands for: a report just in, a check-in not sent."""
    if one.has_died:
        return one
    known = one.alert.level if one.alert else Level.NONE
    found = [*(_of_draft(one.patient, by, now) if one.draft_from else ())]
    if is_alone:
        found += [
            _of_report(line.id, now) for line in one.reports if line.level is None and not line.is_mistake
        ]
    worst = max(found, key=lambda alert: alert.level.rank, default=None)
    return replace(one, alert=worst) if worst and worst.level.rank > known.rank else one


def _of_report(report_id: UUID, now: datetime) -> OpenAlert:
    rows = Report.objects.select_related("patient__clinic", "protocol_version", "corrects")
    report = rows.get(pk=report_id)
    level = advise_on_report(report=report, now=now).level
    return OpenAlert(level, Reason.REPORT, report.received_at, report_id=report.pk)


def _of_draft(patient: Patient, by: User, now: datetime) -> list[OpenAlert]:
    rows = drafts.at_work(by=by, patient=patient)
    draft = rows.select_related("protocol_version__protocol", "patient__clinic", "corrects").first()
    advice = pressing_advice(draft, now)
    return [OpenAlert(advice.level, Reason.DRAFT, draft.updated_at)] if draft and advice else []
