from datetime import timedelta

import pytest

from clinic.models import Clinic, SystemAlarm
from clinic.queries.desk import alarms as alarm_query
from clinic.services.watch import presence
from notifications.models import Message
from tests import cases, factories

SECOND = timedelta(seconds=1)


@pytest.fixture
def staffed(now):
    """The Monday after, ten o'clock in New York."""
    return now + timedelta(hours=37)


def seen(clinic, nurse, at):
    presence.mark_present([presence.Watch("one", clinic.pk, nurse.pk)], now=at)


def is_open():
    return SystemAlarm.objects.filter(kind="unwatched", cleared_at__isnull=True).exists()


def test_nobody_watching_for_a_minute_in_staffed_hours_is_an_alarm_until_somebody_does(
    clinic, nurse, staffed
):
    seen(clinic, nurse, staffed)
    presence.check_unwatched(now=staffed + 39 * SECOND)
    assert Clinic.objects.get().unwatched_since is None

    presence.check_unwatched(now=staffed + 50 * SECOND)
    assert not is_open()
    presence.check_unwatched(now=staffed + 60 * SECOND)
    assert is_open()
    assert alarm_query.is_unwatched(clinics=[clinic])
    assert alarm_query.open_alarms(clinics=[clinic]) == ()

    seen(clinic, nurse, staffed + 70 * SECOND)
    assert not is_open()
    assert Clinic.objects.get().unwatched_since is None


def test_closed_console_counts_from_the_next_look(clinic, nurse, staffed):
    seen(clinic, nurse, staffed)
    presence.mark_gone(channel="one")

    for seconds in (5, 55, 65):
        presence.check_unwatched(now=staffed + seconds * SECOND)
        assert is_open() is (seconds == 65)


def test_quiet_night_needs_no_watcher(clinic, now):
    for seconds in (0, 60, 600):
        presence.check_unwatched(now=now + seconds * SECOND)

    assert not is_open()


def test_night_in_which_only_a_go_home_drill_waits_needs_no_watcher(clinic, patient, now):
    factories.EscalationFactory(patient=patient, is_drill=True, waiting_since=now)

    for seconds in (0, 60):
        presence.check_unwatched(now=now + seconds * SECOND)

    assert not is_open()


def test_alarm_of_the_day_ends_with_the_staffed_hours(clinic, staffed):
    presence.check_unwatched(now=staffed)
    presence.check_unwatched(now=staffed + timedelta(minutes=2))
    assert is_open()

    presence.check_unwatched(now=staffed + timedelta(hours=8))

    assert not is_open()


@pytest.fixture
def two_on_call(clinic):
    for position, name in enumerate(("Ana First", "Ben Second")):
        staff = factories.CoveringStaffFactory(clinic=clinic, user__name=name)
        factories.OnCallFactory(staff=staff, position=position)


def run_unwatched(at, seconds):
    for second in range(0, seconds + 1, 10):
        presence.check_unwatched(now=at + second * SECOND)
        cases.run_engine(at + second * SECOND, minutes=0)


def test_urgent_row_at_night_that_nobody_watches_is_an_alarm_and_keeps_its_minutes(two_on_call, patient, now):
    cases.escalate(patient, cases.FEVER, now)

    run_unwatched(now, 300)

    assert is_open()
    assert cases.pages_sent() == [
        ("Ana First", "sms", 0),
        ("Ana First", "voice", 120),
        ("Ben Second", "sms", 300),
    ]


def test_in_staffed_hours_the_next_person_is_hurried_and_never_the_call_after_a_text(
    two_on_call, patient, staffed
):
    cases.escalate(patient, cases.FEVER, staffed)
    run_unwatched(staffed, 120)
    assert is_open()
    # At the minute only Ana's own call was due next.
    assert cases.pages_sent() == [("Ana First", "sms", 0), ("Ana First", "voice", 120)]


def test_in_staffed_hours_the_next_person_comes_forward_once(two_on_call, clinic, patient, nurse, staffed):
    cases.escalate(patient, cases.FEVER, staffed)
    seen(clinic, nurse, staffed)
    cases.run_engine(staffed, minutes=2)
    seen(clinic, nurse, staffed + 120 * SECOND)

    run_unwatched(staffed + 130 * SECOND, 60)

    assert cases.pages_sent() == [
        ("Ana First", "sms", 0),
        ("Ana First", "voice", 120),
        ("Ben Second", "sms", 180),
    ]


def test_what_is_not_urgent_pages_nobody(clinic, patient, staffed):
    factories.OnCallFactory(staff=factories.StaffFactory(clinic=clinic))
    cases.escalate(patient, cases.NAUSEA, staffed)

    for seconds in (0, 60):
        presence.check_unwatched(now=staffed + seconds * SECOND)

    assert is_open()
    assert Message.objects.count() == 0


def test_leads_are_texted_once_when_it_lasts(clinic, staffed, settings):
    settings.STAFF_CHECKS = True
    lead = factories.StaffFactory(clinic=clinic, role="administrator")

    for minutes in (0, 9, 10, 11):
        presence.check_unwatched(now=staffed + timedelta(minutes=minutes))
        assert Message.objects.count() == (minutes >= 10)
    assert Message.objects.get().to == str(lead.phone)
