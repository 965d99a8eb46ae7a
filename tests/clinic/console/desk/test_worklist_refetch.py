"""A list that still stands is not sent again; one that shows anything else comes whole."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from clinic.models import Tick
from clinic.models.system_alarm import AlarmKind
from clinic.services.core import alarms, ticks
from clinic.services.escalations import lifecycle
from tests import cases, factories


def signed_in(person):
    client = Client()
    client.force_login(person)
    return client


def tick_all(now):
    for name in ("clinic", "notifications"):
        ticks.record(name=name, now=now)


def shown(page):
    """What a browser tells of the list that it shows."""
    version, mark = (re.search(f'data-{name}="([^"]+)"', page).group(1) for name in ("version", "mark"))
    return f"{version}.{mark}"


@pytest.fixture
def desk(nurse, patient):
    """Asks for the list, with what is shown where something is; on a Monday at ten past two."""
    cases.escalate(patient, cases.FEVER, timezone.now())
    client = signed_in(nurse)

    def ask(have=None):
        data = {"have": have} if have else {}
        return client.get("/console/worklist/", data, headers={"HX-Request": "true"})

    with time_machine.travel("2026-11-23T14:11:00Z", tick=False) as clock:
        tick_all(timezone.now())
        ask.clock, ask.client = clock, client
        yield ask


def test_list_that_still_stands_does_not_come_again(desk):
    have = shown(desk().content.decode())
    desk.clock.shift(timedelta(seconds=30))

    again = desk(have)

    assert (again.status_code, again.content) == (204, b"")
    assert again["Cache-Control"] == "no-store"


def change_row(nurse, patient):
    escalation = patient.escalations.get()
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=timezone.now())


def raise_an_alarm(nurse, patient):
    alarms.raise_alarm(clinic_id=patient.clinic_id, kind=AlarmKind.NO_ON_CALL, subject="", now=timezone.now())


def let_a_report_wait(nurse, patient):
    factories.ReportFactory(patient=patient)


def let_the_engine_fall_silent(nurse, patient):
    Tick.objects.all().delete()


def become_physician(nurse, patient):
    nurse.staff_roles.update(role="physician")


def read_spanish(nurse, patient):
    nurse.language = "es"
    nurse.save()


def move_house(nurse, patient):
    nurse.time_zone = "America/Denver"
    nurse.save()


@pytest.mark.parametrize(
    "change",
    [
        change_row,
        raise_an_alarm,
        let_a_report_wait,
        let_the_engine_fall_silent,
        become_physician,
        read_spanish,
        move_house,
    ],
)
def test_list_comes_whole_after_whatever_it_shows_has_changed(desk, nurse, patient, change):
    have = shown(desk().content.decode())

    change(nurse, patient)

    again = desk(have)
    assert again.status_code == 200
    assert shown(again.content.decode()) != have


def test_list_comes_whole_when_the_desk_was_locked(desk):
    have = shown(desk().content.decode())

    desk.client.post("/console/desk/lock/")

    assert 'data-locked="yes"' in desk(have).content.decode()


def test_list_comes_whole_at_the_minutes_at_which_shifts_change(desk):
    have = shown(desk().content.decode())
    desk.clock.move_to("2026-11-23T14:14:59Z")
    tick_all(timezone.now())
    assert desk(have).status_code == 204

    desk.clock.move_to("2026-11-23T14:15:00Z")

    assert desk(have).status_code == 200


@pytest.mark.parametrize("have", ["1.", ".", "0.0000", "' OR 1=1", "é"])
def test_list_comes_whole_for_whatever_else_is_told(desk, have):
    assert desk(have).status_code == 200


def test_asking_whether_the_list_stands_reads_no_row_of_it(desk, django_assert_max_num_queries):
    have = shown(desk().content.decode())

    with django_assert_max_num_queries(8):
        assert desk(have).status_code == 204
