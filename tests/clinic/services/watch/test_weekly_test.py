from datetime import timedelta

import pytest

from clinic.access import (
    NotAllowed,
    escalations_visible_to,
    get_escalation,
    patients_visible_to,
    reports_visible_to,
)
from clinic.models import Checkin, Escalation, Patient, SystemAlarm, User, WeeklyTest
from clinic.protocols import WEEKLY_TEST_ANSWERS, default_document
from clinic.queries.watch.engine_health import open_escalations_by_level
from clinic.rules.core.enums import Level
from clinic.rules.protocols.document.protocol import Protocol
from clinic.rules.protocols.scoring import assessment as rules
from clinic.services.checkins import plan
from clinic.services.escalations import lifecycle, scoring
from clinic.services.paging import chain
from clinic.services.watch import weekly_test
from notifications.models import Message
from tests import factories

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _on(settings):
    settings.STAFF_CHECKS = True


@pytest.fixture
def staffed(now):
    """The Monday after, ten o'clock in New York."""
    return now + timedelta(hours=37)


@pytest.fixture
def admin(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator").user


def run(test, now):
    scoring.score(report_id=test.report_id, now=now)
    chain.send_due(now=now)
    return Escalation.objects.get(events__report=test.report_id)


def test_answers_of_the_test_are_urgent_by_the_default_protocol():
    protocol = Protocol.from_document(default_document("car-t"))
    context = rules.PatientContext(day=0, tier="standard", target="CD19", product="test")

    found = rules.assess(protocol, WEEKLY_TEST_ANSWERS, context, rules.History(reports=()))

    assert found.level == Level.URGENT


def test_test_goes_through_the_whole_chain_and_the_taker_ends_it(clinic, nurse, admin, now):
    factories.OnCallFactory(staff=nurse.staff_roles.get())
    test = weekly_test.send(clinic=clinic, by=admin, now=now)
    escalation = run(test, now)

    assert "TEST Kinwatch" in Message.objects.get().body
    assert weekly_test.finish_answered(now=now) == 0
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now + MINUTE)
    assert weekly_test.finish_answered(now=now + 2 * MINUTE) == 1

    escalation.refresh_from_db()
    test.refresh_from_db()
    assert (escalation.state, escalation.resolved_by) == ("resolved", nurse)
    assert test.answered_at == now + 2 * MINUTE
    assert weekly_test.finish_answered(now=now + 3 * MINUTE) == 0


def test_real_page_does_not_say_test(patient, nurse, now):
    factories.OnCallFactory(staff=nurse.staff_roles.get())
    report = factories.ReportFactory(patient=patient, answers=WEEKLY_TEST_ANSWERS)
    scoring.score(report_id=report.pk, now=now)
    chain.send_due(now=now)

    assert "TEST" not in Message.objects.get().body


def test_test_that_nobody_answers_is_an_alarm_after_ten_minutes_until_it_is_taken(clinic, nurse, admin, now):
    test = weekly_test.send(clinic=clinic, by=admin, now=now)
    escalation = run(test, now)
    weekly_test.finish_answered(now=now + 9 * MINUTE)
    assert SystemAlarm.objects.filter(kind="test_unanswered").count() == 0

    weekly_test.finish_answered(now=now + 10 * MINUTE)

    alarm = SystemAlarm.objects.get(kind="test_unanswered")
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=now + 11 * MINUTE)
    weekly_test.finish_answered(now=now + 11 * MINUTE)
    alarm.refresh_from_db()
    assert alarm.cleared_at == now + 11 * MINUTE


def test_test_is_in_no_list_no_count_and_no_export(clinic, nurse, admin, now):
    test = weekly_test.send(clinic=clinic, by=admin, now=now)
    escalation = run(test, now)

    for visible in (patients_visible_to, reports_visible_to, escalations_visible_to):
        assert visible(nurse).count() == 0
    assert set(open_escalations_by_level().values()) == {0}
    assert get_escalation(nurse, escalation.pk) == escalation
    plan.plan_all(now=now)
    assert Checkin.objects.count() == 0
    author = User.objects.get(name="Weekly test")
    assert (author.is_active, author.has_usable_password()) == (False, False)


def test_weekly_once_in_staffed_hours_for_clinics_with_patients(clinic, other_clinic, patient, now, staffed):
    times = [now, staffed - timedelta(minutes=90), staffed, staffed + MINUTE]
    assert [weekly_test.send_due(now=at) for at in times] == [0, 0, 1, 0]

    assert weekly_test.send_due(now=staffed + timedelta(days=7)) == 0  # The first is still open.
    WeeklyTest.objects.update(answered_at=staffed)
    assert weekly_test.send_due(now=staffed + timedelta(days=7)) == 1
    assert set(WeeklyTest.objects.values_list("clinic", flat=True)) == {clinic.pk}
    assert Patient.objects.filter(is_synthetic=True).count() == 1


def test_clinic_without_protocol_and_switched_off_checks_send_nothing(clinic, patient, staffed, settings):
    bare = factories.ClinicFactory(protocol=False)
    factories.PatientFactory(clinic=bare)
    settings.STAFF_CHECKS = False
    assert weekly_test.send_due(now=staffed) == 0

    settings.STAFF_CHECKS = True
    assert weekly_test.send_due(now=staffed) == 1


def test_only_an_administrator_sends_one_by_hand_and_not_two_at_once(clinic, nurse, admin, now):
    with pytest.raises(NotAllowed):
        weekly_test.send(clinic=clinic, by=nurse, now=now)
    weekly_test.send(clinic=clinic, by=admin, now=now)

    with pytest.raises(weekly_test.TestStillOpen):
        weekly_test.send(clinic=clinic, by=admin, now=now)
