from datetime import date, time, timedelta

import pytest

from clinic.access import NotAllowed, NotVisible
from clinic.models import AuditEvent, Clinic, Shift, ShiftPattern, SystemAlarm
from clinic.queries.rota import on_call
from clinic.services.rota import coverage, shifts
from clinic.services.rota.shifts import BadTimes, NotReachable, WeeklyTimes, WrongRole
from tests import factories

TIMES = WeeklyTimes(tuple(range(7)), time(7), time(7), date(2026, 11, 2))


@pytest.fixture
def admin(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator", user__name="Ada Admin").user


@pytest.fixture
def pia(clinic):
    return factories.CoveringStaffFactory(clinic=clinic, user__name="Pia Proven")


def weekly(clinic, staff, by, now, **changes):
    facts = {"layer": "primary", "times": TIMES}
    return shifts.add_pattern(clinic=clinic, staff=staff, by=by, now=now, **{**facts, **changes})


def single(clinic, staff, by, now, **changes):
    facts = {"layer": "primary", "starts_at": now + timedelta(hours=1), "ends_at": now + timedelta(hours=9)}
    return shifts.add_shift(clinic=clinic, staff=staff, by=by, now=now, **{**facts, **changes})


def alarms(clinic):
    rows = SystemAlarm.objects.filter(clinic=clinic, cleared_at__isnull=True)
    return sorted(rows.values_list("kind", "subject"))


def test_weekly_shift_puts_a_person_on_and_is_audited(clinic, pia, admin, now):
    row = weekly(clinic, pia, admin, now)

    assert on_call.staff_in_order(clinic.pk, now) == [pia]
    event = AuditEvent.objects.get(action="shift_pattern.added")
    assert (event.actor_id, event.subject_id) == (admin.pk, str(row.pk))
    assert event.detail == {"staff": pia.pk, "layer": "primary"}
    assert Clinic.objects.get(pk=clinic.pk).live_version == 1


def test_ended_weekly_shift_goes_to_the_end_of_the_one_that_runs(clinic, pia, admin, now):
    row = weekly(clinic, pia, admin, now)

    shifts.end_pattern(pattern_id=row.pk, by=admin, now=now)
    shifts.end_pattern(pattern_id=row.pk, by=admin, now=now)

    assert on_call.staff_in_order(clinic.pk, now + timedelta(hours=9)) == [pia]
    assert on_call.staff_in_order(clinic.pk, now + timedelta(hours=11)) == []
    assert AuditEvent.objects.filter(action="shift_pattern.ended").count() == 1


def test_single_shift_is_added_and_cancelled(clinic, pia, admin, now):
    row = single(clinic, pia, admin, now)
    assert on_call.staff_in_order(clinic.pk, now + timedelta(hours=2)) == [pia]

    shifts.cancel_shift(shift_id=row.pk, by=admin, now=now)
    shifts.cancel_shift(shift_id=row.pk, by=admin, now=now)

    assert on_call.staff_in_order(clinic.pk, now + timedelta(hours=2)) == []
    assert AuditEvent.objects.filter(action="shift.cancelled").count() == 1


@pytest.mark.parametrize(
    "facts",
    [
        {"phone_verified_at": None},
        {"phone_tested_at": None},
        {"phone_tested_at": factories.NOW - timedelta(days=15)},
        {"phone": None},
    ],
    ids=["unproven", "untested", "tested long ago", "no phone"],
)
def test_person_who_cannot_be_reached_for_certain_fills_no_shift(clinic, admin, now, facts):
    staff = factories.CoveringStaffFactory(clinic=clinic, **facts)

    for add in (weekly, single):
        with pytest.raises(NotReachable):
            add(clinic, staff, admin, now)
    assert (ShiftPattern.objects.count(), Shift.objects.count()) == (0, 0)


@pytest.mark.parametrize(
    ("role", "layer"), [("nurse", "physician"), ("administrator", "primary"), ("educator", "backup")]
)
def test_layer_wants_its_role(clinic, admin, now, role, layer):
    staff = factories.CoveringStaffFactory(clinic=clinic, role=role)

    with pytest.raises(WrongRole):
        weekly(clinic, staff, admin, now, layer=layer)


def test_person_of_another_clinic_fills_no_shift(clinic, other_clinic, admin, now):
    with pytest.raises(WrongRole):
        single(clinic, factories.CoveringStaffFactory(clinic=other_clinic), admin, now)


@pytest.mark.parametrize(
    ("starts", "ends"),
    [(2, 1), (-3, -1), (1, 24 * 15), (24 * 400, 24 * 401)],
    ids=["turned", "over", "long", "far"],
)
def test_times_that_make_no_sense_are_refused(clinic, pia, admin, now, starts, ends):
    with pytest.raises(BadTimes):
        single(
            clinic,
            pia,
            admin,
            now,
            starts_at=now + timedelta(hours=starts),
            ends_at=now + timedelta(hours=ends),
        )


def test_nurse_and_administrator_of_elsewhere_change_nothing(clinic, other_clinic, pia, nurse, admin, now):
    row, shift = weekly(clinic, pia, admin, now), single(clinic, pia, admin, now)
    stranger = factories.StaffFactory(clinic=other_clinic, role="administrator").user

    for by, refusal in ((nurse, NotAllowed), (stranger, NotVisible)):
        with pytest.raises(refusal):
            shifts.end_pattern(pattern_id=row.pk, by=by, now=now)
        with pytest.raises(refusal):
            shifts.cancel_shift(shift_id=shift.pk, by=by, now=now)
        with pytest.raises(NotAllowed):
            weekly(clinic, pia, by, now)
        with pytest.raises(NotAllowed):
            shifts.set_filled_layers(clinic=clinic, layers=[], by=by, now=now)


def test_full_rota_of_proven_people_raises_nothing(clinic, pia, admin, now):
    weekly(clinic, pia, admin, now)

    assert coverage.check(now=now) == 0
    assert alarms(clinic) == []


def test_clinic_without_shifts_is_not_warned_of_gaps(clinic, now):
    factories.OnCallFactory(staff=factories.CoveringStaffFactory(clinic=clinic))

    assert coverage.check(now=now) == 0


def test_gap_within_two_weeks_is_an_alarm_until_it_is_filled(clinic, pia, admin, now):
    """Saturday's shifts are missing: 7 to 7 in New York, so from the 28th, 12:00 UTC."""
    workdays = WeeklyTimes((0, 1, 2, 3, 4, 6), time(7), time(7), date(2026, 11, 1))
    weekly(clinic, pia, admin, now, times=workdays)
    assert ("rota_gap", "primary:now") in alarms(clinic)

    single(clinic, pia, admin, now, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(hours=10))
    assert alarms(clinic) == [("rota_gap", "primary:20261128T1200Z")]

    saturday = WeeklyTimes((5,), time(7), time(7), date(2026, 11, 1))
    weekly(clinic, pia, admin, now, times=saturday)
    assert alarms(clinic) == []


def test_gap_beyond_two_weeks_is_not_warned_of_yet(clinic, pia, admin, now):
    row = weekly(clinic, pia, admin, now)
    ShiftPattern.objects.filter(pk=row.pk).update(ended_at=now + timedelta(days=15), ended_by=admin)

    assert coverage.check(now=now) == 0
    assert coverage.check(now=now + timedelta(days=2)) == 1


def test_layer_that_must_be_filled_is_checked_too(clinic, pia, admin, now):
    weekly(clinic, pia, admin, now)

    shifts.set_filled_layers(clinic=clinic, layers=["physician"], by=admin, now=now)

    assert clinic.filled_layers == ["primary", "physician"]
    assert alarms(clinic) == [("rota_gap", "physician:now")]


def test_person_who_stops_being_reachable_is_an_alarm(clinic, pia, admin, now):
    weekly(clinic, pia, admin, now)
    listed = factories.OnCallFactory(staff=factories.StaffFactory(clinic=clinic)).staff

    coverage.check(now=now + timedelta(days=13))
    assert alarms(clinic) == [("unreachable", str(listed.pk))]

    coverage.check(now=now + timedelta(days=15))
    assert alarms(clinic) == sorted([("unreachable", str(listed.pk)), ("unreachable", str(pia.pk))])
