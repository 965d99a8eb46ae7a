from datetime import timedelta

import pytest

from clinic.access import NotAllowed, NotVisible
from clinic.models import PagerDrill, Staff, SystemAlarm
from clinic.services.rota import test_pages
from notifications.models import Message
from tests import factories

HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def _on(settings):
    settings.STAFF_CHECKS = True


@pytest.fixture
def staffed(now):
    """The Monday after, ten o'clock in New York: within the clinic's hours."""
    return now + timedelta(hours=37)


@pytest.fixture
def pia(clinic):
    staff = factories.CoveringStaffFactory(clinic=clinic, user__name="Pia")
    factories.ShiftPatternFactory(staff=staff)
    return staff


@pytest.fixture
def lead(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator")


def test_weekly_test_page_goes_once_a_week_in_staffed_hours_and_says_that_it_is_a_test(pia, now, staffed):
    assert test_pages.send_due(now=now) == 0

    sent = [test_pages.send_due(now=staffed + timedelta(days=days)) for days in (0, 0, 6.9, 7)]

    assert sent == [1, 0, 0, 1]
    message = Message.objects.earliest("created_at")
    assert (message.to, message.service) == (str(pia.phone), "paging")
    assert "TEST page, nobody is waiting. Reply 8," in message.body


def test_people_of_no_rota_and_unproven_numbers_get_no_weekly_test(clinic, staffed):
    factories.CoveringStaffFactory(clinic=clinic)
    factories.OnCallFactory(staff=factories.StaffFactory(clinic=clinic))

    assert test_pages.send_due(now=staffed) == 0


def test_checks_that_are_switched_off_send_nothing(pia, staffed, settings):
    settings.STAFF_CHECKS = False

    assert test_pages.send_due(now=staffed) == 0


def test_reply_or_button_renews_the_number(pia, now):
    later = now + timedelta(days=10)
    drill = test_pages.send(staff_id=pia.pk, by=pia.user, now=later)

    assert test_pages.answer_by_text(from_phone="+12025550100", now=later) is False
    assert test_pages.answer_by_text(from_phone=str(pia.phone), now=later + HOUR) is True
    assert test_pages.answer_by_text(from_phone=str(pia.phone), now=later + HOUR) is False
    test_pages.answer(test_page_id=drill.pk, by=pia.user, now=later + 2 * HOUR)

    assert PagerDrill.objects.get().answered_at == later + HOUR
    assert Staff.objects.get(pk=pia.pk).phone_tested_at == later + HOUR


def test_lead_is_texted_once_about_an_unanswered_test_page_and_the_answer_ends_the_alarm(pia, lead, now):
    drill = test_pages.send(staff_id=pia.pk, by=lead.user, now=now)
    assert test_pages.report_unanswered(now=now + timedelta(minutes=59)) == 0

    told = [test_pages.report_unanswered(now=now + HOUR) for _twice in range(2)]

    assert told == [1, 0]
    alarm = SystemAlarm.objects.get()
    assert (alarm.kind, alarm.subject, alarm.cleared_at) == ("drill_missed", str(pia.pk), None)
    assert "was not answered" in Message.objects.get(to=str(lead.phone)).body
    test_pages.answer(test_page_id=drill.pk, by=pia.user, now=now + 2 * HOUR)
    alarm.refresh_from_db()
    assert alarm.cleared_at == now + 2 * HOUR


def test_only_an_administrator_tests_others_and_only_oneself_answers(pia, nurse, other_nurse, lead, now):
    with pytest.raises(NotAllowed):
        test_pages.send(staff_id=pia.pk, by=nurse, now=now)
    with pytest.raises(NotVisible):
        test_pages.send(staff_id=pia.pk, by=other_nurse, now=now)
    drill = test_pages.send(staff_id=pia.pk, by=lead.user, now=now)
    with pytest.raises(NotVisible):
        test_pages.answer(test_page_id=drill.pk, by=lead.user, now=now)
