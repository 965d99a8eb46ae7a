"""A gap alarms while it is a gap, and the leads hear of it."""

from datetime import timedelta

import pytest

from clinic.access import NotAllowed
from clinic.models import OnCall, SystemAlarm
from clinic.queries.paging import ladders
from clinic.queries.patients import go_home_check
from clinic.queries.rota import on_call
from clinic.rules.core.enums import Level
from clinic.rules.paging import ladder
from clinic.services.paging import chain
from clinic.services.paging import ladders as ladder_service
from clinic.services.rota import coverage, shifts
from notifications.models import Message
from tests import factories

TEN_DAYS = timedelta(days=10)


@pytest.fixture
def lead(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator", user__name="Ada Admin")


@pytest.fixture
def pia(clinic, now):
    """Tested late enough to count for three weeks."""
    return factories.CoveringStaffFactory(clinic=clinic, phone_tested_at=now + timedelta(days=10))


def alarms(clinic):
    rows = SystemAlarm.objects.filter(clinic=clinic, cleared_at__isnull=True)
    return sorted(rows.values_list("kind", "subject"))


def texts_to(staff):
    return [m.body for m in Message.objects.filter(to=str(staff.phone)).order_by("created_at", "pk")]


def check_hourly(start, hours):
    for hour in range(hours):
        coverage.check(now=start + timedelta(hours=hour))


def test_rota_that_ran_out_alarms_until_it_is_filled(clinic, lead, pia, now):
    """One dated shift until day 10, then nothing (K24)."""
    factories.ShiftFactory(staff=pia, starts_at=now, ends_at=now + TEN_DAYS)
    on_day = {day: now + timedelta(days=day) for day in (0, 9.9, 10.01, 12, 40)}

    found = {}
    for day, at in on_day.items():
        coverage.check(now=at)
        found[day] = alarms(clinic)

    ahead = [("rota_gap", f"primary:{now + TEN_DAYS:%Y%m%dT%H%MZ}")]
    assert found[0] == found[9.9] == ahead
    assert found[10.01] == found[12] == found[40] == [("no_on_call", ""), ("rota_gap", "primary:now")]

    at = on_day[40]
    pia.phone_tested_at = at
    pia.save(update_fields=["phone_tested_at"])
    shifts.add_shift(
        clinic=clinic, staff=pia, layer="primary", starts_at=at, ends_at=at + TEN_DAYS, by=lead.user, now=at
    )
    assert alarms(clinic) == [("rota_gap", f"primary:{at + TEN_DAYS:%Y%m%dT%H%MZ}")]


def test_leads_are_texted_when_it_begins_and_each_morning_until_it_is_filled(clinic, lead, pia, now):
    factories.ShiftFactory(staff=pia, starts_at=now - timedelta(hours=1), ends_at=now)

    check_hourly(now, 49)

    bodies = texts_to(lead)
    # 21:00 on Saturday, then 08:00 on Sunday and on Monday.
    assert len(bodies) == 3
    assert all(
        "Nobody can be paged now." in body and "/console/rota/?clinic=river" in body for body in bodies
    )

    factories.ShiftFactory(staff=pia, starts_at=now, ends_at=now + timedelta(days=30))
    check_hourly(now + timedelta(hours=49), 48)
    assert texts_to(lead) == bodies


def test_gap_ahead_is_texted_once_in_the_day_and_again_when_it_begins(clinic, lead, pia, now):
    factories.OnCallFactory(staff=pia)
    factories.ShiftFactory(staff=pia, starts_at=now - timedelta(hours=1), ends_at=now + timedelta(days=5))

    check_hourly(now, 24 * 3)
    assert [body for body in texts_to(lead) if "Nobody is on shift (Primary) from Nov 26, 21:00." in body]
    assert len(texts_to(lead)) == 1

    check_hourly(now + timedelta(days=5), 1)
    assert "Nobody is on shift now (Primary)." in texts_to(lead)[-1]


def test_two_rounds_at_one_moment_text_once(clinic, lead, pia, now):
    factories.ShiftFactory(staff=pia, starts_at=now - timedelta(hours=1), ends_at=now)

    coverage.check(now=now)
    coverage.check(now=now)

    assert len(texts_to(lead)) == 1


def test_unreachable_person_wakes_no_lead_at_night(clinic, lead, pia, now):
    factories.OnCallFactory(staff=pia)
    factories.OnCallFactory(staff=factories.StaffFactory(clinic=clinic))

    check_hourly(now, 11)
    assert texts_to(lead) == []

    check_hourly(now + timedelta(hours=11), 2)
    assert len(texts_to(lead)) == 1
    assert "cannot be reached for certain" in texts_to(lead)[0]


def test_other_clinics_leads_hear_nothing(clinic, other_clinic, lead, pia, now):
    stranger = factories.StaffFactory(clinic=other_clinic, role="administrator")
    factories.ShiftFactory(staff=pia, starts_at=now - timedelta(hours=1), ends_at=now)

    coverage.check(now=now)

    assert texts_to(lead)
    assert texts_to(stranger) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"phone": None},
        {"ended_at": "now"},
        {"user__is_active": False},
        {"role": "educator"},
        {"role": "administrator"},
    ],
    ids=["no phone", "left", "shut", "educator", "administrator"],
)
def test_shift_of_somebody_who_cannot_be_paged_is_a_gap(clinic, lead, now, changes):
    """By whatever door they came on it."""
    if "ended_at" in changes:
        changes = {"ended_at": now, "ended_by": lead.user}
    factories.ShiftPatternFactory(staff=factories.CoveringStaffFactory(clinic=clinic, **changes))

    coverage.check(now=now)

    assert ("rota_gap", "primary:now") in alarms(clinic)
    assert ("no_on_call", "") in alarms(clinic)
    assert not on_call.is_covered(clinic=clinic, now=now, days=7)


@pytest.mark.parametrize("changes", [{"phone_verified_at": None}, {"phone_tested_at": None}])
def test_shift_of_a_doubtful_number_alarms_and_does_not_let_anybody_home(clinic, now, changes):
    doubtful = factories.CoveringStaffFactory(clinic=clinic, **changes)
    factories.ShiftPatternFactory(staff=doubtful)

    coverage.check(now=now)

    assert alarms(clinic) == [("unreachable", str(doubtful.pk))]
    assert not on_call.is_covered(clinic=clinic, now=now, days=7)


def test_doubtful_person_of_the_standing_list_alarms_without_a_rota_too(clinic, now):
    doubtful = factories.OnCallFactory(staff=factories.StaffFactory(clinic=clinic)).staff

    assert coverage.check(now=now) == 1
    assert alarms(clinic) == [("unreachable", str(doubtful.pk))]
    assert not on_call.is_covered(clinic=clinic, now=now, days=7)


def test_empty_chain_of_a_clinic_that_looks_after_somebody_is_an_alarm(clinic, lead, patient, now):
    coverage.check(now=now)
    assert alarms(clinic) == [("no_on_call", "")]
    assert len(texts_to(lead)) == 1

    factories.OnCallFactory(staff=factories.CoveringStaffFactory(clinic=clinic))
    coverage.check(now=now)
    assert alarms(clinic) == []


def test_clinic_that_is_being_set_up_has_no_alarm(clinic, lead, now):
    assert coverage.check(now=now) == 0


def test_educators_and_other_clinics_people_are_in_no_chain(clinic, other_clinic, now):
    educator = factories.CoveringStaffFactory(clinic=clinic, role="educator")
    stranger = factories.CoveringStaffFactory(clinic=other_clinic)
    for position, staff in enumerate((educator, stranger)):
        OnCall.objects.create(clinic=clinic, staff=staff, position=position)
        factories.ShiftFactory(clinic=clinic, staff=staff, starts_at=now)

    found = on_call.staff_in_order(clinic.pk, now)

    assert [one for one in found if on_call.is_reachable(one)] == []
    assert stranger not in found


def both_roles(clinic, by, now):
    numbers = ladders.of_clinic(clinic.pk)
    rungs = {**numbers.rungs, Level.EMERGENCY: ladder.Rung(hold_minutes=20, both_roles=True)}
    ladder_service.change(clinic=clinic, by=by, to=ladder.Ladder(rungs), now=now)


def test_missing_role_of_the_ladder_is_an_alarm_before_anybody_needs_it(clinic, lead, pia, now):
    factories.OnCallFactory(staff=pia)
    both_roles(clinic, lead.user, now)

    coverage.check(now=now)
    assert alarms(clinic) == [("no_role_on_call", "physician")]
    assert not is_rota_proven(clinic, now)

    factories.OnCallFactory(staff=factories.CoveringStaffFactory(clinic=clinic, role="physician"))
    coverage.check(now=now)
    assert alarms(clinic) == []
    assert is_rota_proven(clinic, now)


def is_rota_proven(clinic, now):
    found = go_home_check.of_patient(patient=factories.PatientFactory(clinic=clinic), now=now)
    return next(line.is_met for line in found.requirements if line.code == "rota")


def test_alarm_that_paging_raised_stays_while_nobody_is_there(clinic, lead, now):
    escalation = factories.EscalationFactory(patient=factories.PatientFactory(clinic=clinic), level="urgent")
    chain.start(escalation=escalation, now=now)
    chain.send_due(now=now)
    assert ("no_on_call", "") in alarms(clinic)

    coverage.check(now=now)

    assert ("no_on_call", "") in alarms(clinic)


def test_clinic_gives_its_rota_up_and_begins_one_again(clinic, lead, nurse, pia, now):
    factories.OnCallFactory(staff=pia)
    shift = factories.ShiftFactory(
        staff=pia, starts_at=now - timedelta(hours=2), ends_at=now + timedelta(hours=1)
    )
    with pytest.raises(NotAllowed):
        shifts.end_rota(clinic=clinic, by=nurse, now=now)
    with pytest.raises(shifts.ShiftsLeft):
        shifts.end_rota(clinic=clinic, by=lead.user, now=now)

    later = shift.ends_at
    coverage.check(now=later)
    assert alarms(clinic) == [("rota_gap", "primary:now")]
    shifts.end_rota(clinic=clinic, by=lead.user, now=later)
    assert alarms(clinic) == []
    assert on_call.is_covered(clinic=clinic, now=later, days=7)

    shifts.add_shift(
        clinic=clinic,
        staff=pia,
        layer="primary",
        starts_at=later,
        ends_at=later + timedelta(hours=1),
        by=lead.user,
        now=later,
    )
    assert alarms(clinic) == [("rota_gap", f"primary:{later + timedelta(hours=1):%Y%m%dT%H%MZ}")]
