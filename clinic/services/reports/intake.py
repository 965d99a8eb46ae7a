"""A caregiver's report: stored once, answered at once. Scoring that escalates is escalations/scoring."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import phonenumbers
from django.db import IntegrityError, transaction
from django.utils import formats, timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from clinic import prepared, row_scope
from clinic.access import NotAllowed
from clinic.models import Clinic, Patient, ProtocolVersion, Report, User
from clinic.models.patient import PatientStatus
from clinic.models.report import ReportState
from clinic.queries.core import successors
from clinic.queries.protocols.assessments import Scored, assess_answers, assess_report
from clinic.rules.core.clinic_hour import clinic_hour
from clinic.rules.core.enums import Level
from clinic.rules.core.staffed_hours import next_staffed
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring import assessment as rules
from clinic.rules.protocols.scoring.answers import AnswerProblem, unstorable
from clinic.rules.protocols.scoring.assessment import Travel
from clinic.rules.reports import phone_levels
from clinic.rules.reports.observation import Observation, observation_of
from clinic.services.checkins import plan
from clinic.services.core import audit, device_sends, rate_limits
from clinic.services.protocols.versions import current_version_for, rules_of
from clinic.services.reports import phone_levels as kept_levels
from notifications.services import nudge

# Platform 4.4: beyond this the phone's clock is noted as wrong, and a report counts as late.
LATE_AFTER = timedelta(hours=2)
_PERSISTED_SKEW_LIMIT = 2_000_000_000


class ReportConflict(Exception):
    """Another report is stored under this id."""


class TooManyReports(Exception):
    """This person has sent more new reports in an hour than anybody needs; nothing was stored."""


class InvalidAnswers(Exception):
    """Answers to unknown questions, or of the wrong type; nothing was stored."""

    def __init__(self, problems: tuple[AnswerProblem, ...]) -> None:
        super().__init__(", ".join(f"{problem.key}: {problem.code}" for problem in problems))
        self.problems = problems


@dataclass(frozen=True)
class StoredReport:
    """The stored report, and whether it was stored before."""

    report: Report
    replayed: bool


@dataclass(frozen=True)
class CallTarget:
    """A number to call: `kind` is emergency, line or clinic."""

    kind: str
    label: str
    phone: str
    display: str


@dataclass(frozen=True)
class FilledAdvice:
    """What the family is told now, numbers filled in."""

    level: Level
    title: str
    steps: tuple[str, ...]
    call: tuple[CallTarget, ...]
    note: str
    staffed: bool
    next_staffed: datetime | None


def submit(
    *,
    report_id: UUID,
    patient: Patient,
    by: User,
    protocol_version: ProtocolVersion,
    observed_at: datetime,
    sent_at: datetime,
    language: str,
    answers: Mapping[str, Any],
    now: datetime,
    is_drill: bool = False,
    corrects: Report | None = None,
    level_on_phone: str = "",
    sent_just_now: bool = False,
    named: UUID | None = None,
    source: str | None = None,
) -> StoredReport:
    """Store a report with its audit row and cancel what it answers, in one transaction.

    A drill completes no check-in, because it says nothing about the patient.

    The same report sent again is returned as replayed. ReportConflict: other content under the same
    id. InvalidAnswers, TooManyReports: nothing stored. A reading that makes no sense is stored and scored as
    unknown.
    With `corrects` it becomes the newest version of that report, of the same moment, and answers no
    planned check-in. `observed_at` and `sent_at` are by the phone's clock; what counts of a wrong one, and
    what `sent_just_now` says of it, is in rules/reports/observation.py.
    `level_on_phone` is the level that the phone worked out, as it was sent: one that we do not know is noted
    and says nothing. It is no part of what tells a repeat from a conflict; services/reports/phone_levels.py.
    `named` is the record that the sender named, where another clinic has taken that one over. NotAllowed: the
    patient's own record has been taken over, and whoever sends this belongs to the clinic of before.
    `source` is the door, where that is no web page (clinic.models.report.ReportSource).
    """
    if successors.newest(patient).pk != patient.pk:
        raise NotAllowed("transferred")
    _refuse_unanswerable(protocol_version, answers)
    _refuse_too_many(report_id, by)
    seen = (
        observation_of(observed_at, sent_at=sent_at, received_at=now, sent_just_now=sent_just_now)
        if corrects is None
        else Observation(corrects.observed_at)
    )
    report = Report(
        id=report_id,
        patient=patient,
        author=by,
        protocol_version=protocol_version,
        language=language,
        answers=dict(answers),
        body_hash=_body_hash(named or patient.pk, protocol_version, observed_at, language, answers),
        observed_at=seen.at,
        observed_at_said=observed_at if corrects is None and observed_at != seen.at else None,
        sent_at=sent_at,
        received_at=now,
        clock_skew_seconds=_clock_skew_seconds(sent_at, now),
        is_late=now - seen.at > LATE_AFTER or seen.problem == "too_old",
        is_drill=is_drill,
        source=source,
        corrects=corrects,
        level_on_phone=phone_levels.parse(level_on_phone) or "",
    )
    try:
        _store(report, by, now, level_on_phone)
    except IntegrityError:
        # The id may be that of a report at another clinic, whose rows are not given out here.
        with row_scope.everything():
            if not Report.objects.filter(pk=report_id).exists():
                raise
            stored = _already_stored(report, named or patient.pk)
        kept_levels.keep(report=stored.report, level_on_phone=level_on_phone, by=by, now=now)
        device_sends.note(by=by, record_id=report_id)
        return stored
    return StoredReport(report=report, replayed=False)


def advise_on_report(*, report: Report, now: datetime) -> FilledAdvice:
    """Advice on a stored report: the pure rules again, in the request, waiting for no worker.

    Where the phone has told the family more, that stays: nothing that was said is taken back. An emergency
    that is not scored yet goes past all that is none: only now is it known to be one.
    """
    scored = assess_report(report)
    level = phone_levels.counted(scored.level, report.level_on_phone)
    if level is Level.EMERGENCY and report.state == ReportState.RECEIVED:
        nudge.after_commit("clinic.tasks.score_emergency", report.pk)
    clinic = successors.newest(report.patient).clinic
    nearest = report.patient.nearest_emergency
    return _fill_advice(clinic, report.protocol_version, scored, level, nearest, now)


def advise_on_answers(
    *,
    patient: Patient,
    answers: Mapping[str, Any],
    now: datetime,
    version: ProtocolVersion | None = None,
    corrects: Report | None = None,
    observed_at: datetime | None = None,
) -> FilledAdvice:
    """Advice on answers that are not stored, or not yet: an emergency waits for nothing.

    They were seen at `observed_at`, or now.
    """
    version = version or current_version_for(patient=patient)
    scored = assess_answers(
        protocol=rules_of(version),
        answers=answers,
        patient=patient,
        at=now,
        corrects=corrects,
        observed_at=observed_at,
    )
    return _fill_advice(patient.clinic, version, scored, scored.level, patient.nearest_emergency, now)


def call_targets(
    *, clinic: Clinic, kinds: Iterable[str] = ("emergency", "line", "clinic")
) -> tuple[CallTarget, ...]:
    """The clinic's numbers, in the order in which to try them."""
    labels = {
        "emergency": (_("Emergency"), clinic.emergency_number),
        "line": (_("24-hour line"), str(clinic.line_phone)),
        "clinic": (_("Clinic"), str(clinic.clinic_phone)),
    }
    return tuple(CallTarget(kind, *labels[kind], display=displayed_phone(labels[kind][1])) for kind in kinds)


def _refuse_unanswerable(version: ProtocolVersion, answers: Mapping[str, Any]) -> None:
    refused = unstorable(rules_of(version), answers)
    if refused:
        raise InvalidAnswers(refused)


def _refuse_too_many(report_id: UUID, by: User) -> None:
    """A repeat is none: phones send until they have a receipt."""
    if rate_limits.count_report(by=by.pk) and not Report.objects.filter(pk=report_id).exists():
        raise TooManyReports


@transaction.atomic
def _store(report: Report, by: User, now: datetime, level_sent: str) -> None:
    if report.corrects_id is not None:
        report.corrects = _newest_version(report.corrects_id)
    prepared.insert(report)
    _follow_transfer(report)
    if not report.is_drill:
        plan.complete_answered(report=report, now=now)
    audit.record(
        action="report.submitted",
        by=by,
        now=now,
        clinic_id=report.patient.clinic_id,
        subject_type="report",
        subject_id=report.pk,
        patient_id=report.patient_id,
        detail={
            "protocol_version": report.protocol_version.number,
            "late": report.is_late,
            "drill": report.is_drill,
            **({"corrects": str(report.corrects_id)} if report.corrects_id else {}),
            # The word itself is anybody's; that it was not understood is ours to know.
            **({"level_on_phone": "unknown"} if level_sent and not report.level_on_phone else {}),
        },
    )
    device_sends.note(by=by, record_id=report.pk)
    nudge.after_commit("clinic.tasks.score_report", report.pk, once=True)


_status_now = prepared.PreparedRows(
    lambda patient_id: Patient.objects.filter(pk=patient_id).values_list("status"), UUID
)


def _follow_transfer(report: Report) -> None:
    """Another clinic has accepted the patient while this came in: it is that clinic's, like all that follows.

    Storing the row has waited for the acceptance, which holds the lock on the patient's row.
    """
    ((status,),) = _status_now(report.patient_id)
    if status != PatientStatus.ENDED:
        return
    goes_on = successors.newest(Patient.objects.select_related("clinic").get(pk=report.patient_id))
    if goes_on.pk != report.patient_id:
        report.patient = goes_on
        report.save(update_fields=["patient"])


def _newest_version(report_id: UUID) -> Report:
    """The newest correction of a report, locked, so that two corrections at once follow each other."""
    versions = Report.objects.select_for_update(of=("self",))
    newest = versions.get(pk=report_id)
    while (later := versions.filter(corrects=newest.pk).first()) is not None:
        newest = later
    return newest


def _already_stored(report: Report, named: UUID) -> StoredReport:
    rows = Report.objects.select_related("patient__clinic", "protocol_version", "author")
    stored = rows.defer("protocol_version__document").get(pk=report.pk)
    same = stored.patient_id in {report.patient_id, named} and stored.author_id == report.author_id
    if not same or stored.body_hash != report.body_hash:
        raise ReportConflict
    return StoredReport(report=stored, replayed=True)


def _body_hash(
    patient_id: UUID,
    version: ProtocolVersion,
    observed_at: datetime,
    language: str,
    answers: Mapping[str, Any],
) -> str:
    """Of all that the family said. `sent_at` is left out: each try of the phone has its own.

    So is the phone's level: the form has none, and the phone's copy of the same report has.
    """
    body = {
        "patient": str(patient_id),
        "protocol_version": version.number,
        "observed_at": observed_at.isoformat(),
        "language": language,
        "answers": answers,
    }
    return hashlib.sha256(json.dumps(body, sort_keys=True).encode()).hexdigest()


def _clock_skew_seconds(sent_at: datetime, now: datetime) -> int:
    seconds = int((sent_at - now).total_seconds())
    return max(-_PERSISTED_SKEW_LIMIT, min(_PERSISTED_SKEW_LIMIT, seconds))


def _fill_advice(
    clinic: Clinic,
    version: ProtocolVersion,
    scored: Scored,
    level: Level,
    nearest_emergency: str,
    now: datetime,
) -> FilledAdvice:
    return advice_at(
        clinic=clinic,
        protocol=rules_of(version),
        level=level,
        day=scored.context.day,
        travel=scored.context.travel,
        nearest_emergency=nearest_emergency,
        now=now,
    )


def advice_at(
    *,
    clinic: Clinic,
    protocol: Protocol,
    level: Level,
    day: int,
    travel: Travel,
    nearest_emergency: str,
    now: datetime,
) -> FilledAdvice:
    """What a family of this clinic is told at this level, on this day, at this hour, by how far they are.

    `nearest_emergency` names the emergency room nearest to them; empty where nobody knows it. Runs no query.
    """
    opening = clinic.opening
    hour = clinic_hour(opening, now)
    opens = next_staffed(opening, now) if hour.after_hours else None
    language = translation.get_language() or "en"
    advice = rules.advice(protocol, level, language, hour=hour, day=day, travel=travel)
    facts = advice_facts(clinic)
    if opens:
        facts["next_staffed"] = spoken_time(opens, opening.zone)
    if nearest_emergency:
        facts["nearest_emergency"] = nearest_emergency
    return FilledAdvice(
        level=level,
        title=advice.title.format(**facts),
        steps=tuple(step.format(**facts) for step in advice.steps),
        call=call_targets(clinic=clinic, kinds=advice.call),
        note=advice.note.format(**facts),
        staffed=not hour.after_hours,
        next_staffed=opens,
    )


def spoken_time(moment: datetime, zone: ZoneInfo) -> str:
    """A moment as people say it, such as "Monday 8:00 AM": with no full stop that would double."""
    wanted = pgettext("weekday and time format", "l g:i A")
    return formats.date_format(timezone.localtime(moment, zone), wanted)


def advice_facts(clinic: Clinic) -> dict[str, str]:
    """What advice is filled in with, of whoever's nearest emergency room and at whatever hour."""
    return {
        "emergency_number": clinic.emergency_number,
        "line_phone": displayed_phone(str(clinic.line_phone)),
        "clinic_phone": displayed_phone(str(clinic.clinic_phone)),
        "next_staffed": _("the clinic opens"),
        "nearest_emergency": _("the nearest emergency room"),
    }


@lru_cache(maxsize=1024)
def displayed_phone(phone: str) -> str:
    """A number as people write it; with its country code where it is foreign."""
    if not phone.startswith("+"):
        return phone
    try:
        number = phonenumbers.parse(phone)
    except phonenumbers.NumberParseException:
        return phone
    style = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(
        number, style.NATIONAL if number.country_code == 1 else style.INTERNATIONAL
    )
