"""A report that somebody tells staff on the telephone: asked, stored and answered like the family's own."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from clinic.access import NotVisible, Permission, get_patient, get_report, require
from clinic.models import Patient, Report, ReportMistake, ToldReport, User
from clinic.queries.reports import authors
from clinic.queries.reports.questions import questions_asked
from clinic.rules.protocols.document.protocol import Protocol, Question, QuestionStep
from clinic.rules.protocols.scoring.answers import AnswerProblem, CheckedAnswers, check_answers
from clinic.rules.reports import form_answers
from clinic.services.core import audit
from clinic.services.protocols.versions import current_version_for, rules_of, version_for
from clinic.services.reports import intake, tellers

LONGEST_REASON = 200
# A clock that shows whole minutes may be that far ahead.
_AHEAD_TOLERATED = timedelta(minutes=1)


class SeenAhead(Exception):
    """It is said to have been seen in the future."""


class NothingTold(Exception):
    """No question was answered."""


class CountsNoMore(Exception):
    """The report has been put right, or marked as entered in error, already."""


class ReasonNeeded(Exception):
    """A mistake is put on record with its reason, in LONGEST_REASON letters at most."""


class NoSuchVersion(Exception):
    """The form is of a protocol version that this clinic does not have."""


class NotStoredYet(Exception):
    """Something must be asked first. Nothing was stored; `advice` is on what is known so far."""

    def __init__(self, advice: intake.FilledAdvice) -> None:
        super().__init__(type(self).__name__)
        self.advice = advice


class ReadingsRefused(NotStoredYet):
    """Numbers that cannot be meant: measured again, or left out."""

    def __init__(self, advice: intake.FilledAdvice, problems: tuple[AnswerProblem, ...]) -> None:
        super().__init__(advice)
        self.problems = problems


class ReadingsUnlikely(ReadingsRefused):
    """Numbers that nobody has said are right."""


class MoreToAsk(NotStoredYet):
    """What was answered calls for questions that the form did not show."""


@dataclass(frozen=True)
class ToldEntry:
    """The form as staff filled it in. `shown` are the questions on it, by key."""

    report_id: UUID
    version: int
    teller: tellers.Teller
    seen_at: datetime
    answers: Mapping[str, Any]
    shown: tuple[str, ...]
    unsure: tuple[str, ...] = ()
    # "Nothing else is new": what is left open is answered with none, as usual, or no.
    nothing_else: bool = False
    # Readings that were confirmed, as form_answers.reading_token names them; questions that are left out.
    confirmed: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class ToldForm:
    """What to ask about this patient: the steps of the check-in with the questions that apply now."""

    patient: Patient
    version: int
    protocol: Protocol
    steps: tuple[tuple[QuestionStep, tuple[Question, ...]], ...]

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(question for _step, questions in self.steps for question in questions)


@dataclass(frozen=True)
class ToldAdvice:
    """A stored report with what to read out."""

    patient: Patient
    report: Report
    advice: intake.FilledAdvice


def open_form(
    *,
    patient_id: UUID,
    by: User,
    now: datetime,
    version: int | None = None,
    answers: Mapping[str, Any] | None = None,
) -> ToldForm:
    """The questions, by the version that the form was begun with and by what is answered so far.

    NotVisible, NotAllowed, NoSuchVersion.
    """
    patient = _patient_of(patient_id, by)
    found = current_version_for(patient=patient) if version is None else None
    found = found or version_for(patient=patient, number=version or 0)
    if found is None:
        raise NoSuchVersion
    protocol = rules_of(found)
    steps = tuple(
        (
            step,
            questions_asked(page=step, protocol=protocol, patient=patient, answers=answers or {}, now=now),
        )
        for step in protocol.steps
    )
    return ToldForm(patient, found.number, protocol, tuple((step, asked) for step, asked in steps if asked))


def enter(*, patient_id: UUID, by: User, entry: ToldEntry, now: datetime) -> intake.StoredReport:
    """Store what was told, scored and escalated like any report; the same form again is stored once.

    An emergency is stored at once, whatever else is to be asked. NotVisible, NotAllowed, NobodyNamed,
    SeenAhead, NothingTold, NoSuchVersion, ReadingsRefused, ReadingsUnlikely, MoreToAsk,
    intake.ReportConflict.
    """
    patient = _patient_of(patient_id, by)
    teller = tellers.look_up(entry.teller, patient=patient)
    if entry.seen_at > now + _AHEAD_TOLERATED:
        raise SeenAhead
    answers = _answers_of(patient, entry, by, now)
    with transaction.atomic():
        return _store(patient, entry, teller, answers, by, now)


def open_wrong(*, patient_id: UUID, report_id: UUID, by: User) -> Report:
    """A report that was entered so, to be put right. NotVisible, NotAllowed, CountsNoMore."""
    report = told_report(_patient_of(patient_id, by), report_id, by)
    if hasattr(report, "mistake") or hasattr(report, "correction"):
        raise CountsNoMore
    return report


def is_stored_correction(report_id: UUID, form_id: str) -> bool:
    """Whether the form of this id has put that report right before, so that it was only sent twice."""
    try:
        return Report.objects.filter(corrects=report_id, pk=UUID(form_id)).exists()
    except ValueError:
        return False


def correct(
    *, patient_id: UUID, report_id: UUID, by: User, entry: ToldEntry, reason: str, now: datetime
) -> intake.StoredReport:
    """Store what was meant in place of a report that was entered wrongly; both stay, the new one is scored.

    It keeps the time of observation, and no alert becomes lower by itself. The same form again is stored
    once.
    NotVisible, NotAllowed, CountsNoMore, ReasonNeeded, and as `enter`.
    """
    patient = _patient_of(patient_id, by)
    wrong = told_report(patient, report_id, by)
    reason = checked_reason(reason)
    entry = replace(entry, seen_at=wrong.observed_at, version=wrong.protocol_version.number)
    teller = tellers.look_up(entry.teller, patient=patient)
    answers = _answers_of(patient, entry, by, now, corrects=wrong)
    with transaction.atomic():
        Patient.objects.select_for_update(no_key=True).get(pk=patient.pk)
        locked = Report.objects.select_for_update(of=("self",)).get(pk=wrong.pk)
        is_repeat = Report.objects.filter(pk=entry.report_id, corrects=wrong).exists()
        if not is_repeat and (hasattr(locked, "mistake") or hasattr(locked, "correction")):
            raise CountsNoMore
        stored = _store(patient, entry, teller, answers, by, now, corrects=locked)
        if not stored.replayed:
            record_mistake(report=locked, reason=reason, by=by, now=now, corrected_by=stored.report)
        return stored


def told_report(patient: Patient, report_id: UUID, by: User) -> Report:
    """A report about this patient that staff entered. NotVisible."""
    report = get_report(by, report_id)
    if report.patient_id != patient.pk or authors.told_of(report) is None or report.is_drill:
        raise NotVisible("report")
    return report


def checked_reason(reason: str) -> str:
    """ReasonNeeded."""
    words = reason.strip()
    if not words or len(words) > LONGEST_REASON:
        raise ReasonNeeded
    return words


def record_mistake(
    *, report: Report, reason: str, by: User, now: datetime, corrected_by: Report | None = None
) -> None:
    """The report counts no more. Runs in the caller's transaction, which holds its lock and the patient's."""
    ReportMistake.objects.create(
        report=report, at=now, by=by, reason=reason, of_another_person=corrected_by is None
    )
    audit.record(
        action="report.entered_in_error",
        by=by,
        now=now,
        clinic_id=report.patient.clinic_id,
        subject_type="report",
        subject_id=report.pk,
        patient_id=report.patient_id,
        detail={"corrected_by": str(corrected_by.pk)} if corrected_by else {},
    )


def open_advice(*, patient_id: UUID, report_id: UUID, by: User, now: datetime) -> ToldAdvice:
    """The advice on a report that was entered so, to read out. NotVisible, NotAllowed."""
    patient = _patient_of(patient_id, by)
    report = get_report(by, report_id)
    if report.patient_id != patient.pk:
        raise NotVisible("report")
    audit.record(
        action="report.viewed",
        by=by,
        now=now,
        clinic_id=patient.clinic_id,
        subject_type="report",
        subject_id=report.pk,
        patient_id=patient.pk,
    )
    return ToldAdvice(patient, report, intake.advise_on_report(report=report, now=now))


def _patient_of(patient_id: UUID, by: User) -> Patient:
    patient = get_patient(by, patient_id)
    require(by, Permission.ACT_ON_ESCALATIONS, patient.clinic_id)
    return patient


def _answers_of(
    patient: Patient, entry: ToldEntry, by: User, now: datetime, corrects: Report | None = None
) -> dict[str, Any]:
    """What a report can hold of the form, once nothing is left to ask."""
    version = version_for(patient=patient, number=entry.version)
    if version is None:
        raise NoSuchVersion
    protocol = rules_of(version)
    answers = _all_answers(protocol, entry)
    advice = intake.advise_on_answers(
        patient=patient,
        answers=answers,
        version=version,
        corrects=corrects,
        observed_at=min(entry.seen_at, now),
        now=now,
    )
    checked = check_answers(protocol, answers)
    if not advice.level.goes_out_at_once:
        _require_settled(checked, entry, advice)
    left_out = [one.key for one in checked.problems if one.key in entry.left_out]
    answers = form_answers.without_questions(protocol, answers, left_out)
    form = open_form(patient_id=patient.pk, by=by, now=now, version=entry.version, answers=answers)
    if not advice.level.goes_out_at_once and not {one.key for one in form.questions} <= set(entry.shown):
        raise MoreToAsk(advice)
    return form_answers.storable_answers(protocol, answers)


def _all_answers(protocol: Protocol, entry: ToldEntry) -> dict[str, Any]:
    """With what "nothing else" says. NothingTold."""
    if entry.nothing_else:
        answers = dict(entry.answers)
        for step in protocol.steps:
            answers = form_answers.with_none_of_the_rest(
                step, answers, shown=entry.shown, unsure=entry.unsure
            )
        return answers
    if not any(value not in (None, "", []) for value in entry.answers.values()):
        raise NothingTold
    return dict(entry.answers)


def _require_settled(checked: CheckedAnswers, entry: ToldEntry, advice: intake.FilledAdvice) -> None:
    """ReadingsRefused, ReadingsUnlikely."""
    refused = tuple(one for one in checked.problems if one.key not in entry.left_out)
    if refused:
        raise ReadingsRefused(advice, refused)
    unlikely = form_answers.unconfirmed_readings(checked, entry.confirmed, entry.shown)
    if unlikely:
        raise ReadingsUnlikely(advice, unlikely)


def _store(
    patient: Patient,
    entry: ToldEntry,
    teller: tellers.KnownTeller,
    answers: Mapping[str, Any],
    by: User,
    now: datetime,
    corrects: Report | None = None,
) -> intake.StoredReport:
    version = version_for(patient=patient, number=entry.version)
    if version is None:
        raise NoSuchVersion
    stored = intake.submit(
        report_id=entry.report_id,
        patient=patient,
        by=by,
        protocol_version=version,
        observed_at=min(entry.seen_at, now),
        sent_at=now,
        language=by.language,
        answers=answers,
        corrects=corrects,
        now=now,
    )
    if stored.replayed:
        return stored
    ToldReport.objects.create(
        report=stored.report, member=teller.member, who=teller.who, relation=teller.relation
    )
    audit.record(
        action="report.told",
        by=by,
        now=now,
        clinic_id=patient.clinic_id,
        subject_type="report",
        subject_id=stored.report.pk,
        patient_id=patient.pk,
        detail={"member": teller.member.pk} if teller.member else {},
    )
    return stored
