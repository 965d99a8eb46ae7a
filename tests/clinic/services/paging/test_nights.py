"""Invented nights: whatever is held back, joined or passed over, every urgent chain rings some phone."""

from datetime import datetime, timedelta
from itertools import pairwise
from random import Random

import pytest

from clinic.models import Escalation, Page, Suppression
from clinic.models.page import PageState
from clinic.queries.paging import ledger
from clinic.rules.core.enums import Level
from clinic.rules.paging import ladder
from clinic.rules.paging.channels import Channel, ChannelTurn
from clinic.rules.paging.rings import CALL_LASTS
from clinic.rules.paging.throttle import THROTTLE_WINDOW
from clinic.services.escalations import leases, lifecycle
from clinic.services.paging import bundles, chain, ladders, unconfirmed
from notifications.models import Message
from tests import cases, factories
from tests.examples import examples

TICK = timedelta(seconds=30)
NIGHT = timedelta(minutes=40)
BLEEDING = {"temp_value": "36.8", "temp_unit": "C", "bleeding": 2}
REPORTS = (cases.FEVER, cases.FEVER_AND_CONFUSION, cases.NAUSEA, BLEEDING)
ORDERS = (
    (Channel.SMS, Channel.VOICE),
    (Channel.VOICE, Channel.SMS),
    (Channel.SMS,),
    (Channel.VOICE,),
)


class _Night:
    """One clinic's night, made up by a number: people, shared phones, reports, answers and outages."""

    def __init__(self, clinic, seed: int, now: datetime) -> None:
        self.dice, self.now, self.clinic = Random(seed), now, clinic
        self.down_until = now
        self._set_ladder()
        self.people = [self._person(place) for place in range(self.dice.randint(1, 4))]
        self.patients = [factories.PatientFactory(clinic=clinic) for _ in range(self.dice.randint(1, 4))]

    def _set_ladder(self) -> None:
        minutes = self.dice.choice((3, 5))
        rung = ladder.Rung(
            hold_minutes=20,
            person_minutes=minutes,
            people_before_line=self.dice.randint(1, 3),
            both_roles=self.dice.random() < 0.3,
        )
        self.rungs = {**ladder.DEFAULT.rungs, Level.EMERGENCY: rung, Level.URGENT: rung}
        self.wait = rung.wait
        by = factories.StaffFactory(clinic=self.clinic, role="administrator").user
        ladders.change(clinic=self.clinic, by=by, to=ladder.Ladder(self.rungs), now=self.now)

    def _person(self, place: int):
        role = "physician" if place == 1 else "nurse"
        staff = factories.CoveringStaffFactory(clinic=self.clinic, role=role)
        if place and self.dice.random() < 0.4:
            staff.phone = self.dice.choice(self.people).phone if hasattr(self, "people") else self.first.phone
            staff.save(update_fields=["phone"])
        if not place:
            self.first = staff
        factories.OnCallFactory(staff=staff, position=place)
        turns = [ChannelTurn(channel, 60) for channel in self.dice.choice(ORDERS)]
        ladders.set_channel_order(clinic_id=self.clinic.pk, by=staff.user, turns=turns, now=self.now)
        return staff

    def run(self) -> None:
        at = self.now
        while at <= self.now + NIGHT:
            self._family(at)
            self._staff(at)
            if at >= self.down_until:
                self._engine(at)
            at += TICK

    def _family(self, at: datetime) -> None:
        if self.dice.random() < 0.12:
            cases.report_by_family(self.dice.choice(self.patients), self.dice.choice(REPORTS), at)

    def _staff(self, at: datetime) -> None:
        for escalation in Escalation.objects.filter(state="open", clinic=self.clinic):
            if self.dice.random() < 0.03:
                by = self.dice.choice(self.people).user
                lifecycle.acknowledge(escalation_id=escalation.pk, by=by, now=at)

    def _engine(self, at: datetime) -> None:
        for step in (unconfirmed.move_chains_on, chain.send_due, bundles.send_due, leases.end_expired):
            step(now=at)
        chain.send_due(now=at)
        cases.arrive(at)

    def late(self, at: datetime) -> list[str]:
        """Chains that have been without a ring for longer than a step, a bundle and a call may take."""
        most = max(self.wait, timedelta(minutes=2)) + THROTTLE_WINDOW + CALL_LASTS + 2 * TICK
        found = []
        for escalation in Escalation.objects.filter(state="open", severity__gte=3, clinic=self.clinic):
            sent = escalation.pages.filter(state=PageState.SENT, sent_at__lte=at).order_by("-sent_at").first()
            last = max(escalation.waiting_since, sent.sent_at if sent else escalation.waiting_since)
            if at - last > most:
                found.append(f"{escalation} without a ring since {last:%H:%M:%S} at {at:%H:%M:%S}")
        return found


@pytest.mark.parametrize("seed", range(examples(12)))
def test_every_urgent_chain_rings_some_phone_within_its_delays(clinic, now, seed):
    night = _Night(clinic, seed, now)
    late: list[str] = []
    engine = night._engine

    def engine_and_look(at: datetime) -> None:
        engine(at)
        late.extend(night.late(at))

    night._engine = engine_and_look  # type: ignore[method-assign]
    night.run()

    assert late == []
    assert_night_adds_up(clinic, now)
    assert_calls_never_overlap()


@pytest.mark.parametrize("seed", range(100, 100 + examples(6)))
def test_after_an_outage_one_page_of_each_chain_leaves_and_the_night_adds_up(clinic, now, seed):
    night = _Night(clinic, seed, now)
    cases.escalate(night.patients[0], cases.FEVER_AND_CONFUSION, now)
    night._engine(now)
    night.down_until = back = now + timedelta(minutes=17)
    night.run()

    assert_night_adds_up(clinic, now)
    assert_calls_never_overlap()
    at_once = Page.objects.filter(state="sent", sent_at=back).values_list("escalation", "role")
    assert len(at_once) == len(set(at_once))


def assert_night_adds_up(clinic, now: datetime) -> None:
    counted_until = now + NIGHT - timedelta(minutes=6)
    tally = ledger.count_alarms(clinic, now, counted_until)
    assert tally.missing == ()
    assert tally.lost_pages == 0
    assert tally.alarms == tally.paged + tally.answered_first + tally.held_back
    waiting = Page.objects.filter(state="held", suppression__isnull=True)
    assert not waiting.exists()
    assert not Suppression.objects.filter(escalation__isnull=True).exists()


def assert_calls_never_overlap() -> None:
    calls = Page.objects.filter(state="sent", channel="voice").order_by("phone", "sent_at")
    rang = [(page.phone, page.sent_at) for page in calls if _left(page)]
    for (phone, at), (next_phone, next_at) in pairwise(rang):
        assert phone != next_phone or next_at - at >= CALL_LASTS, (phone, at, next_at)


def _left(page: Page) -> bool:
    return not Message.objects.filter(pk=page.message_id, state="suppressed").exists()
