"""Replays the story in the order in which it happened, each step with the clock of its moment."""

import uuid
from bisect import insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from functools import partial
from operator import itemgetter
from typing import Any

from django.conf import settings

from clinic.models import Escalation, Patient, User
from clinic.models.escalation import EscalationState
from clinic.rules.outcomes.forms import Part
from clinic.services.demo import people
from clinic.services.demo.story import OUTCOMES, STORY, StoryAnswer, StoryReport
from clinic.services.escalations import lifecycle, scoring
from clinic.services.outcomes import counting, recording
from clinic.services.paging import chain
from clinic.services.patients import invitations
from clinic.services.protocols import versions
from clinic.services.reports import intake
from notifications.services import dispatch

ENROLLED_BEFORE_INFUSION = timedelta(days=14)
JOINED_AFTER = timedelta(hours=2)
SCORED_AFTER = timedelta(seconds=1)
SETTLED_AFTER = timedelta(seconds=2)
RESOLVED_AFTER = timedelta(minutes=30)

StoryEvent = tuple[datetime, Callable[[datetime], object]]
# What an event returns of which nobody is paged or texted.
NOTHING_LEAVES = "nothing leaves"
# Hears which share of it is done, in per cent.
Progress = Callable[[int], None]


def say_nothing(_percent: int) -> None:
    """For whoever need not be told how far it is."""


def replay_story(
    *,
    on_file: Mapping[str, Patient],
    new: set[str],
    now: datetime,
    weeks: Iterable[StoryEvent] = (),
    progress: Progress = say_nothing,
) -> None:
    """Tell the story of the patients (keys) that were enrolled just now; the others have theirs.

    `weeks` is the history before it. What an event makes others do, it returns as events to come.
    """
    ahead = [
        *weeks,
        *_join_events(on_file, new, now),
        *(
            happening
            for told in STORY
            if told.patient in new
            for happening in _report_events(told, on_file, now)
        ),
    ]
    ahead.sort(key=itemgetter(0))
    whole = len(ahead)
    while ahead:
        at, happen = ahead.pop(0)
        came_of_it = happen(at)
        for event in _follow_ups(came_of_it):
            insort(ahead, event, key=itemgetter(0))
        if came_of_it != NOTHING_LEAVES:
            chain.send_due(now=at + SETTLED_AFTER)
            _send_texts(at + SETTLED_AFTER)
        progress(max(0, 100 - 100 * len(ahead) // whole))


def _follow_ups(told: object) -> Iterable[StoryEvent]:
    return told if isinstance(told, tuple) else ()


def record_outcomes(*, on_file: Mapping[str, Patient], new: set[str], now: datetime) -> None:
    """What became of those whose time points have come; a few forms are left to be filled in."""
    for told in OUTCOMES:
        if told.patient in new:
            patient = on_file[told.patient]
            days = {key: patient.infusion_date + timedelta(days=day) for key, day in told.days.items()}
            recording.record(
                patient_id=patient.pk,
                course=patient.course_number,
                part=Part.FOLLOW_UP,
                day=told.day,
                given={**told.answers, **days},
                replaces=None,
                by=nurse_of(patient),
                now=now,
            )
    for clinic in {patient.clinic for patient in on_file.values()}:
        counting.count(clinic=clinic, now=now)


def invite(*, card: people.DemoCaregiver, patient: Patient, now: datetime) -> invitations.SentInvitation:
    """The clinic's nurse invites this person."""
    return invitations.invite(
        patient=patient,
        by=nurse_of(patient),
        phone=card.phone,
        name=card.name,
        relation=card.relation,
        language=card.language,
        now=now,
    )


def _join_events(on_file: Mapping[str, Patient], new: set[str], now: datetime) -> Iterator[StoryEvent]:
    days = {card.key: max(card.day, 0) for card in (*people.PATIENTS, *people.LONG_KNOWN)}
    for card in (*people.CAREGIVERS, *people.LONG_KNOWN_CAREGIVERS):
        for key in card.patients:
            if key in new:
                at = now - timedelta(days=days[key]) - ENROLLED_BEFORE_INFUSION + JOINED_AFTER
                yield at, partial(join, card, on_file[key])


def join(card: people.DemoCaregiver, patient: Patient, at: datetime) -> None:
    """This person is invited, and follows the link."""
    invited = invite(card=card, patient=patient, now=at)
    # The text leaves with the clock of that day, before the link is used.
    _send_texts(at)
    token = invited.url.rstrip("/").rsplit("/", 1)[1]
    joined = invitations.redeem(token=token, agreed_to="demo", now=at + timedelta(minutes=10))
    joined.user.temperature_unit = card.temperature_unit
    joined.user.save(update_fields=["temperature_unit"])


def _report_events(
    report: StoryReport, on_file: Mapping[str, Patient], now: datetime
) -> Iterator[StoryEvent]:
    at, patient = now - report.ago, on_file[report.patient]
    yield at, partial(_report, report, patient)
    if report.answer:
        yield at + report.answer.after, partial(_acknowledge, report.answer, patient)
        if report.answer.outcome:
            yield at + report.answer.after + RESOLVED_AFTER, partial(_resolve, report.answer, patient)


def _report(report: StoryReport, patient: Patient, at: datetime) -> None:
    send_report(by=report.by, answers=report.answers, patient=patient, at=at)


def send_report(*, by: str, answers: Mapping[str, Any], patient: Patient, at: datetime) -> None:
    """A report of whoever has this number, stored and scored."""
    author = User.objects.get(phone=by)
    submission = intake.submit(
        report_id=uuid.uuid4(),
        patient=patient,
        by=author,
        protocol_version=versions.current_version_for(patient=patient),
        observed_at=at,
        sent_at=at,
        language=author.language,
        answers=answers,
        now=at,
    )
    scoring.score(report_id=submission.report.pk, now=at + SCORED_AFTER)


def _acknowledge(answered: StoryAnswer, patient: Patient, at: datetime) -> None:
    by, escalation = User.objects.get(email=answered.by), _open_escalation_of(patient)
    # Something of the weeks before may have been taken already.
    if escalation.state == EscalationState.OPEN:
        lifecycle.acknowledge(escalation_id=escalation.pk, by=by, now=at)
    lifecycle.add_note(escalation_id=escalation.pk, by=by, text=answered.note, now=at + timedelta(minutes=6))


def _resolve(answered: StoryAnswer, patient: Patient, at: datetime) -> None:
    escalation = _open_escalation_of(patient)
    lifecycle.resolve(
        escalation_id=escalation.pk,
        by=escalation.acknowledged_by or User.objects.get(email=answered.by),
        outcome=answered.outcome,
        note="",
        now=at,
    )


def _send_texts(at: datetime) -> None:
    """Only where sending means storing: a real provider must not be called for made-up people."""
    if settings.MESSAGE_PROVIDER == "console":
        dispatch.send_due(now=at)


def _open_escalation_of(patient: Patient) -> Escalation:
    return Escalation.objects.exclude(state=EscalationState.RESOLVED).get(patient=patient)


def nurse_of(patient: Patient) -> User:
    return User.objects.get(email=f"nurse@{patient.clinic.slug}.example")
