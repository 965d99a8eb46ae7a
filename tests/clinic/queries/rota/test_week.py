from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.access import NotVisible
from clinic.queries.rota import my_shifts
from clinic.queries.rota import week as rota
from tests import factories


def week(user, now, **more):
    return rota.week(**{"user": user, "clinic_slug": "", "day": "", "now": now, **more})


def person(clinic, name, **more):
    return factories.CoveringStaffFactory(clinic=clinic, user__name=name, **more)


def test_week_is_that_of_the_clinics_today_with_who_is_on_now(clinic, nurse, now):
    """Now is Saturday, 21:00 in New York."""
    factories.ShiftPatternFactory(staff=person(clinic, "Pia"))

    found = week(nurse, now)

    assert (found.monday, found.sunday) == (date(2026, 11, 16), date(2026, 11, 22))
    saturday = found.days[5]
    assert (saturday.date, saturday.is_today) == (date(2026, 11, 21), True)
    (primary,) = saturday.layers
    assert [(p.name, p.is_now, p.begins_before, p.ends_after) for p in primary.pieces] == [
        ("Pia", False, True, False),
        ("Pia", True, False, True),
    ]
    assert [p.is_now for p in found.days[6].layers[0].pieces] == [False, False]
    assert [(one.label, one.staff.user.name, one.until) for one in found.on_now] == [("Primary", "Pia", None)]
    assert found.gaps == ()


def test_gaps_are_on_their_day_and_in_the_warning_unless_they_are_over(clinic, nurse, now):
    factories.ShiftFactory(staff=person(clinic, "Pia"))

    found = week(nurse, now)

    pieces = {day.date.day: day.layers[0].pieces for day in found.days}
    assert [piece.is_gap for piece in pieces[20]] == []
    assert [(piece.name, piece.is_now) for piece in pieces[21]] == [("", True), ("Pia", False)]
    assert [piece.name for piece in pieces[22]] == ["Pia", ""]
    assert [(gap.starts_at, gap.ends_at) for gap in found.gaps] == [
        (now, now + timedelta(hours=1)),
        (now + timedelta(hours=9), now + timedelta(days=14)),
    ]


@pytest.mark.parametrize(
    ("day", "monday"),
    [
        ("2026-12-02", "2026-11-30"),
        ("nonsense", "2026-11-16"),
        ("9999-12-31", "2026-11-16"),
        ("0001-01-01", "2026-11-16"),
    ],
)
def test_any_week_can_be_opened_and_nonsense_is_this_week(clinic, nurse, now, day, monday):
    found = week(nurse, now, day=day)

    assert str(found.monday) == monday
    assert found.previous_month.day == found.next_month.day == 1


def test_people_and_edits_are_for_administrators(clinic, nurse, now):
    factories.StaffFactory(clinic=clinic, user__name="Una Unproven", phone=None)
    admin = factories.StaffFactory(clinic=clinic, role="administrator").user

    assert week(nurse, now).people == ()
    people = week(admin, now).people
    assert [(one.name, one.is_certain) for one in people] == [("Nora Nurse", False), ("Una Unproven", False)]


def test_other_clinics_rota_is_not_there(clinic, other_clinic, nurse, now):
    factories.ShiftPatternFactory(staff=person(other_clinic, "Olga"))

    assert week(nurse, now).on_now == ()
    with pytest.raises(NotVisible):
        week(nurse, now, clinic_slug="lake")


def test_queries_do_not_grow_with_the_rota(clinic, nurse, now):
    def count():
        with CaptureQueriesContext(connection) as queries:
            week(nurse, now)
        return len(queries)

    factories.ShiftPatternFactory(staff=person(clinic, "A"))
    factories.ShiftFactory(staff=person(clinic, "B"))
    few = count()
    for layer in ("primary", "backup", "physician"):
        factories.ShiftPatternFactory(staff=person(clinic, layer), layer=layer)
        factories.ShiftFactory(staff=person(clinic, layer + "2"), layer=layer)
        factories.OnCallFactory(staff=person(clinic, layer + "3"))

    assert count() == few


def test_my_shifts_are_whole_and_mine_alone(clinic, nurse, now):
    mine = nurse.staff_roles.get()
    factories.ShiftFactory(staff=mine, starts_at=now - timedelta(hours=5), ends_at=now + timedelta(hours=1))
    factories.ShiftFactory(staff=person(clinic, "Other"))

    page = my_shifts.overview(user=nurse, now=now)

    assert [(shift.starts_at, shift.is_now, shift.may_hand_over) for shift in page.shifts] == [
        (now - timedelta(hours=5), True, False)
    ]
    (event,) = my_shifts.calendar_events(user=nurse, now=now)
    assert (event.starts_at, event.ends_at, event.title) == (
        now - timedelta(hours=5),
        now + timedelta(hours=1),
        "Kinwatch: Primary",
    )
