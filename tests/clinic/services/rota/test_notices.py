from datetime import timedelta

import pytest

from clinic.access import NotVisible
from clinic.models import ShiftNotice, SystemAlarm
from clinic.receivers import on_staff_sms
from clinic.services.rota import notices
from notifications.models import Message
from tests import factories

MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def _on(settings):
    settings.STAFF_CHECKS = True


@pytest.fixture
def shift(clinic):
    """Pia's, from an hour after now (22:00 in New York) for eight hours."""
    return factories.ShiftFactory(staff=factories.CoveringStaffFactory(clinic=clinic, user__name="Pia"))


@pytest.fixture
def lead(clinic):
    return factories.StaffFactory(clinic=clinic, role="administrator")


def test_notice_goes_half_an_hour_before_and_once(shift, now):
    told = [notices.send_due(now=now + minutes * MINUTE) for minutes in (29, 30, 31, 61)]

    assert told == [0, 1, 0, 0]
    notice = ShiftNotice.objects.get()
    assert (notice.starts_at, notice.ends_at) == (shift.starts_at, shift.ends_at)
    body = Message.objects.get().body
    assert "Your shift (Primary) begins at Nov 21, 22:00. Reply 7 to confirm" in body


def test_shift_that_follows_ones_own_needs_no_notice(shift, now):
    factories.ShiftFactory(staff=shift.staff, starts_at=now - 60 * MINUTE, ends_at=shift.starts_at)

    assert notices.send_due(now=now + 40 * MINUTE) == 0


def test_reply_confirms_and_nobody_else_is_told(shift, lead, now):
    notices.send_due(now=now + 30 * MINUTE)

    sms = {"inbound_id": 1, "kind": "text", "service": "paging", "now": now + 32 * MINUTE}
    stranger = on_staff_sms(from_phone="+12025550100", body="7", **sms)
    other = on_staff_sms(from_phone=str(shift.staff.phone), body="1", **sms)
    answer = on_staff_sms(from_phone=str(shift.staff.phone), body=" 7. ", **sms)

    assert (stranger, other, answer) == (None, None, "Your shift is confirmed.")
    assert ShiftNotice.objects.get().confirmed_at == now + 32 * MINUTE
    assert notices.report_unconfirmed(now=now + 59 * MINUTE) == 0


def test_lead_is_texted_before_an_unconfirmed_shift_begins_and_a_late_reply_ends_the_alarm(shift, lead, now):
    notices.send_due(now=now + 30 * MINUTE)
    assert notices.report_unconfirmed(now=now + 49 * MINUTE) == 0

    told = [notices.report_unconfirmed(now=now + 50 * MINUTE) for _twice in range(2)]

    assert told == [1, 0]
    alarm = SystemAlarm.objects.get()
    assert (alarm.kind, alarm.cleared_at) == ("shift_unconfirmed", None)
    assert "is not confirmed" in Message.objects.get(to=str(lead.phone)).body
    notice = ShiftNotice.objects.get()
    notices.confirm(notice_id=notice.pk, by=shift.staff.user, now=now + 55 * MINUTE)
    alarm.refresh_from_db()
    assert alarm.cleared_at == now + 55 * MINUTE


def test_alarm_ends_with_the_shift_itself(shift, now):
    notices.send_due(now=now + 30 * MINUTE)
    notices.report_unconfirmed(now=now + 50 * MINUTE)

    notices.clear_alarms_of_ended_shifts(now=shift.ends_at)

    assert SystemAlarm.objects.get().cleared_at == shift.ends_at


def test_nobody_is_texted_about_a_shift_that_somebody_else_has_taken(shift, lead, clinic, now):
    notices.send_due(now=now + 30 * MINUTE)
    factories.ShiftFactory(staff=factories.CoveringStaffFactory(clinic=clinic))

    assert notices.report_unconfirmed(now=now + 50 * MINUTE) == 0
    assert SystemAlarm.objects.count() == 0


def test_only_the_person_confirms(shift, nurse, now):
    notices.send_due(now=now + 30 * MINUTE)

    with pytest.raises(NotVisible):
        notices.confirm(notice_id=ShiftNotice.objects.get().pk, by=nurse, now=now)


def test_end_of_a_shift_is_texted_once_and_not_to_whoever_goes_on(shift, clinic, now):
    notices.send_due(now=now + 30 * MINUTE)
    Message.objects.all().delete()

    assert notices.text_shift_ends(now=shift.ends_at - MINUTE) == 0
    assert [notices.text_shift_ends(now=shift.ends_at) for _twice in range(2)] == [1, 0]
    assert "Your shift has ended." in Message.objects.get().body

    ShiftNotice.objects.update(end_told_at=None)
    factories.ShiftFactory(
        staff=shift.staff, starts_at=shift.ends_at, ends_at=shift.ends_at + 60 * MINUTE, layer="backup"
    )
    assert notices.text_shift_ends(now=shift.ends_at) == 0


def test_checks_that_are_switched_off_send_nothing(shift, now, settings):
    settings.STAFF_CHECKS = False

    assert notices.send_due(now=now + 30 * MINUTE) == 0
