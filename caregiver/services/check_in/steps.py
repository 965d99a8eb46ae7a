"""One step of a check-in: its position, its questions, and the advice so far."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from caregiver.models import Draft
from caregiver.queries.household import drafts as draft_rows
from caregiver.queries.household.reports import ReportListItem, recent
from caregiver.queries.household.today import DRAFT_LASTS, day_of_patient
from caregiver.services.check_in.drafts import (
    NothingToSend,
    assumed_observation,
    needs_observed_time,
    step_of,
)
from clinic import device_scope
from clinic.access import get_cared_for
from clinic.models import Patient, ProtocolVersion, Report, User
from clinic.queries.reports.questions import questions_asked
from clinic.rules.core.enums import Level
from clinic.rules.protocols.document.protocol import Protocol, Question, QuestionStep
from clinic.rules.protocols.scoring.answers import AnswerProblem, check_answers
from clinic.rules.reports.form_answers import unconfirmed_readings
from clinic.services.protocols.versions import current_version_for, rules_of
from clinic.services.reports.intake import FilledAdvice, advise_on_answers


@dataclass(frozen=True)
class OpenStep:
    """One page of questions, for one caregiver and patient."""

    patient: Patient
    day: int
    protocol: Protocol
    definition: QuestionStep
    questions: tuple[Question, ...]
    number: int
    total: int
    previous: str | None
    report_id: UUID
    answers: Mapping[str, Any]
    is_done: bool
    draft_from: datetime | None
    # An unfinished check-in that was too old to go on with.
    dropped_from: datetime | None
    advice: FilledAdvice | None
    to_confirm: tuple[AnswerProblem, ...]
    # What was sent in the last hours, by anybody of the household; nothing on a device that waits.
    recent: tuple[ReportListItem, ...]
    # It takes the place of a report that was sent before.
    is_correction: bool
    # The last page of a check-in that led to no alert so far: it may go out from here.
    may_send_now: bool

    @property
    def is_first(self) -> bool:
        return self.number == 1

    @property
    def is_too_soon(self) -> bool:
        """A later page, while nobody has looked at the danger signs."""
        return not self.is_first and self.draft_from is None


@dataclass(frozen=True)
class CheckInReview:
    """All that will be sent."""

    patient: Patient
    day: int
    protocol: Protocol
    answers: Mapping[str, Any]
    asked: tuple[tuple[QuestionStep, tuple[Question, ...]], ...]
    report_id: UUID
    started_at: datetime
    needs_observed_time: bool
    # The sent report that this one takes the place of.
    corrects: Report | None
    advice: FilledAdvice | None


def open_step(
    *, by: User, patient_id: UUID, page_key: str | None, following: bool, now: datetime
) -> OpenStep:
    """A page of the check-in, the first by default. Changes nothing.

    NotVisible, NoSuchStep. Works without a draft, so that no answer typed on a later page is lost.
    """
    patient = get_cared_for(by, patient_id)
    draft, dropped_from = _draft_or_age(by, patient, now)
    protocol = rules_of(_version(draft, patient))
    keys = [page.key for page in protocol.steps]
    page = step_of(protocol, page_key or keys[0])
    place = keys.index(page.key)
    answers = draft.answers if draft else {}
    questions = questions_asked(page=page, protocol=protocol, patient=patient, answers=answers, now=now)
    advice = _advice_so_far(draft, now)
    waits = device_scope.waiting_device_of(by.pk) is not None
    return OpenStep(
        patient=patient,
        day=day_of_patient(patient, now),
        protocol=protocol,
        definition=page,
        questions=tuple(one for one in questions if one.ask_when is not None) if following else questions,
        number=place + 1,
        total=len(keys),
        previous=keys[place - 1] if place else None,
        report_id=draft.report_id if draft else uuid4(),
        answers=answers,
        is_done=draft is not None and page.key in draft.pages_done,
        draft_from=draft.updated_at if draft else None,
        dropped_from=dropped_from,
        advice=_pressing_or_none(advice),
        to_confirm=_readings_to_confirm(draft, page),
        is_correction=draft is not None and draft.corrects is not None,
        recent=() if place or waits else recent(patient=patient, by=by, now=now),
        may_send_now=_may_send_now(draft, keys, place, advice.level if advice else None),
    )


def _may_send_now(draft: Draft | None, keys: list[str], place: int, level: Level | None) -> bool:
    is_last = place == len(keys) - 1
    return draft is not None and is_last and set(keys[:-1]) <= set(draft.pages_done) and level is Level.NONE


def open_review(*, by: User, patient_id: UUID, now: datetime) -> CheckInReview:
    """The last look before sending. NotVisible; NothingToSend when the first page is not done."""
    patient = get_cared_for(by, patient_id)
    draft, _dropped_from = _draft_or_age(by, patient, now)
    if draft is None:
        raise NothingToSend
    protocol = rules_of(draft.protocol_version)
    if protocol.steps[0].key not in draft.pages_done:
        raise NothingToSend
    questions_by_step = tuple(
        (
            page,
            questions_asked(page=page, protocol=protocol, patient=patient, answers=draft.answers, now=now),
        )
        for page in protocol.steps
    )
    return CheckInReview(
        patient=patient,
        day=day_of_patient(patient, now),
        protocol=protocol,
        answers=draft.answers,
        asked=questions_by_step,
        report_id=draft.report_id,
        started_at=draft.started_at,
        needs_observed_time=draft.corrects is None and needs_observed_time(draft.started_at, None, now),
        corrects=draft.corrects,
        advice=pressing_advice(draft, now),
    )


def _draft_or_age(by: User, patient: Patient, now: datetime) -> tuple[Draft | None, datetime | None]:
    draft = (
        draft_rows.at_work(by=by, patient=patient)
        .select_related("protocol_version__protocol", "patient__clinic", "corrects")
        .defer("protocol_version__document")
        .first()
    )
    if draft is None:
        return None, None
    return (draft, None) if draft.updated_at > now - DRAFT_LASTS else (None, draft.updated_at)


def _version(draft: Draft | None, patient: Patient) -> ProtocolVersion:
    return draft.protocol_version if draft else current_version_for(patient=patient)


def pressing_advice(draft: Draft | None, now: datetime) -> FilledAdvice | None:
    """Advice on what is known so far, if it cannot wait for the end of the form."""
    return _pressing_or_none(_advice_so_far(draft, now))


def _advice_so_far(draft: Draft | None, now: datetime) -> FilledAdvice | None:
    """Advice on what is known so far; None before anything is."""
    if draft is None or not draft.answers:
        return None
    return advise_on_answers(
        patient=draft.patient,
        answers=draft.answers,
        version=draft.protocol_version,
        corrects=draft.corrects,
        observed_at=assumed_observation(draft, now),
        now=now,
    )


def _pressing_or_none(advice: FilledAdvice | None) -> FilledAdvice | None:
    """Advice that cannot wait for the end of the form."""
    return advice if advice is not None and advice.level.is_pressing else None


def _readings_to_confirm(draft: Draft | None, page: QuestionStep) -> tuple[AnswerProblem, ...]:
    if draft is None or page.key not in draft.pages_done:
        return ()
    checked = check_answers(rules_of(draft.protocol_version), draft.answers)
    return unconfirmed_readings(checked, draft.confirmed, [question.key for question in page.questions])
