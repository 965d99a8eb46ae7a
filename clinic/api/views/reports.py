"""Reports: stored once however often they are sent, and answered at once."""

import logging
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import DatabaseError
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from rest_framework.exceptions import ParseError, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response

from clinic import access
from clinic.api.endpoint import Endpoint, described, read
from clinic.api.errors import Conflict, NotTaken, NotYours
from clinic.api.inputs import ReportIn
from clinic.api.outputs import (
    ErrorOut,
    NotYoursOut,
    ReceiptOut,
    RefusedOut,
    ReportOut,
    StrangerAdviceOut,
)
from clinic.api.parsing import TooLarge
from clinic.models import Patient, ProtocolVersion, Report
from clinic.queries.reports import problems
from clinic.queries.reports.status import ReportStatus, status_of
from clinic.services.protocols.versions import version_for
from clinic.services.reports import intake, stranger_advice

logger = logging.getLogger(__name__)


class ReportDetail(Endpoint):
    @described(
        name="reports_write",
        summary="Send a report",
        takes=ReportIn,
        answers={
            200: ReceiptOut,
            201: ReceiptOut,
            400: RefusedOut,
            404: NotYoursOut,
            409: ErrorOut,
            413: NotYoursOut,
            429: NotYoursOut,
            503: NotYoursOut,
        },
    )
    def put(self, request: Request, report_id: UUID) -> Response:
        """Stores the report and says what to do. Safe to repeat: the same body is stored once.

        201 stored now, 200 stored before (`replayed`), 409 another report has this id. A report on an
        older published version is scored by that version. A wrong clock is noted, never refused; what it
        says of the time, and every reading that cannot be taken as it was meant, stands in `problems`.
        `level_on_phone` is no part of the body that is compared: a repeat that says more is kept.
        What cannot be read, is too much in an hour, or cannot be stored because a disk is full (503), is
        answered with `advice`: whom to call all the same.
        """
        sent = read(ReportIn, _body(request))
        language, answers = sent["language"], sent["answers"]
        named = sent["patient"]
        patient = _patient(request, sent)
        version = _version(patient, named, sent.pop("protocol_version"), sent["observed_at"])
        try:
            done = intake.submit(
                report_id=report_id,
                patient=patient,
                by=request.user,  # type: ignore[arg-type]
                protocol_version=version,
                now=timezone.now(),
                named=named,
                **sent,
            )
        except intake.ReportConflict as error:
            raise Conflict(
                code="report_conflict", message=_("Another report is stored under this id. Use a new id.")
            ) from error
        except intake.InvalidAnswers as error:
            raise ValidationError({"answers": _problems(error, sent["language"])}) from error
        except intake.TooManyReports as error:
            message = _("You have sent very many reports in this hour. This one is not stored. Please call.")
            advice = _advice(request, answers, language)
            raise NotTaken(429, "too_many_reports", message, wait=3600, advice=advice) from error
        except DatabaseError as error:
            logger.exception("a report cannot be stored")
            message = _("This report is not stored: something is wrong here. Please call, and send it again.")
            advice = _advice(request, answers, language)
            raise NotTaken(503, "not_stored", message, wait=60, advice=advice) from error
        return Response(ReceiptOut(_receipt(done.report, done.replayed)).data, 200 if done.replayed else 201)

    def check_pace(self, request: Request) -> None:
        """Whoever sends a report is never told to wait for having asked much else."""
        if request.method != "PUT":
            super().check_pace(request)

    @described(name="reports_read", summary="One report and what became of it", answers={200: ReportOut})
    def get(self, request: Request, report_id: UUID) -> Response:
        """What was sent, the advice on it as of now, and its state: `received`, then `scored`."""
        report = access.get_report(request.user, report_id)
        self.note_seen(subject_type="report", subject_id=report.pk, patient=report.patient)
        shown = _shown(report, status_of(report))
        if report.is_about_another and not access.can(
            request.user, access.Permission.WATCH_CONSOLE, report.patient.clinic
        ):
            shown |= {"answers": {}, "problems": []}
        return Response(ReportOut(shown).data)


def _patient(request: Request, sent: dict[str, Any]) -> Patient:
    """404 where it is not theirs, with what to do about the answers: an emergency waits for no permission."""
    try:
        return access.get_patient(request.user, sent.pop("patient"))
    except access.NotVisible as hidden:
        raise NotYours(advice=_advice(request, sent["answers"], sent["language"])) from hidden


def _body(request: Request) -> Any:
    """What was sent; where nobody can read it, the refusal says whom to call."""
    try:
        return request.data
    except (ParseError, TooLarge) as error:
        code = "too_large" if isinstance(error, TooLarge) else "malformed"
        raise NotTaken(error.status_code, code, str(error.detail), advice=_advice(request, {})) from error


def _advice(request: Request, answers: dict[str, Any], language: str = "") -> dict[str, Any]:
    """By the strictest reading of somebody of whom nothing is known."""
    with translation.override(language or translation.get_language()):
        advice = stranger_advice.of_answers(answers=answers, by=request.user)  # type: ignore[arg-type]
    return dict(StrangerAdviceOut(advice).data)


def _version(patient: Patient, named: UUID, number: int, observed_at: datetime) -> ProtocolVersion:
    version = version_for(patient=patient, number=number, observed_at=observed_at, named=named)
    if version is None:
        raise ValidationError(
            {"protocol_version": [_("The clinic has published no version with this number.")]}
        )
    return version


def _problems(error: intake.InvalidAnswers, language: str) -> dict[str, list[str]]:
    return {problem.key: [problem.text(language) or problem.code] for problem in error.problems}


def _receipt(report: Report, replayed: bool) -> dict[str, Any]:
    with translation.override(report.language):
        advice = intake.advise_on_report(report=report, now=timezone.now())
        found = problems.of_report(report)
    return {
        "id": report.pk,
        "received_at": report.received_at,
        "replayed": replayed,
        "is_late": report.is_late,
        "clock_skew_seconds": report.clock_skew_seconds,
        "advice": advice,
        "problems": found,
    }


def _shown(report: Report, status: ReportStatus) -> dict[str, Any]:
    assessment = status.assessment
    return {
        **_receipt(report, replayed=True),
        "patient": report.patient_id,
        "protocol_version": report.protocol_version.number,
        "language": report.language,
        "observed_at": report.observed_at,
        "sent_at": report.sent_at,
        "answers": report.answers,
        "level_on_phone": report.level_on_phone or None,
        "source": report.source,
        "state": report.state,
        "entered_in_error": hasattr(report, "mistake"),
        "assessment": assessment
        and {
            "level": assessment.level,
            # Reports that were scored before both readings were kept have that of their arrival alone.
            "as_observed": assessment.level_as_observed or None,
            "as_received": assessment.level_as_received or assessment.level,
            "rules": sorted({reason["rule"] for reason in assessment.reasons}),
            "protocol_version": assessment.protocol_version.number,
        },
        "escalation": status.escalation,
    }
