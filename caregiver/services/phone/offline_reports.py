"""Stores reports that a phone kept, sealed, while it was offline. Repeats are stored once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, transaction
from django.utils import translation

from caregiver.queries.household import drafts
from caregiver.rules.check_in.moments import read_moment
from clinic.access import NotVisible, get_cared_for
from clinic.models import Report, User, Worry
from clinic.queries.reports import problems
from clinic.queries.reports.problems import ReportProblem
from clinic.rules.core import strict_json
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.reports.form_answers import storable_answers
from clinic.rules.reports.posted_answers import without_nul
from clinic.services.escalations import worries
from clinic.services.protocols.versions import rules_of, version_for
from clinic.services.reports import intake, phone_levels, stranger_advice
from clinic.services.reports.sealing import CannotOpen, open_sealed
from clinic.services.reports.stranger_advice import StrangerAdvice

# What a phone of ours writes (offline/sending.js, check_in.js, worry.js).
_ENVELOPE_KEYS = frozenset({"kid", "sender", "nonce", "sealed", "device_now"})
_WORRY_KEYS = frozenset({"id", "patient", "observed_at", "language"})
_REPORT_KEYS = _WORRY_KEYS | {"protocol_version", "time_zone", "answers", "level", "rules"}
# Longer than any level.
_LONGEST_LEVEL = 40


class EnvelopeUnreadable(Exception):
    """Cannot be opened, or is not a report. The phone keeps it and names the clinic's number."""


class NotTaken(Exception):
    """The report is not stored; `advice` says what to do all the same."""

    def __init__(self, advice: StrangerAdvice) -> None:
        super().__init__()
        self.advice = advice


class NotTheirPatient(NotTaken):
    """This person does not look after that patient, or not any more."""


class Malformed(NotTaken):
    """What no phone of ours writes: other keys, a number that is none, a key twice, bottomless nesting."""


class TooManyReports(NotTaken):
    """More new reports of this person in an hour than anybody needs."""


class NotStored(NotTaken):
    """The database takes nothing now, as with a full disk. The phone keeps the report and sends it again."""


class IdConflict(Exception):
    """Something else was stored under this id before."""


@dataclass(frozen=True)
class Receipt:
    """What the phone needs before it may delete its copy."""

    report: Report
    replayed: bool
    advice: intake.FilledAdvice
    # What could not be taken as it was meant.
    problems: tuple[ReportProblem, ...]


def store_report(*, by: User, report_id: UUID, envelope: dict[str, Any], now: datetime) -> Receipt:
    """Open and store one report; the same one again gives the same receipt.

    Unreadable, NotTheirPatient, Malformed, TooManyReports, NotStored, Conflict. When this returns, the report
    is committed.
    """
    body = _open_envelope(report_id, envelope, _REPORT_KEYS, by)
    try:
        patient = get_cared_for(by, str(body.get("patient", "")))
    except NotVisible as hidden:
        raise NotTheirPatient(_advice(body, by)) from hidden
    observed_at = _phone_time(body.get("observed_at"), now)
    number = _version_number(body.get("protocol_version"))
    # Another record than the patient's where another clinic has taken them over since.
    named = UUID(str(body["patient"]))
    version = version_for(patient=patient, number=number, observed_at=observed_at, named=named)
    answers = body.get("answers")
    if version is None or not isinstance(answers, dict):
        raise EnvelopeUnreadable("no such version, or no answers")
    _refuse_unknown_answers(rules_of(version), body, by)
    language = _language_or_own(body, by)
    level_on_phone = _level_sent(body.get("level"))
    stored = storable_answers(rules_of(version), {key: without_nul(value) for key, value in answers.items()})
    try:
        with transaction.atomic():
            draft = drafts.at_work(by=by, patient=patient).filter(report_id=report_id)
            submission = intake.submit(
                report_id=report_id,
                patient=patient,
                by=by,
                protocol_version=version,
                observed_at=observed_at,
                # The phone reads its clock at the very try.
                sent_at=_phone_time(envelope.get("device_now"), now),
                sent_just_now=True,
                language=language,
                answers=stored,
                now=now,
                # Begun here as a correction, and finished on the phone.
                corrects=next((one.corrects for one in draft.select_related("corrects")), None),
                level_on_phone=level_on_phone,
                named=named,
            )
            draft.delete()
        report, replayed = submission.report, submission.replayed
    except intake.TooManyReports as many:
        raise TooManyReports(_advice(body, by)) from many
    except DatabaseError as refused:
        raise NotStored(_advice(body, by)) from refused
    except intake.ReportConflict as conflict:
        report, replayed = _own_report(by, report_id, {patient.pk, named}, conflict), True
        # Also where other answers are refused: the family has been told so, and somebody must hear of it.
        phone_levels.keep(report=report, level_on_phone=level_on_phone, by=by, now=now)
        if report.answers != stored:
            raise IdConflict from conflict
    with translation.override(language):
        advice = intake.advise_on_report(report=report, now=now)
        found = problems.of_report(report)
    return Receipt(report, replayed, advice, found)


def store_worry(*, by: User, worry_id: UUID, envelope: dict[str, Any], now: datetime) -> Worry:
    """Open and pass on one "I am worried"; the same one again changes nothing.

    Unreadable, NotTheirPatient, Malformed, Conflict.
    """
    body = _open_envelope(worry_id, envelope, _WORRY_KEYS, by)
    try:
        return worries.record(
            worry_id=worry_id,
            patient_id=_parse_patient_id(body.get("patient")),
            by=by,
            told_at=_phone_time(body.get("observed_at"), now),
            now=now,
        )
    except NotVisible as hidden:
        raise NotTheirPatient(_advice(body, by)) from hidden
    except worries.WorryConflict as conflict:
        raise IdConflict from conflict


def _advice(told: dict[str, Any], by: User) -> StrangerAdvice:
    answers = told.get("answers")
    with translation.override(_language_or_own(told, by)):
        return stranger_advice.of_answers(answers=answers if isinstance(answers, dict) else {}, by=by)


def read_envelope(*, raw: bytes, by: User) -> dict[str, Any]:
    """The envelope that a phone sent. EnvelopeUnreadable, Malformed."""
    try:
        envelope = strict_json.parse(raw)
    except strict_json.NotStrict as error:
        raise Malformed(_advice({}, by)) from error
    except strict_json.NotJson as error:
        raise EnvelopeUnreadable("not JSON") from error
    if not isinstance(envelope, dict):
        raise EnvelopeUnreadable("not an envelope")
    if envelope.keys() - _ENVELOPE_KEYS:
        raise Malformed(_advice({}, by))
    return envelope


def _refuse_unknown_answers(rules: Protocol, body: dict[str, Any], by: User) -> None:
    """An answer to a question that the version does not ask would be lost without a word."""
    known = {key for question in rules.questions for key in question.answer_keys}
    if body["answers"].keys() - known:
        raise Malformed(_advice(body, by))


def _open_envelope(
    report_id: UUID, envelope: dict[str, Any], known: frozenset[str], by: User
) -> dict[str, Any]:
    fields = {name: envelope.get(name) for name in ("kid", "sender", "nonce", "sealed")}
    if not all(isinstance(value, str) for value in fields.values()):
        raise EnvelopeUnreadable("the envelope is not complete")
    try:
        # A NUL in an answer is taken out: no danger sign beside it may be lost.
        body = strict_json.parse(open_sealed(**fields, label=str(report_id)), with_nul=True)  # type: ignore[arg-type]
    except strict_json.NotStrict as error:
        raise Malformed(_advice({}, by)) from error
    except (CannotOpen, ValueError) as error:
        raise EnvelopeUnreadable("the seal cannot be opened") from error
    if not isinstance(body, dict):
        raise EnvelopeUnreadable("not a report")
    if body.keys() - known:
        raise Malformed(_advice(body, by))
    return body


def _own_report(by: User, report_id: UUID, patient_ids: set[UUID], conflict: Exception) -> Report:
    """The page's form got through and its answer got lost, so the phone kept the report as well."""
    rows = Report.objects.select_related("patient__clinic", "protocol_version")
    stored = rows.defer("protocol_version__document").get(pk=report_id)
    if stored.author_id != by.pk or stored.patient_id not in patient_ids:
        raise IdConflict from conflict
    return stored


def _parse_patient_id(value: object) -> UUID:
    try:
        return UUID(str(value))
    except ValueError as error:
        raise EnvelopeUnreadable("no such patient") from error


def _version_number(value: object) -> int:
    return value if isinstance(value, int) and 0 < value < 2**31 else 0


def _phone_time(value: object, now: datetime) -> datetime:
    """The phone's own time; now where it is missing or implausible."""
    return (read_moment(value, now=now) if isinstance(value, str) else None) or now


def _level_sent(value: object) -> str:
    """As the phone wrote it. Whatever it is, the report is taken: intake notes what is no level of ours."""
    return "" if value is None else str(value)[:_LONGEST_LEVEL]


def _language_or_own(body: dict[str, Any], by: User) -> str:
    language = body.get("language")
    known = isinstance(language, str) and language in dict(settings.LANGUAGES)
    return str(language) if known else by.language
