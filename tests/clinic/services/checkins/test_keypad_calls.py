"""Who is called when a check-in is due, in place of a text."""

from datetime import UTC, datetime

import pytest
from django.contrib.auth.hashers import make_password

from clinic.models import AuditEvent, CallCode, KeypadCall, Reminder, SystemAlarm
from clinic.services.checkins import keypad_calls, plan, reminders
from clinic.services.patients import care_team
from notifications.models import Message, OptOut
from notifications.services import dispatch
from tests import factories

MORNING = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)  # 08:00 in New York
NUMBER = "+12025550188"


@pytest.fixture
def called(clinic, patient, caregiver, now):
    """They asked to be called, have a code, and the clinic has a number."""
    clinic.keypad_phone = NUMBER
    clinic.save(update_fields=["keypad_phone"])
    CallCode.objects.create(user=caregiver, code_hash=make_password("482913"), set_at=now)
    caregiver.called_at_checkin, caregiver.language = True, "vi"
    caregiver.save(update_fields=["called_at_checkin", "language"])
    plan.plan_all(now=now)
    return caregiver


def sent_at(moment):
    reminders.queue_due(now=moment)
    return Message.objects.get()


def test_reminder_is_a_call_from_the_clinic_s_own_number(called):
    call = sent_at(MORNING)

    assert (call.channel, call.purpose, call.to, call.caller) == (
        "voice",
        "checkin",
        str(called.phone),
        NUMBER,
    )
    assert (call.body, call.language) == ("Kinwatch: đã đến giờ báo cáo.", "vi")
    assert Reminder.objects.filter(state="queued").get().message_id == call.pk


@pytest.mark.parametrize("lacks", ["number", "code", "wish"])
def test_without_number_code_or_wish_it_is_a_text(called, clinic, lacks):
    if lacks == "number":
        clinic.keypad_phone = None
        clinic.save(update_fields=["keypad_phone"])
    elif lacks == "code":
        CallCode.objects.all().delete()
    else:
        called.called_at_checkin = False
        called.save(update_fields=["called_at_checkin"])

    message = sent_at(MORNING)

    assert (message.channel, message.purpose, message.caller) == ("sms", "reminder", "")


def test_stop_to_our_texts_holds_the_call_back(called, now):
    call = sent_at(MORNING)
    OptOut.objects.create(phone=called.phone, service="reminders", source="keyword")

    dispatch.send_due(now=MORNING)

    call.refresh_from_db()
    assert (call.state, call.error_code) == ("suppressed", "opted_out")


def test_key_for_no_more_calls_ends_them_and_staff_ask(called, patient):
    call = sent_at(MORNING)

    for _ in range(2):
        keypad_calls.stop_calling(message_id=call.pk, now=MORNING)

    called.refresh_from_db()
    call.refresh_from_db()
    assert (called.called_at_checkin, call.state) == (False, "suppressed")
    assert SystemAlarm.objects.get().kind == "stop_asked"
    assert AuditEvent.objects.filter(action="keypad.calls_stopped").count() == 1


def test_call_back_is_taken_back_with_the_access(called, patient, clinic, nurse, now):
    version = clinic.protocols.get().versions.get()
    call = KeypadCall.objects.create(
        clinic=clinic,
        sid="CA1",
        phone=called.phone,
        user=called,
        patient=patient,
        protocol_version=version,
        stage="left",
    )
    keypad_calls.call_back(call=call, now=now)
    call.save()
    assert keypad_calls.person_called(message_id=call.call_back_id) == called

    care_team.end_access(member_id=patient.care_team.get().pk, by=nurse, now=now)

    assert Message.objects.get(purpose="checkin").state == "suppressed"


def test_two_of_one_family_are_each_reached_in_their_own_way(called, patient, now):
    other = factories.CareTeamMemberFactory(patient=patient, user__name="Texted").user
    plan.plan_all(now=now)

    assert keypad_calls.is_called(caregiver=called, clinic=patient.clinic)
    assert not keypad_calls.is_called(caregiver=other, clinic=patient.clinic)
