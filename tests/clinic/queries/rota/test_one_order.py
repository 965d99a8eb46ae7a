"""Every place that names who is on call, or who comes next, names the same people at the same moment."""

import re
from datetime import timedelta
from random import Random

import pytest
import time_machine
from django.utils import timezone

from clinic.console.forms.desk.handovers import HandoverForm
from clinic.console.words import clock
from clinic.queries.desk import emergency, handovers, header
from clinic.queries.escalations import panel
from clinic.queries.paging import settings
from clinic.queries.rota import on_call, week
from clinic.services.paging import chain
from tests import factories

HALF_HOUR = timedelta(minutes=30)
MOMENTS = [timedelta(hours=hours) for hours in (0, 7.5, 8, 20, 33)]


@pytest.fixture
def team(clinic, nurse):
    """Nora of the cast gives the handovers; the last one is on the standing list alone."""
    names = ("Ann", "Bob", "Cid", "Dee")
    others = [factories.CoveringStaffFactory(clinic=clinic, user__name=name) for name in names]
    return [nurse.staff_roles.get(), *others]


def make_rota(team, now, chance):
    """Shifts that begin and end at half hours: a change of shift, a swap, a gap, and somebody who leaves."""
    nora, *others = team
    nora.phone_verified_at = nora.phone_tested_at = now
    nora.save(update_fields=["phone_verified_at", "phone_tested_at"])
    end = now - timedelta(hours=chance.randint(1, 6))
    for number in range(10):
        begin = end + HALF_HOUR * (3 if number == chance.randint(2, 6) else 0)
        end = begin + HALF_HOUR * chance.randint(6, 20)
        factories.ShiftFactory(staff=chance.choice(team[:4]), starts_at=begin, ends_at=end)
    for layer in ("backup", "physician"):
        begin = now + HALF_HOUR * chance.randint(-10, 10)
        factories.ShiftFactory(
            staff=chance.choice(team), layer=layer, starts_at=begin, ends_at=begin + timedelta(hours=12)
        )
    swapped = now + HALF_HOUR * chance.randint(0, 30)
    swap = factories.ShiftSwapFactory(
        from_staff=others[0],
        to_staff=others[1],
        state="accepted",
        answered_at=now,
        starts_at=swapped,
        ends_at=swapped + timedelta(hours=4),
    )
    factories.ShiftFactory(staff=others[1], starts_at=swapped, ends_at=swap.ends_at, swap=swap)
    if chance.random() < 0.7:
        factories.OnCallFactory(staff=others[3])
    leaver = others[2]
    leaver.ended_at, leaver.ended_by = now + HALF_HOUR * chance.randint(-5, 40), nora.user
    leaver.save(update_fields=["ended_at", "ended_by"])


def paged(clinic, at):
    """Whom a page would go to, one after the other: what every other place has to say too."""
    return [one.pk for one in on_call.staff_in_order(clinic.pk, at) if on_call.is_reachable(one)]


def next_first(clinic, at):
    """Half hour by half hour, as paging would ask then."""
    first = paged(clinic, at)[:1]
    for step in range(1, 96):
        then = paged(clinic, at + step * HALF_HOUR)[:1]
        if then and then != first:
            return then[0], at + step * HALF_HOUR
    return None


def said_by(order):
    relief = order.relief
    return [one.staff_id for one in order.in_order], relief and (relief.person.staff_id, relief.at)


@pytest.mark.parametrize("seed", range(8))
def test_all_who_name_the_people_on_call_name_the_same(clinic, patient, nurse, team, now, seed):
    make_rota(team, now, Random(seed))
    names = {one.pk: one.user.name for one in team}
    escalation = factories.EscalationFactory(patient=patient, opened_at=now, waiting_since=now)
    access = factories.EmergencyAccessFactory(patient=patient, user=nurse)

    for at in (now + ahead for ahead in MOMENTS):
        people, follows = paged(clinic, at), next_first(clinic, at)
        first = chain.first_person(escalation=escalation, now=at)
        draft = handovers.draft(user=nurse, clinic_slug="", now=at)
        form = HandoverForm(lines=draft.lines, colleagues=draft.colleagues)
        labels = {pk: str(label) for pk, label in form.fields["to"].choices if pk}

        assert (first and first.pk) == (people[0] if people else None)
        assert [p.staff_id for p in header.of_user(user=nurse, now=at).on_call[0][1]] == people
        for order in (
            panel.panel(user=nurse, escalation_id=escalation.pk, now=at).on_call,
            emergency.on_call_at(access, now=at),
            week.week(user=nurse, clinic_slug="", day="", now=at).order,
        ):
            assert said_by(order) == (people, follows)
        in_order = settings.of_clinic(user=nurse, clinic_slug="", now=at).names_in_order
        assert list(in_order) == [names[pk] for pk in people]
        for pk, label in labels.items():
            expected = (
                "on call now"
                if people[:1] == [pk]
                else f"on call from {clock(follows[1])}"
                if follows and follows[0] == pk
                else "next in line"
                if people[1:2] == [pk]
                else ""
            )
            assert label.partition(" · ")[2] == expected


def test_pages_themselves_say_it_at_a_change_of_shift(client, clinic, patient, nurse, team, now):
    """Nora until three, Ann after her, Bob behind: read on the pages as staff read them."""
    nora, ann, bob, *_rest = team
    three = now + timedelta(hours=1)
    for staff in team[:3]:
        staff.phone_verified_at = staff.phone_tested_at = now
        staff.save(update_fields=["phone_verified_at", "phone_tested_at"])
    factories.ShiftFactory(staff=nora, starts_at=now - timedelta(hours=4), ends_at=three)
    factories.ShiftFactory(staff=ann, starts_at=three, ends_at=now + timedelta(hours=9))
    factories.ShiftFactory(
        staff=bob, layer="backup", starts_at=now - timedelta(hours=4), ends_at=now + timedelta(hours=9)
    )
    escalation = factories.EscalationFactory(patient=patient, opened_at=now, waiting_since=now)

    with time_machine.travel(now, tick=False):
        client.force_login(nurse)
        alert, rota, handover, worklist = (
            re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", client.get(path).content.decode()))
            for path in (
                f"/console/escalations/{escalation.pk}/",
                "/console/rota/",
                "/console/handover/new/",
                "/console/",
            )
        )
        with timezone.override(nurse.time_zone):
            at = clock(three)

    phone = r", \(\d+\) \S+"
    said = rf"On call now {nora.user.name} {phone} Next in line Bob {phone} On call from {at} Ann {phone}"
    for page in (alert, rota):
        assert re.search(said, page)
    assert re.search(rf"Ann \(Nurse\) · on call from {at} ", handover)
    assert "Bob (Nurse) · next in line " in handover
    assert f"On call now: {nora.user.name}" in worklist
