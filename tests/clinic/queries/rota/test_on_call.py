from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.queries.rota import on_call
from tests import factories


def names(people):
    return [staff.user.name for staff in people]


def person(clinic, name, **more):
    return factories.CoveringStaffFactory(clinic=clinic, user__name=name, **more)


@pytest.fixture
def rota(clinic):
    """Ann on the standing list; Pia primary, Bob backup, Dr. Ray physician, round the clock."""
    factories.OnCallFactory(staff=person(clinic, "Ann"))
    for name, layer in (("Ray", "physician"), ("Bob", "backup"), ("Pia", "primary")):
        factories.ShiftPatternFactory(staff=person(clinic, name), layer=layer)


def test_chain_is_the_layers_then_the_standing_list(clinic, rota, now):
    assert names(on_call.staff_in_order(clinic.pk, now)) == ["Pia", "Bob", "Ray", "Ann"]


def test_person_of_two_layers_or_of_layer_and_list_is_paged_once(clinic, now):
    pia = person(clinic, "Pia")
    factories.OnCallFactory(staff=pia)
    factories.ShiftPatternFactory(staff=pia)
    factories.ShiftPatternFactory(staff=pia, layer="backup")

    assert names(on_call.staff_in_order(clinic.pk, now)) == ["Pia"]


def test_single_shift_takes_over_for_its_time_alone(clinic, rota, now):
    factories.ShiftFactory(staff=person(clinic, "Sub"))

    at = [now + timedelta(hours=hours) for hours in (0, 1, 9)]
    assert [names(on_call.staff_in_order(clinic.pk, one))[0] for one in at] == ["Pia", "Sub", "Pia"]


def test_cancelled_shift_and_ended_pattern_do_not_count(clinic, now, nurse):
    factories.ShiftFactory(starts_at=now, staff=person(clinic, "Off"), cancelled_at=now, cancelled_by=nurse)
    factories.ShiftPatternFactory(
        staff=person(clinic, "Past"), ended_at=now - timedelta(days=2), ended_by=nurse
    )

    assert on_call.staff_in_order(clinic.pk, now) == []


def test_doubtful_numbers_come_last_and_people_without_phone_or_role_not_at_all(clinic, rota, now):
    doubtful = factories.StaffFactory(clinic=clinic, user__name="Unproven")
    stale = person(clinic, "Stale", phone_tested_at=now - timedelta(days=15))
    gone = person(clinic, "Gone", ended_at=now, ended_by=doubtful.user)
    shut = person(clinic, "Shut", user__is_active=False)
    mute = person(clinic, "Mute", phone=None)
    for staff in (doubtful, stale, gone, shut, mute):
        factories.ShiftFactory(staff=staff, starts_at=now, layer="primary")
        factories.OnCallFactory(staff=staff)

    found = on_call.staff_in_order(clinic.pk, now)
    assert names(one for one in found if on_call.is_reachable(one)) == [
        "Bob",
        "Ray",
        "Ann",
        "Unproven",
        "Stale",
    ]


def test_other_clinics_people_are_not_paged(clinic, other_clinic, rota, now):
    factories.ShiftPatternFactory(staff=person(other_clinic, "Olga"))

    assert names(on_call.staff_in_order(other_clinic.pk, now)) == ["Olga"]


def test_top_of_the_console_names_the_same_people_in_three_queries(clinic, other_clinic, rota, now):
    factories.ShiftPatternFactory(staff=person(other_clinic, "Olga"))

    with CaptureQueriesContext(
        connection,
    ) as queries:
        found = on_call.people_by_clinic([clinic, other_clinic], at=now)

    assert len(queries) == 3
    for one in (clinic, other_clinic):
        assert [p.name for p in found[one.pk]] == names(on_call.staff_in_order(one.pk, now))
