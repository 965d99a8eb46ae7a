"""A caregiver's own name and clock."""

from datetime import UTC, datetime, timedelta

import pytest

from clinic.models import AuditEvent, Reminder
from clinic.queries.patients import care_team
from clinic.services.checkins import plan, reminders
from clinic.services.patients import own_facts
from tests import factories

LOS_ANGELES = "America/Los_Angeles"


@pytest.fixture
def boston(clinic):
    return factories.PatientFactory(clinic=clinic, time_zone="America/New_York")


@pytest.fixture
def daughter(boston):
    return factories.CareTeamMemberFactory(patient=boston, user__name="Dora").user


def test_reminders_come_at_her_own_wall_clock(boston, daughter, now):
    """At 8 in the morning and at 8 in the evening where she is."""
    plan.plan_patient(patient=boston, now=now)

    own_facts.set_zone(by=daughter, zone=LOS_ANGELES, now=now)

    first = Reminder.objects.filter(offset_minutes=0, to_backup=False).order_by("due_at").first()
    assert (first.checkin.due_at.hour, first.due_at.hour) == (13, 16)
    moved = {
        row.due_at - row.checkin.due_at for row in Reminder.objects.filter(offset_minutes=0, due_at__gt=now)
    }
    assert timedelta(hours=3) in moved


def test_what_the_new_clock_says_is_past_is_due_now(boston, daughter, now):
    own_facts.set_zone(by=daughter, zone=LOS_ANGELES, now=now)
    plan.plan_patient(patient=boston, now=now)
    row = Reminder.objects.filter(offset_minutes=0, due_at__gt=now).order_by("due_at").first()
    between = row.due_at - timedelta(minutes=30)

    own_facts.set_zone(by=daughter, zone="America/New_York", now=between)

    row.refresh_from_db()
    assert row.due_at == between


def test_quiet_hours_are_by_her_clock(boston, daughter, now):
    own_facts.set_zone(by=daughter, zone=LOS_ANGELES, now=now)
    late = datetime(2026, 11, 23, 4, 30, tzinfo=UTC)  # 23:30 in New York, 20:30 in Los Angeles
    checkin = boston.checkins.create(due_at=late)
    row = Reminder.objects.create(checkin=checkin, caregiver=daughter, due_at=late)

    assert reminders.queue_if_due(reminder_id=row.pk, now=late)


def test_staff_see_whose_clock_differs(boston, daughter, now):
    assert care_team.caregivers(patient=boston, now=now)[0].clock_there == ""

    own_facts.set_zone(by=daughter, zone=LOS_ANGELES, now=now)

    seen = care_team.caregivers(patient=boston, now=now)[0]
    assert (seen.clock_there, seen.place) == ("18:00", "Los Angeles")
    own_facts.set_zone(by=daughter, zone="America/Detroit", now=now)
    assert care_team.caregivers(patient=boston, now=now)[0].clock_there == ""


def test_unknown_zone_is_refused_and_the_same_says_nothing(daughter, now):
    with pytest.raises(own_facts.UnknownZone):
        own_facts.set_zone(by=daughter, zone="Mars/Olympus", now=now)
    own_facts.set_zone(by=daughter, zone=daughter.time_zone, now=now)
    assert not AuditEvent.objects.filter(action="caregiver.clock_changed").exists()


def test_name_is_changed_once_and_is_in_no_audit_row(daughter, now):
    own_facts.set_name(by=daughter, name="  Dora   Diaz ", now=now)
    own_facts.set_name(by=daughter, name="Dora Diaz", now=now)
    own_facts.set_name(by=daughter, name="  ", now=now)

    daughter.refresh_from_db()
    assert (daughter.name, "diaz" in daughter.search_text) == ("Dora Diaz", True)
    assert AuditEvent.objects.get(action="caregiver.renamed").detail == {}
