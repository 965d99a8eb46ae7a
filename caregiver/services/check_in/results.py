"""A sent report with its advice and how far the clinic is with it."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from caregiver.queries.guidance.reading import ShownGuidance
from caregiver.queries.household import report_summaries, today
from caregiver.queries.household.report_summaries import ReportSummary
from caregiver.queries.household.reports import ReportProgress, with_told
from caregiver.queries.household.today import PatientToday
from caregiver.services.check_in.corrections import can_correct
from caregiver.services.guidance import learning
from clinic import device_scope
from clinic.access import get_report
from clinic.models import Report, ToldReport, User
from clinic.models.life_event import LifeEventKind
from clinic.models.patient import PatientStatus
from clinic.queries.reports import authors, problems
from clinic.rules.core.enums import Level
from clinic.rules.protocols.scoring.answers import check_answers
from clinic.services.protocols.versions import rules_of
from clinic.services.reports.intake import FilledAdvice, advise_on_report

# Somebody who ticks a danger sign after a death was recorded acts at once: the record may be wrong. After
# this long nothing calls for help on that page any more.
NEWLY_SENT = timedelta(hours=1)


@dataclass(frozen=True)
class ReportResult:
    """What the page after sending shows."""

    report: Report
    advice: FilledAdvice
    # The temperature and what was marked; None of what was about another person, whose it is to see.
    summary: ReportSummary | None
    status: ReportProgress
    # Readings that cannot be read, or so unlikely that they should be measured again, after the advice.
    to_check: tuple[str, ...]
    # The version that took its place, and the one whose place it took.
    correction: Report | None
    corrects: Report | None
    can_correct: bool
    # The clinic says that it entered it wrongly.
    is_mistake: bool
    # And put it right: it was not about somebody else.
    is_put_right: bool
    # Who told it to the clinic on the telephone, if anybody did; whether its words are the reader's own.
    told: ToldReport | None
    is_mine: bool
    # The patient has died, and this was not a danger sign sent just now.
    is_after_death: bool
    # What was wrong with the time that the phone gave.
    time_problems: tuple[problems.ReportProblem, ...]
    # Guidance that fits these answers, the most pressing first.
    guidance: tuple[ShownGuidance, ...] = ()
    # After a report that led to no alert: when next, and the last readings.
    next_at: datetime | None = None
    temperatures: tuple[str, ...] = ()

    @property
    def has_advice(self) -> bool:
        """None follows from a report that was a mistake, nor after a death."""
        return not self.is_mistake and not self.is_after_death

    @property
    def is_routine(self) -> bool:
        return self.next_at is not None or bool(self.temperatures)

    @property
    def calls_for_help(self) -> bool:
        """The emergency number stands above, and nothing is offered that would seem to do as well."""
        return self.has_advice and not self.is_past and self.advice.level.is_emergency

    @property
    def pages_staff(self) -> bool:
        """A person may call before the clinic opens."""
        return self.has_advice and not self.is_past and self.advice.level.is_pressing

    @property
    def is_past(self) -> bool:
        """The clinic is done with it: its advice is told as of then."""
        return self.status.closed_at is not None


def open_result(*, by: User, report_id: UUID, now: datetime) -> ReportResult:
    """The result of one visible report; NotVisible. Advice is worked out now, whatever the worker does.

    Once the clinic has closed it, as of when the report came: it is read as what was told then.
    """
    report = get_report(by, report_id)
    status = with_told(report)
    # "Tonight" was said by the clock of that night.
    told_at = report.received_at if status.closed_at else now
    advice = advise_on_report(report=report, now=told_at)
    routine = _routine(report, advice, by, now)
    checked = check_answers(rules_of(report.protocol_version), report.answers)
    mistake = getattr(report, "mistake", None)
    return ReportResult(
        report=report,
        advice=advice,
        summary=None
        if report.is_about_another
        else report_summaries.of_report(report, by.language, by.temperature_unit),
        status=status,
        to_check=tuple(one.text(by.language) for one in (*checked.problems, *checked.confirmations)),
        correction=getattr(report, "correction", None),
        corrects=report.corrects,
        can_correct=can_correct(report, by=by, now=now) and report.patient.status != PatientStatus.DIED,
        is_mistake=mistake is not None,
        is_put_right=mistake is not None and not report.is_about_another,
        told=authors.told_of(report),
        is_mine=authors.speaker_of(report) == by.pk,
        is_after_death=_is_after_death(report, advice, now),
        time_problems=problems.of_time(report),
        guidance=learning.guidance_for_report(report=report, language=by.language, now=now),
        next_at=routine.next_at if routine else None,
        temperatures=routine.temperatures if routine else (),
    )


def _is_after_death(report: Report, advice: FilledAdvice, now: datetime) -> bool:
    if report.patient.status != PatientStatus.DIED:
        return False
    if not advice.level.is_pressing or now - report.received_at > NEWLY_SENT:
        return True
    return report.patient.life_events.filter(
        kind=LifeEventKind.DIED, taken_back_at=None, recorded_at__gt=report.received_at
    ).exists()


def _routine(report: Report, advice: FilledAdvice, by: User, now: datetime) -> PatientToday | None:
    """What comes next, where nothing is to be done now; on a device that waits nothing of before."""
    patient = report.patient
    if advice.level is not Level.NONE or patient.status == PatientStatus.DIED:
        return None
    if device_scope.waiting_device_of(by.pk) is not None or not today.is_caregiver_of(
        by=by, patient_id=patient.pk
    ):
        return None
    lines = today.lines_of(patient=patient, by=by, now=now)
    # Under an older report nothing that was measured after it.
    known = [one for one in lines.reports if one.observed_at <= report.observed_at]
    return replace(lines, reports=known)
