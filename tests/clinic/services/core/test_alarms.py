import pytest

from clinic.models import AuditEvent, Clinic, SystemAlarm
from clinic.receivers import on_sms
from clinic.services.core import alarms

FACTS = {"kind": "no_on_call", "subject": ""}


def test_alarm_opens_once_and_tells_the_consoles(clinic, now):
    first = alarms.raise_alarm(clinic_id=clinic.pk, now=now, **FACTS)
    second = alarms.raise_alarm(clinic_id=clinic.pk, now=now, **FACTS)

    assert (first, second) == (True, False)
    assert SystemAlarm.objects.count() == 1
    assert Clinic.objects.get(pk=clinic.pk).live_version == 1


def test_cleared_alarm_may_open_again(clinic, nurse, now):
    alarms.raise_alarm(clinic_id=clinic.pk, now=now, **FACTS)

    cleared = alarms.clear(clinic_id=clinic.pk, by=nurse, now=now, **FACTS)
    nothing = alarms.clear(clinic_id=clinic.pk, by=nurse, now=now, **FACTS)
    again = alarms.raise_alarm(clinic_id=clinic.pk, now=now, **FACTS)

    assert (cleared, nothing, again) == (True, False, True)
    assert AuditEvent.objects.get(action="alarm.cleared").actor_id == nurse.pk


@pytest.mark.parametrize(("kind", "alarm"), [("stop", "opted_out"), ("text", "text_received")])
def test_a_familys_text_becomes_an_alarm_of_their_clinic(patient, caregiver, other_clinic, now, kind, alarm):
    on_sms(inbound_id=1, from_phone=str(caregiver.phone), body="x", kind=kind, service="reminders", now=now)

    raised = SystemAlarm.objects.get()
    assert (raised.clinic, raised.kind, raised.subject) == (
        patient.clinic,
        alarm,
        str(patient.care_team.get().pk),
    )


def test_start_clears_the_alarm_of_stop_and_help_raises_none(caregiver, now):
    for kind in ("stop", "start", "help"):
        on_sms(inbound_id=1, from_phone=str(caregiver.phone), body="x", kind=kind, service="codes", now=now)

    assert SystemAlarm.objects.get().cleared_at == now


def test_text_of_an_unknown_phone_raises_nothing(clinic, now):
    on_sms(inbound_id=1, from_phone="+12065550199", body="x", kind="text", service="codes", now=now)

    assert SystemAlarm.objects.count() == 0
