"""A check-in from its first step to the sent report. The draft is on the server, never in the browser."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4, uuid5
from zoneinfo import ZoneInfo

from django.db import transaction

from caregiver.models import Draft
from caregiver.queries.household import drafts as draft_rows
from caregiver.queries.household.today import DRAFT_LASTS
from clinic import row_scope
from clinic.access import get_cared_for, reports_visible_to
from clinic.models import Patient, Report, User
from clinic.queries.core import successors
from clinic.queries.reports.questions import questions_asked
from clinic.rules.protocols.document.protocol import Protocol, QuestionStep
from clinic.rules.protocols.scoring.answers import AnswerProblem, check_answers
from clinic.rules.reports.form_answers import (
    reading_token,
    says_the_same,
    storable_answers,
    unconfirmed_readings,
    with_none_of_the_rest,
    without_questions,
    without_refused_answers,
)
from clinic.services.protocols.versions import current_version_for, rules_of
from clinic.services.reports import intake

# Past this a phone's clock, or a check-in begun long ago, makes us ask when it was seen.
ASK_WHEN_AFTER = timedelta(minutes=60)


class NoSuchStep(Exception):
    """The protocol has no page of this name."""


class NothingToSend(Exception):
    """There is no draft, and no report came of one with this id."""


class ObservedTimeNeeded(Exception):
    """The caregiver must say when the signs were seen: the draft is old, or the phone's clock is wrong."""


class ReadingsRefused(Exception):
    """Implausible readings. Nothing was stored; `advice` is on all other answers."""

    def __init__(self, problems: tuple[AnswerProblem, ...], advice: intake.FilledAdvice) -> None:
        super().__init__(", ".join(problem.key for problem in problems))
        self.problems = problems
        self.advice = advice


@dataclass(frozen=True)
class PostedStep:
    """One page as the caregiver sent it. `answers` holds only what was answered."""

    report_id: UUID
    shown: tuple[str, ...]
    answers: Mapping[str, Any]
    # Questions that the caregiver said they are not sure about.
    unsure: tuple[str, ...] = ()
    # "None of these today": what the page leaves open is answered with none, as usual, or no.
    none_of_the_rest: bool = False
    # Only the questions that an answer of this page called for were shown.
    is_follow_up: bool = False
    # "Go on without this number".
    skip_refused: bool = False
    # "Yes, that is right".
    confirms_readings: bool = False
    # "Nothing new. Send now": no second look, if this page leaves nothing to ask.
    send_now: bool = False
    # What the phone made of all answers so far, as it was sent; counts if this page sends the report.
    level_on_phone: str = ""


@dataclass(frozen=True)
class SavedStep:
    """What comes next: the sent report, another look at this page, or the page after it."""

    sent: Report | None = None
    stays_here: bool = False
    has_follow_up: bool = False
    next_step: str | None = None
    # The report that this draft corrects, because that one had gone out before.
    corrects: Report | None = None


def save_step(*, by: User, patient_id: UUID, page_key: str, posted: PostedStep, now: datetime) -> SavedStep:
    """Keep one page. If what is known by now is an emergency, the report goes out at once.

    NotVisible, NoSuchStep; ReadingsRefused when a number cannot be meant.
    """
    patient = get_cared_for(by, patient_id)
    with transaction.atomic():
        return _save(by, patient, page_key, posted, now)


def send(
    *,
    by: User,
    patient_id: UUID,
    report_id: UUID,
    seen_when: str,
    device_now: datetime | None,
    now: datetime,
    level_on_phone: str = "",
) -> Report:
    """Send the draft; repeated, it gives the same report. NotVisible, NothingToSend, ObservedTimeNeeded."""
    patient = get_cared_for(by, patient_id)
    with transaction.atomic():
        _lock_user(by)
        draft = _locked_draft(by, patient, now)
        if draft is None or draft.report_id != report_id:
            return _report_sent_before(by, patient, report_id)
        # A correction keeps the time of observation.
        is_asked = draft.corrects is None and needs_observed_time(draft.started_at, device_now, now)
        if is_asked and seen_when not in {"now", "start"}:
            raise ObservedTimeNeeded
        said = {"now": now, "start": draft.started_at}
        observed_at = said.get(seen_when) or assumed_observation(draft, now)
        return _submit(draft, observed_at, device_now or now, now, level_on_phone)


def add_answers(*, by: User, patient_id: UUID, answers: Mapping[str, Any], now: datetime) -> Report | None:
    """Add answers that were given outside the check-in to the draft, or begin one with them. NotVisible.

    An emergency goes out at once and is returned; anything else waits for the rest of the check-in.
    """
    patient = get_cared_for(by, patient_id)
    with transaction.atomic():
        _lock_user(by)
        draft = _locked_draft(by, patient, now) or draft_rows.begin(
            by=by, patient=patient, protocol_version=current_version_for(patient=patient), started_at=now
        )
        draft.answers, draft.updated_at = {**draft.answers, **answers}, now
        advice = intake.advise_on_answers(
            patient=patient,
            answers=draft.answers,
            version=draft.protocol_version,
            corrects=draft.corrects,
            observed_at=assumed_observation(draft, now),
            now=now,
        )
        if advice.level.goes_out_at_once:
            return _submit(draft, assumed_observation(draft, now), now, now)
        draft.save()
        return None


def own_report_id(*, by: User, page_id: UUID) -> UUID:
    """The id under which this person reports, from a page that was opened before it was said who reports.

    The page's own where it is theirs already; else one that follows from both, so that a double tap is one
    report and two people of one phone make two.
    """
    is_theirs = (
        draft_rows.has_begun(by=by, report_id=page_id)
        or Report.objects.filter(pk=page_id, author=by).exists()
    )
    return page_id if is_theirs else uuid5(page_id, str(by.pk))


def discard(*, by: User, patient_id: UUID) -> None:
    """Start over: the unfinished check-in goes. NotVisible."""
    patient = get_cared_for(by, patient_id)
    draft_rows.at_work(by=by, patient=patient).delete()


def needs_observed_time(started_at: datetime, device_now: datetime | None, now: datetime) -> bool:
    """Whether "now" cannot be taken for granted as the time the signs were seen."""
    clock_is_off = device_now is not None and abs(device_now - now) > ASK_WHEN_AFTER
    return clock_is_off or now - started_at > ASK_WHEN_AFTER


def assumed_observation(draft: Draft, now: datetime) -> datetime:
    """When the signs were seen, while nobody has been asked: now, unless the check-in runs past midnight.

    Then what was answered before is of the day before, where the patient is; with it may begin another phase.
    """
    zone = ZoneInfo(draft.patient.time_zone)
    is_same_day = draft.started_at.astimezone(zone).date() == now.astimezone(zone).date()
    return now if is_same_day else draft.started_at


def step_of(protocol: Protocol, key: str) -> QuestionStep:
    """The page with this key; NoSuchStep."""
    page = next((page for page in protocol.steps if page.key == key), None)
    if page is None:
        raise NoSuchStep(key)
    return page


def _save(by: User, patient: Patient, page_key: str, posted: PostedStep, now: datetime) -> SavedStep:
    _lock_user(by)
    earlier = reports_visible_to(by).filter(pk=posted.report_id, patient=patient, author=by).first()
    draft = _locked_draft(by, patient, now) or _begin(by, patient, posted, earlier, now)
    protocol = rules_of(draft.protocol_version)
    page = step_of(protocol, page_key)
    answers = dict(posted.answers)
    if posted.none_of_the_rest:
        answers = with_none_of_the_rest(page, answers, shown=posted.shown, unsure=posted.unsure)
    if earlier is not None and says_the_same(earlier.answers, protocol, answers, shown=posted.shown):
        return SavedStep(sent=earlier)
    if earlier is None and posted.report_id != draft.report_id:
        # The page was opened before this draft began; repeats of this post carry the page's id.
        draft.report_id = _free_id(posted.report_id)
    return _apply_step(draft, page, posted, answers, corrects=earlier, now=now)


def _apply_step(
    draft: Draft,
    page: QuestionStep,
    posted: PostedStep,
    new_answers: Mapping[str, Any],
    *,
    corrects: Report | None,
    now: datetime,
) -> SavedStep:
    protocol, keys = rules_of(draft.protocol_version), [question.key for question in page.questions]
    answers = {**without_questions(protocol, draft.answers, posted.shown), **new_answers}
    checked = check_answers(protocol, answers)
    advice = intake.advise_on_answers(
        patient=draft.patient,
        answers=answers,
        version=draft.protocol_version,
        corrects=draft.corrects,
        observed_at=assumed_observation(draft, now),
        now=now,
    )
    refused = tuple(problem for problem in checked.problems if problem.key in keys)
    if posted.skip_refused:
        answers, refused = without_refused_answers(protocol, answers, refused), ()
    draft.answers, draft.updated_at = answers, now
    if advice.level.goes_out_at_once:
        # Nothing more is asked before the clinic has heard, not even whether a reading is right.
        return SavedStep(
            sent=_submit(draft, assumed_observation(draft, now), now, now, posted.level_on_phone)
        )
    if refused:
        raise ReadingsRefused(refused, advice)
    to_confirm = () if posted.confirms_readings else unconfirmed_readings(checked, draft.confirmed, keys)
    if posted.confirms_readings:
        draft.confirmed = [*draft.confirmed, *(reading_token(one) for one in checked.confirmations)]
    draft.pages_done = [*(done for done in draft.pages_done if done != page.key), page.key]
    questions = questions_asked(page=page, protocol=protocol, patient=draft.patient, answers=answers, now=now)
    follow_up = not posted.is_follow_up and any(question.key not in posted.shown for question in questions)
    if posted.send_now and not to_confirm and not follow_up and _may_send_now(draft, protocol, now):
        return SavedStep(
            sent=_submit(draft, assumed_observation(draft, now), now, now, posted.level_on_phone)
        )
    draft.save()
    return SavedStep(
        stays_here=bool(to_confirm),
        has_follow_up=follow_up,
        next_step=_next_step(protocol, page.key),
        corrects=corrects,
    )


def _may_send_now(draft: Draft, protocol: Protocol, now: datetime) -> bool:
    """Whether a second look would ask nothing: every page is done, and all was seen just now."""
    is_whole = {page.key for page in protocol.steps} <= set(draft.pages_done)
    return is_whole and not needs_observed_time(draft.started_at, None, now)


def _begin(by: User, patient: Patient, posted: PostedStep, earlier: Report | None, now: datetime) -> Draft:
    version = current_version_for(patient=patient)
    if earlier is None:
        return draft_rows.begin(
            by=by,
            patient=patient,
            report_id=_free_id(posted.report_id),
            protocol_version=version,
            started_at=now,
        )
    # The report had gone out when the caregiver went back and changed something: that becomes a new one.
    # Its id follows from both, so that a double tap on the change makes one report as well.
    changed = json.dumps(dict(posted.answers), sort_keys=True)
    return draft_rows.begin(
        by=by,
        patient=patient,
        report_id=uuid5(earlier.pk, changed),
        protocol_version=earlier.protocol_version,
        answers=earlier.answers,
        pages_done=[page.key for page in rules_of(earlier.protocol_version).steps],
        started_at=now,
    )


def _submit(
    draft: Draft, observed_at: datetime, sent_at: datetime, now: datetime, level_on_phone: str = ""
) -> Report:
    submission = intake.submit(
        report_id=draft.report_id,
        patient=draft.patient,
        by=draft.user,
        protocol_version=draft.protocol_version,
        observed_at=observed_at,
        sent_at=sent_at,
        language=draft.user.language,
        answers=storable_answers(rules_of(draft.protocol_version), draft.answers),
        now=now,
        corrects=draft.corrects,
        level_on_phone=level_on_phone,
    )
    if draft.pk:
        draft.delete()
    return submission.report


def _lock_user(by: User) -> None:
    """Serialise a caregiver's requests: in a double tap both would find neither draft nor report."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=by.pk)


def _locked_draft(by: User, patient: Patient, now: datetime) -> Draft | None:
    """The draft, locked; one that is too old is deleted."""
    draft = (
        draft_rows.at_work(by=by, patient=patient)
        .select_for_update(of=("self",))
        .select_related("protocol_version__protocol", "patient__clinic", "user", "corrects")
        .defer("protocol_version__document")
        .first()
    )
    if draft is not None and draft.updated_at <= now - DRAFT_LASTS:
        draft.delete()
        return None
    return draft


def _report_sent_before(by: User, patient: Patient, report_id: UUID) -> Report:
    report = Report.objects.filter(pk=report_id, author=by).select_related("patient").first()
    # Of the record of before, where another clinic has taken the patient over since.
    if report is None or successors.newest(report.patient).pk != patient.pk:
        raise NothingToSend
    return report


@row_scope.everything()
def _free_id(report_id: UUID) -> UUID:
    """The id from the page, unless somebody else's report has it."""
    return uuid4() if Report.objects.filter(pk=report_id).exists() else report_id


def _next_step(protocol: Protocol, page_key: str) -> str | None:
    keys = [page.key for page in protocol.steps]
    after = keys[keys.index(page_key) + 1 :]
    return after[0] if after else None
