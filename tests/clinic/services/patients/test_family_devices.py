"""Which phones of a family are known, who says so of a new one, and how one ends."""

from datetime import timedelta
from typing import Any

import pytest

from clinic import device_scope
from clinic.access import NotAllowed, NotVisible, reports_visible_to
from clinic.device_scope import DeviceScope
from clinic.models import AuditEvent, FamilyDevice, SystemAlarm
from clinic.services.core import device_sends
from clinic.services.patients import care_team, family_devices
from notifications.models import Message
from notifications.services import push_subscriptions
from tests import factories

pytestmark = pytest.mark.django_db

PHONE, TABLET, THIEF = "p" * 43, "t" * 43, "x" * 43


def arrive(user: Any, browser: str, now: Any, *, arrival: family_devices.Arrival = "code") -> FamilyDevice:
    agent = "Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36"
    return family_devices.arrive(user=user, browser=browser, user_agent=agent, arrival=arrival, now=now)


def at(device: FamilyDevice) -> Any:
    """On this device."""
    scope = DeviceScope(device.pk, device.user_id, device.waits, frozenset(device.sent))
    return device_scope.of(scope)


def texts() -> list[tuple[str, str]]:
    return list(Message.objects.order_by("created_at", "pk").values_list("to", "body"))


@pytest.fixture
def phone(caregiver: Any, now: Any) -> FamilyDevice:
    """The first of the caregiver."""
    return arrive(caregiver, PHONE, now)


@pytest.fixture
def tablet(phone: FamilyDevice, caregiver: Any, now: Any) -> FamilyDevice:
    """Signed in by a code alone."""
    return arrive(caregiver, TABLET, now)


@pytest.fixture
def husband(patient: Any) -> Any:
    """Looks after the same patient, on a number of his own."""
    return factories.CareTeamMemberFactory(patient=patient, user__name="Harold Husband").user


def test_first_phone_is_known_and_nobody_is_told(phone, caregiver):
    assert (phone.is_known, phone.confirmed_by, phone.kind) == (True, caregiver, "Chrome|Android")
    assert (texts(), SystemAlarm.objects.count()) == ([], 0)


def test_second_waits_and_the_same_browser_again_changes_nothing(tablet, phone, caregiver, now):
    again = arrive(caregiver, TABLET, now + timedelta(hours=2))

    assert (tablet.waits, again.pk, again.waits) == (True, tablet.pk, True)
    assert arrive(caregiver, PHONE, now).is_known
    assert FamilyDevice.objects.get(pk=tablet.pk).last_seen_at == now + timedelta(hours=2)


def test_own_number_and_family_are_told_once_without_a_name(phone, husband, caregiver, now):
    arrive(caregiver, TABLET, now)
    arrive(caregiver, TABLET, now + timedelta(minutes=1))

    assert {to for to, _body in texts()} == {str(caregiver.phone), str(husband.phone)}
    assert len(texts()) == 2
    assert all("/phones/" in body and "Carla" not in body for _to, body in texts())


def test_family_is_not_woken_and_the_dead_are_not_spoken_of(phone, husband, caregiver, patient, now):
    night = now.replace(hour=8)  # three in the morning where he is
    arrive(caregiver, TABLET, night)
    waits = Message.objects.get(to=str(husband.phone))

    assert waits.due_at > night + timedelta(hours=3)
    Message.objects.all().delete()
    patient.status = "died"
    patient.save()
    arrive(caregiver, THIEF, night)
    assert [to for to, _body in texts()] == [str(caregiver.phone)]


def test_who_has_many_new_phones_a_day_is_told_of_three(phone, caregiver, now):
    FamilyDevice.objects.update(first_seen_at=now - timedelta(days=2))

    devices = [arrive(caregiver, str(number) * 43, now) for number in range(6)]

    assert len(texts()) == family_devices.TOLD_A_DAY
    assert all(one.waits for one in devices)


def test_clinic_is_asked_only_where_nobody_of_the_family_can_say_yes(phone, caregiver, patient, now):
    FamilyDevice.objects.update(ended_at=now, ended_by=caregiver)

    arrive(caregiver, TABLET, now)

    alarm = SystemAlarm.objects.get(kind="device_waits")
    assert (alarm.clinic, alarm.subject) == (patient.clinic, str(patient.care_team.get().pk))


def test_clinic_hears_once_of_what_the_family_leaves_unanswered_for_a_day(
    tablet, phone, caregiver, patient, nurse, now
):
    day = family_devices.FAMILY_ANSWERS_WITHIN
    assert family_devices.report_unanswered(now=now + day - timedelta(seconds=1)) == 0
    assert family_devices.report_unanswered(now=now + day) == 1
    alarm = SystemAlarm.objects.get(kind="device_waits")
    assert (alarm.clinic, alarm.subject) == (patient.clinic, str(patient.care_team.get().pk))

    # Done at the desk, and the phone still waits: nobody is told of it again.
    alarm.cleared_at = now + day
    alarm.save()
    assert family_devices.report_unanswered(now=now + day + timedelta(minutes=5)) == 0
    assert SystemAlarm.objects.count() == 1


def test_answered_phone_and_one_that_waits_for_its_code_are_no_business_of_the_clinic(
    tablet, phone, caregiver, husband, now
):
    with at(phone):
        family_devices.confirm(device_id=tablet.pk, by=caregiver, now=now)
    arrive(husband, THIEF, now, arrival="first_link")

    assert family_devices.report_unanswered(now=now + family_devices.FAMILY_ANSWERS_WITHIN) == 0


def test_link_alone_waits_for_the_code_and_tells_nobody(caregiver, husband, now):
    by_link = arrive(caregiver, PHONE, now, arrival="first_link")

    assert (by_link.waits, by_link.opens_by_code) == (True, True)
    assert (texts(), SystemAlarm.objects.count()) == ([], 0)
    by_code = arrive(caregiver, PHONE, now, arrival="code")
    assert (by_code.pk, by_code.is_known, by_code.opens_by_code) == (by_link.pk, True, False)
    rows = AuditEvent.objects.filter(action="family_device.arrived").order_by("id")
    assert [row.detail["because"] for row in rows] == ["waits", "code"]


def test_whoever_was_passed_the_link_is_not_the_first(caregiver, now):
    passed_on = arrive(caregiver, THIEF, now, arrival="first_link")

    assert arrive(caregiver, PHONE, now, arrival="code").is_known
    passed_on.refresh_from_db()
    assert passed_on.waits


def test_whom_the_clinic_has_let_in_again_needs_no_more_than_the_code(phone, caregiver, now):
    arrive(caregiver, TABLET, now, arrival="first_link")

    assert arrive(caregiver, TABLET, now).is_known


def test_link_to_somebody_who_looks_after_others_opens_no_more_by_a_code(phone, caregiver, now):
    by_link = arrive(caregiver, TABLET, now, arrival="link")

    assert (by_link.waits, by_link.opens_by_code) == (True, False)
    assert len(texts()) == 1
    assert arrive(caregiver, TABLET, now).waits


def test_link_to_somebody_who_was_never_here_waits_for_the_code(caregiver, now):
    assert arrive(caregiver, PHONE, now, arrival="link").opens_by_code


def test_phone_that_the_clinic_confirmed_counts_as_their_first(caregiver, patient, nurse, now):
    by_link = arrive(caregiver, PHONE, now, arrival="first_link")
    member = patient.care_team.get().pk
    family_devices.confirm_by_clinic(
        member_id=member, device_id=by_link.pk, reason="In the room", by=nurse, now=now
    )

    assert arrive(caregiver, TABLET, now).waits


def test_shared_phone_is_one_phone_and_no_way_around(phone, caregiver, patient, now):
    harold = factories.CareTeamMemberFactory(patient=patient, user__phone=caregiver.phone).user

    assert arrive(harold, THIEF, now).waits  # never had one, but his number has
    assert arrive(harold, PHONE, now).is_known


def test_number_that_was_passed_on_opens_nothing_of_whose_it_was(phone, caregiver, other_clinic, now):
    """Another family is invited to it, and is known there by link and code: the one before still waits."""
    owner = factories.CareTeamMemberFactory(
        patient__clinic=other_clinic, user__phone=caregiver.phone, user__name="Otto Owner"
    ).user
    arrive(owner, THIEF, now, arrival="first_link")
    assert arrive(owner, THIEF, now).is_known

    assert arrive(caregiver, THIEF, now).waits


def test_own_phone_says_yes(tablet, phone, caregiver, now):
    with at(phone):
        assert family_devices.confirm(device_id=tablet.pk, by=caregiver, now=now)
        assert not family_devices.confirm(device_id=tablet.pk, by=caregiver, now=now)

    tablet.refresh_from_db()
    assert (tablet.is_known, tablet.confirmed_by) == (True, caregiver)
    row = AuditEvent.objects.get(action="family_device.confirmed")
    assert (row.actor_id, row.detail["because"]) == (caregiver.pk, "own_device")


def test_phone_that_waits_says_nothing_not_even_of_itself(tablet, caregiver, now):
    with at(tablet):
        for act in (family_devices.confirm, family_devices.refuse, family_devices.end_own):
            with pytest.raises(NotVisible):
                act(device_id=tablet.pk, by=caregiver, now=now)


def test_family_says_yes_and_the_alarm_goes(caregiver, husband, phone, patient, now):
    husband.is_active = False
    husband.save()
    FamilyDevice.objects.update(ended_at=now, ended_by=caregiver)
    tablet = arrive(caregiver, TABLET, now)
    husband.is_active = True
    husband.save()

    with at(arrive(husband, THIEF, now)):
        assert family_devices.confirm(device_id=tablet.pk, by=husband, now=now)

    assert SystemAlarm.objects.get(kind="device_waits").cleared_at == now


def test_who_does_not_help_all_of_them_says_no_but_not_yes(tablet, husband, caregiver, other_clinic, now):
    factories.CareTeamMemberFactory(patient__clinic=other_clinic, user=caregiver)

    with pytest.raises(NotAllowed):
        family_devices.confirm(device_id=tablet.pk, by=husband, now=now)

    assert family_devices.refuse(device_id=tablet.pk, by=husband, now=now)


def test_stranger_and_former_caregiver_say_nothing(tablet, husband, patient, stranger, nurse, now):
    care_team.end_access(member_id=patient.care_team.get(user=husband).pk, by=nurse, now=now)

    for person in (stranger, husband):
        for act in (family_devices.confirm, family_devices.refuse):
            with pytest.raises(NotVisible):
                act(device_id=tablet.pk, by=person, now=now)


def test_refused_phone_ends_and_the_clinic_hears(tablet, phone, caregiver, patient, now):
    assert family_devices.refuse(device_id=tablet.pk, by=caregiver, now=now)
    assert not family_devices.refuse(
        device_id=phone.pk, by=caregiver, now=now
    )  # a known one is ended, not refused

    tablet.refresh_from_db()
    assert (tablet.ended_at, tablet.is_refused) == (now, True)
    alarm = SystemAlarm.objects.get(kind="device_refused")
    assert alarm.subject == str(patient.care_team.get().pk)
    assert arrive(caregiver, TABLET, now).waits


def test_staff_confirm_with_a_reason(tablet, caregiver, patient, nurse, now):
    member = patient.care_team.get().pk
    names = {"member_id": member, "device_id": tablet.pk, "by": nurse, "now": now}

    with pytest.raises(family_devices.ReasonNeeded):
        family_devices.confirm_by_clinic(reason="  ", **names)
    assert family_devices.confirm_by_clinic(reason="Spoke with her, knew the room", **names)

    tablet.refresh_from_db()
    assert (tablet.confirmed_by, tablet.confirmed_reason) == (nurse, "Spoke with her, knew the room")
    assert AuditEvent.objects.get(action="family_device.confirmed").detail["because"] == "clinic"


def test_staff_of_another_clinic_find_no_phone(tablet, patient, other_nurse, now):
    member = patient.care_team.get().pk
    for act in (family_devices.end_by_clinic, family_devices.confirm_by_clinic):
        reason = {"reason": "x"} if act is family_devices.confirm_by_clinic else {}
        with pytest.raises(NotVisible):
            act(member_id=member, device_id=tablet.pk, by=other_nurse, now=now, **reason)


def test_ended_phone_ends_for_everybody_on_it_with_its_notices(phone, caregiver, patient, nurse, now):
    harold = factories.CareTeamMemberFactory(patient=patient, user__phone=caregiver.phone).user
    on_it = arrive(harold, PHONE, now)
    notes = push_subscriptions.subscribe(
        owner_id=caregiver.pk,
        endpoint="https://fcm.googleapis.com/x",
        p256dh="p",
        auth="a",
        label="",
        now=now,
    )
    family_devices.note_push(device_id=phone.pk, subscription_id=notes.pk)

    member = patient.care_team.get(user=caregiver).pk
    assert family_devices.end_by_clinic(member_id=member, device_id=phone.pk, by=nurse, now=now)

    assert set(FamilyDevice.objects.values_list("pk", "ended_by")) == {
        (phone.pk, nurse.pk),
        (on_it.pk, nurse.pk),
    }
    assert not type(notes).objects.filter(pk=notes.pk).exists()


def test_nobody_ends_a_known_phone_of_another(phone, husband, now):
    with pytest.raises(NotVisible):
        family_devices.end_own(device_id=phone.pk, by=husband, now=now)


def test_lost_phone_ends_all_and_the_next_one_waits(tablet, caregiver, patient, nurse, now):
    care_team.sign_out_everywhere(member_id=patient.care_team.get().pk, by=nurse, now=now)

    assert not FamilyDevice.objects.filter(ended_at=None).exists()
    caregiver.refresh_from_db()
    assert arrive(caregiver, PHONE, now).waits


def test_phone_that_waits_reads_what_it_sent_and_no_more(tablet, phone, caregiver, patient, now):
    own, other = (factories.ReportFactory(patient=patient, author=caregiver) for _ in range(2))
    with at(tablet):
        device_sends.note(by=caregiver, record_id=own.pk)
        device_sends.note(by=caregiver, record_id=own.pk)
    tablet.refresh_from_db()
    with at(phone):
        device_sends.note(by=caregiver, record_id=other.pk)

    with at(tablet):
        assert set(reports_visible_to(caregiver)) == {own}
    with at(phone):
        assert set(reports_visible_to(caregiver)) == {own, other}
    phone.refresh_from_db()
    assert (tablet.sent, phone.sent) == ([str(own.pk)], [])


def test_nobody_ends_a_known_phone_of_somebody_else(phone, husband, now):
    own = arrive(husband, "h" * 43, now)

    with at(own), pytest.raises((NotAllowed, NotVisible)):
        family_devices.end_own(device_id=phone.pk, by=husband, now=now)
    phone.refresh_from_db()
    assert phone.ended_at is None
