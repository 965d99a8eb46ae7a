"""The four weeks before the story: a report at every planned check-in, and what came of some of them.

The same people give the same weeks each time. What a report leads to is decided by the rules alone: whatever
opens an alert is called about and closed, here as in a clinic, and a silence that lasts is one too.
"""

import random
from collections.abc import Iterator, Mapping
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any
from zoneinfo import ZoneInfo

from clinic.models import Clinic, Escalation, Patient, User
from clinic.models.escalation import EscalationState, Outcome
from clinic.models.patient import PatientStatus
from clinic.models.staff import Role
from clinic.models.system_alarm import AlarmKind
from clinic.queries.protocols.versions import current_rules
from clinic.rules.checkins.schedule import slots_between
from clinic.services.checkins import plan, reminders
from clinic.services.core import alarms
from clinic.services.demo import people, replay
from clinic.services.demo.episodes import EPISODES, QUIET, Episode
from clinic.services.demo.replay import StoryEvent
from clinic.services.demo.story import STORY, well_except
from clinic.services.escalations import contacts, lifecycle, missed
from clinic.services.outcomes import counting
from clinic.services.patients import life_events

WEEKS = timedelta(weeks=4)
# What is planned reaches two days ahead.
_PLANNED_EVERY = timedelta(hours=40)
_CALLED_AFTER = timedelta(minutes=4)
_CLOSED_AFTER = timedelta(minutes=15)
_SOON = timedelta(seconds=30)
# What the story itself leaves open is younger than that.
_LEFT_OPEN = timedelta(hours=3)
# One in so many check-ins is left out, where there is one a day at most: the next comes before anybody asks.
_LEFT_OUT_OF = 11
# Their last check-in, one of a day at most, is not sent yet: whoever tries a family finds one that is due.
_STILL_TO_SEND = frozenset({"ruth"})
_USUAL = {"F": 97.9, "C": 36.6}
# Aches and tiredness as most people have them now and then.
_NOW_AND_THEN = ("activity", "pain", "intake", "cough")
_DAY = (time(7), time(19))


def happenings(*, on_file: Mapping[str, Patient], now: datetime) -> list[StoryEvent]:
    """Everything that happened, each with its moment, in no order."""
    start = now - WEEKS
    cards = {card.key: card for card in (*people.PATIENTS, *people.LONG_KNOWN)}
    families = {
        key: card
        for card in reversed((*people.CAREGIVERS, *people.LONG_KNOWN_CAREGIVERS))
        for key in card.patients
    }
    found = [*_rounds(start, now)]
    for key, patient in on_file.items():
        if cards[key].is_home:
            own = [one for one in EPISODES if one.patient == key and one.days_ago < cards[key].day]
            found += _check_ins(key, patient, families[key], own, start, now)
            found += [_episode(one, patient, families[key], now) for one in own]
            found += [
                (now - told.ago + _SOON, partial(_look_after, patient))
                for told in STORY
                if told.patient == key and not told.answer and told.ago > _LEFT_OPEN
            ]
    return found


# --- What runs by itself ---


def _rounds(start: datetime, now: datetime) -> Iterator[StoryEvent]:
    at = start
    while at < now:
        yield at, _go_round
        at += _PLANNED_EVERY
    yield now, _go_round


def _go_round(at: datetime) -> tuple[StoryEvent, ...]:
    """Check-ins are planned, reminders closed, silences noticed; at a month's end its figures are counted."""
    before = set(_unresolved().values_list("pk", flat=True))
    plan.plan_all(now=at)
    reminders.queue_due(now=at)
    missed.escalate_due(now=at)
    if (at + _PLANNED_EVERY).month != at.month:
        for clinic in Clinic.objects.all():
            counting.count(clinic=clinic, now=at)
    return tuple(
        event
        for escalation in _unresolved().exclude(pk__in=before).select_related("patient__clinic")
        for event in _answered(escalation, Episode(escalation.patient_id.hex, 0, {}, note=QUIET), at)
    )


# --- What families sent ---


def _check_ins(
    key: str,
    patient: Patient,
    card: people.DemoCaregiver,
    episodes: list[Episode],
    start: datetime,
    now: datetime,
) -> Iterator[StoryEvent]:
    """Shortly before each one is due, so that nobody needs to be reminded; now and then one is left out."""
    rules = current_rules(patient.clinic)
    zone = ZoneInfo(patient.time_zone)
    if rules is None:
        return
    chance = random.Random(key)  # noqa: S311 - made-up readings of made-up people
    last_in_phase_a = patient.infusion_date + timedelta(days=14)
    slots = slots_between(rules, patient.infusion_date, zone, start, now, additions=())
    for slot in slots[:-1] if key in _STILL_TO_SEND else slots:
        at = slot - timedelta(minutes=chance.randint(3, 35))
        answers, is_left_out = _readings(card, chance), chance.randrange(_LEFT_OUT_OF) == 0
        is_lately = now - slot < timedelta(days=5)
        if is_left_out and slot.date() > last_in_phase_a and not is_lately:
            continue
        if at >= start and not any(_is_away(one, slot, now) for one in episodes):
            yield at, partial(_report, card.phone, answers, patient, Episode(key, 0, {}))


def _is_away(episode: Episode, slot: datetime, now: datetime) -> bool:
    ago = (now - slot) / timedelta(days=1)
    ends = episode.days_ago - episode.silent_days - 1
    return bool(episode.silent_days) and ends < ago < episode.days_ago + 1


def _readings(card: people.DemoCaregiver, chance: random.Random) -> dict[str, Any]:
    unit = card.temperature_unit
    spread = 0.5 if unit == "F" else 0.3
    now_and_then = {chance.choice(_NOW_AND_THEN): 1} if chance.random() < 0.1 else {}
    return well_except(
        temp_value=round(_USUAL[unit] + chance.uniform(-spread, spread), 1), temp_unit=unit, **now_and_then
    )


def _episode(episode: Episode, patient: Patient, card: people.DemoCaregiver, now: datetime) -> StoryEvent:
    answers = well_except(
        **{"temp_value": _USUAL[card.temperature_unit], "temp_unit": card.temperature_unit, **episode.answers}
    )
    at = _on_day(now, patient.time_zone, episode.days_ago, episode.clock)
    return at, partial(_report, card.phone, answers, patient, episode)


def _on_day(now: datetime, zone: str, days_ago: float, clock: time) -> datetime:
    day: date = now.astimezone(ZoneInfo(zone)).date() - timedelta(days=days_ago)
    return datetime.combine(day, clock, tzinfo=ZoneInfo(zone))


def _report(
    phone: str, answers: dict[str, Any], patient: Patient, episode: Episode, at: datetime
) -> tuple[StoryEvent, ...] | str:
    """Sent, and answered where it opened an alert or raised one that nobody has."""
    patient.refresh_from_db(fields=["status"])
    if patient.status != PatientStatus.ACTIVE:
        return replay.NOTHING_LEAVES
    replay.send_report(by=phone, answers=answers, patient=patient, at=at)
    opened = _unresolved().filter(patient=patient).select_related("patient__clinic").first()
    if opened is None:
        return replay.NOTHING_LEAVES
    return tuple(_answered(opened, episode, at)) if opened.opened_at >= at else ()


def _look_after(patient: Patient, at: datetime) -> tuple[StoryEvent, ...]:
    """What a report of the story has opened that nobody in the story answers."""
    opened = _unresolved().filter(patient=patient, opened_at__gte=at - _SOON, state=EscalationState.OPEN)
    found = opened.select_related("patient__clinic").first()
    return tuple(_answered(found, Episode("", 0, {}), at)) if found else ()


# --- What staff did about it ---


def _answered(escalation: Escalation, episode: Episode, at: datetime) -> Iterator[StoryEvent]:
    taken = at + timedelta(minutes=episode.taken_after)
    yield taken, partial(_take, escalation.pk)
    yield taken + _CALLED_AFTER, partial(_call, escalation.pk, episode.note)
    closed = taken + _CLOSED_AFTER
    yield closed, partial(_close, escalation.pk, episode.outcome)
    if episode.outcome == Outcome.ADMITTED:
        yield closed + timedelta(days=episode.silent_days), partial(_bring_home, escalation.patient)


def _take(pk: Any, at: datetime) -> None:
    """By the nurse on shift, and by whoever else owes an answer."""
    escalation = Escalation.objects.select_related("patient__clinic").get(pk=pk)
    if escalation.state == EscalationState.OPEN:
        lifecycle.acknowledge(escalation_id=pk, by=_nurse_on_shift(escalation.patient, at), now=at)
    for role in escalation.required_answers.filter(answered_at=None).values_list("role", flat=True):
        if role != Role.NURSE:
            by = _in_role(escalation.patient, Role(role))
            lifecycle.acknowledge(escalation_id=pk, by=by, now=at)


def _call(pk: Any, note: str, at: datetime) -> None:
    escalation = _still_open(pk)
    if escalation is None or escalation.acknowledged_by is None:
        return
    member = escalation.patient.care_team.order_by("pk").first()
    contacts.log(
        escalation_id=pk,
        by=escalation.acknowledged_by,
        member_id=member.pk if member else None,
        who="",
        reached=True,
        note=note,
        now=at,
    )


def _close(pk: Any, outcome: str, at: datetime) -> None:
    """Whatever became worse meanwhile is taken again before it is closed."""
    if _still_open(pk) is None:
        return
    _take(pk, at)
    escalation = _still_open(pk)
    if escalation is not None and escalation.acknowledged_by is not None:
        lifecycle.resolve(
            escalation_id=pk, by=escalation.acknowledged_by, outcome=outcome, note="", now=at + _SOON
        )


def _bring_home(patient: Patient, at: datetime) -> None:
    by, called = _nurse_on_shift(patient, at), at + _CALLED_AFTER
    life_events.discharge(patient_id=patient.pk, by=by, at=at, reason="", now=at)
    kind = AlarmKind.HOME_AGAIN
    alarms.clear(clinic_id=patient.clinic_id, kind=kind, subject=patient.pk, by=by, now=called)
    patient.refresh_from_db()
    plan.plan_patient(patient=patient, now=called)


def _still_open(pk: Any) -> Escalation | None:
    """Unless the story has closed it."""
    rows = Escalation.objects.exclude(state=EscalationState.RESOLVED)
    return rows.select_related("patient", "acknowledged_by").filter(pk=pk).first()


def _nurse_on_shift(patient: Patient, at: datetime) -> User:
    starts, ends = _DAY
    is_day = starts <= at.astimezone(ZoneInfo(patient.clinic.time_zone)).time() < ends
    nurse2 = User.objects.filter(email=f"nurse2@{patient.clinic.slug}.example").first()
    return _in_role(patient, Role.NURSE) if is_day or nurse2 is None else nurse2


def _in_role(patient: Patient, role: Role) -> User:
    return User.objects.get(email=f"{role}@{patient.clinic.slug}.example")


def _unresolved() -> Any:
    return Escalation.objects.exclude(state=EscalationState.RESOLVED).filter(is_drill=False)
