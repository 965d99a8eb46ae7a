from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from clinic.access import NotVisible
from clinic.models import AuditEvent, Night, NightDuty, SystemAlarm, User
from clinic.queries.checkins import nights as query
from clinic.services.checkins import nights, plan
from notifications.models import Message
from tests import factories

BEFORE = datetime(2026, 11, 22, 22, 0, tzinfo=UTC)  # 17:00 in New York
EIGHT = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 20:00
NINE = EIGHT + timedelta(hours=1)
MORNING = EIGHT + timedelta(hours=12)


@pytest.fixture
def household(patient, caregiver):
    """Two who could be awake; tonight has a check-in at eight."""
    factories.CareTeamMemberFactory(patient=patient, user__name="Bea Backup")
    plan.plan_all(now=BEFORE)
    return list(patient.care_team.order_by("pk"))


def open_alarms():
    return SystemAlarm.objects.filter(kind="no_night_watch", cleared_at__isnull=True)


def test_family_is_asked_at_eight_and_staff_are_told_at_nine(household, patient):
    nights.follow_up_due(now=EIGHT - timedelta(seconds=1))
    assert not Message.objects.exists()

    nights.follow_up_due(now=EIGHT)
    nights.follow_up_due(now=EIGHT + timedelta(minutes=59))
    assert sorted(Message.objects.values_list("to", flat=True)) == sorted(
        str(member.user.phone) for member in household
    )
    assert "who is awake tonight?" in Message.objects.first().body
    assert not open_alarms().exists()

    nights.follow_up_due(now=NINE)
    nights.follow_up_due(now=NINE + timedelta(hours=1))
    assert open_alarms().get().subject == str(patient.pk)
    assert Message.objects.count() == 2


def test_nobody_is_asked_when_somebody_has_said_so(household, caregiver, patient):
    nights.choose(patient_id=patient.pk, member_id=household[1].pk, by=caregiver, now=BEFORE)

    nights.follow_up_due(now=EIGHT)
    nights.follow_up_due(now=NINE)

    assert not Message.objects.exists()
    assert not open_alarms().exists()
    row = AuditEvent.objects.get(action="night.chosen")
    assert (row.actor_id, row.detail["night"]) == (caregiver.pk, "2026-11-22")


def test_answer_after_nine_takes_the_alarm_back(household, caregiver, patient):
    for at in (EIGHT, NINE):
        nights.follow_up_due(now=at)

    nights.choose(patient_id=patient.pk, member_id=household[0].pk, by=caregiver, now=NINE)

    assert not open_alarms().exists()


def test_alarm_ends_with_the_night(household):
    for at in (EIGHT, NINE, MORNING):
        nights.follow_up_due(now=at)

    assert not open_alarms().exists()
    assert set(Night.objects.filter(night_date=date(2026, 11, 22)).values_list("state", flat=True)) == {
        "settled"
    }


def test_family_of_one_is_not_asked_who_is_awake(patient, caregiver):
    plan.plan_all(now=BEFORE)

    nights.follow_up_due(now=EIGHT)
    nights.follow_up_due(now=NINE)

    assert (Message.objects.count(), open_alarms().count()) == (0, 0)


def test_patient_without_family_is_told_to_staff(patient):
    plan.plan_all(now=BEFORE)

    nights.follow_up_due(now=EIGHT)
    nights.follow_up_due(now=NINE)

    assert (Message.objects.count(), open_alarms().count()) == (0, 1)


def test_pause_and_a_moved_day_need_nobody_awake(household, patient):
    patient.status, patient.paused_until = "paused", MORNING
    patient.save(update_fields=["status", "paused_until"])

    nights.follow_up_due(now=EIGHT)

    assert not Message.objects.exists()


def test_night_whose_check_in_moved_away_is_let_go(household, patient):
    patient.infusion_date = date(2026, 10, 20)
    patient.save(update_fields=["infusion_date"])
    plan.plan_all(now=BEFORE)

    nights.follow_up_due(now=EIGHT)

    assert not Message.objects.exists()


def test_family_that_starts_late_in_the_evening_can_say_who_is_awake(patient, caregiver):
    factories.CareTeamMemberFactory(patient=patient)
    late = EIGHT + timedelta(minutes=40)

    plan.plan_all(now=late)
    nights.follow_up_due(now=late)

    assert len(query.tonight(patient=patient, now=late).people) == 2
    # The check-in of eight was never planned: nobody is asked about it now.
    assert not Message.objects.exists()


def test_later_phases_have_no_nights(clinic, now):
    patient = factories.PatientFactory(clinic=clinic, infusion_date=date(2026, 10, 20))
    factories.CareTeamMemberFactory.create_batch(2, patient=patient)

    plan.plan_all(now=now)

    assert not Night.objects.exists()


def test_duty_lasts_until_the_morning_and_a_swap_leaves_the_hours_before(household, caregiver, patient):
    first, second = household
    nights.choose(patient_id=patient.pk, member_id=first.pk, by=caregiver, now=BEFORE)
    nights.choose(patient_id=patient.pk, member_id=second.pk, by=caregiver, now=EIGHT + timedelta(hours=6))

    def on_duty(at):
        return query.watcher_id(patient=patient, at=at)

    assert on_duty(EIGHT - timedelta(minutes=1)) is None
    assert on_duty(EIGHT) == on_duty(EIGHT + timedelta(hours=5, minutes=59)) == first.user_id
    assert on_duty(EIGHT + timedelta(hours=6)) == on_duty(MORNING - timedelta(seconds=1)) == second.user_id
    assert on_duty(MORNING) is None
    assert NightDuty.objects.count() == 2


def test_choice_after_midnight_counts_for_the_night_that_it_is(household, caregiver, patient):
    duty = nights.choose(
        patient_id=patient.pk, member_id=household[0].pk, by=caregiver, now=EIGHT + timedelta(hours=7)
    )

    assert duty.night_date == date(2026, 11, 22)


def test_outsiders_choose_nothing(household, patient, stranger, nurse):
    theirs = stranger.care_links.get()
    for person in (stranger, nurse):
        with pytest.raises(NotVisible):
            nights.choose(patient_id=patient.pk, member_id=household[0].pk, by=person, now=BEFORE)
    with pytest.raises(NotVisible):
        nights.choose(patient_id=patient.pk, member_id=theirs.pk, by=household[0].user, now=BEFORE)

    assert not NightDuty.objects.exists()


def test_page_shows_who_may_be_awake_and_who_is(household, caregiver, patient):
    assert query.tonight(patient=patient, now=BEFORE).on_duty is None

    nights.choose(patient_id=patient.pk, member_id=household[1].pk, by=caregiver, now=BEFORE)

    found = query.tonight(patient=patient, now=EIGHT)
    assert (found.on_duty.name, found.since, found.has_begun) == ("Bea Backup", BEFORE, True)
    assert [one.name for one in found.people] == ["Carla Caregiver", "Bea Backup"]


def test_who_has_left_is_on_duty_no_longer(household, caregiver, patient, nurse):
    nights.choose(patient_id=patient.pk, member_id=household[1].pk, by=caregiver, now=BEFORE)
    factories.CareTeamMemberFactory(patient=patient)
    household[1].ended_at, household[1].ended_by = BEFORE, nurse
    household[1].save(update_fields=["ended_at", "ended_by"])

    assert not query.is_covered(patient=patient, night=date(2026, 11, 22), at=EIGHT)
    assert query.tonight(patient=patient, now=EIGHT).on_duty is None


def test_who_cannot_sign_in_is_no_watcher(household, caregiver, patient):
    factories.CareTeamMemberFactory(patient=patient)
    nights.choose(patient_id=patient.pk, member_id=household[1].pk, by=caregiver, now=BEFORE)
    User.objects.filter(pk=household[1].user_id).update(is_active=False)

    shown = query.tonight(patient=patient, now=BEFORE)
    assert household[1].pk not in [one.member_id for one in shown.people]
    assert shown.on_duty is None
    assert not query.is_covered(patient=patient, night=shown.night, at=EIGHT)


def test_who_sleeps_by_their_own_clock_is_asked_when_they_wake(household, patient):
    """London: 1 in the morning, when it is 8 in the evening in New York."""
    User.objects.filter(pk=household[1].user_id).update(time_zone="Europe/London")

    nights.follow_up_due(now=EIGHT)

    due = dict(Message.objects.values_list("to", "due_at"))
    assert due == {
        str(household[0].user.phone): EIGHT,
        str(household[1].user.phone): datetime(2026, 11, 23, 7, 0, tzinfo=UTC),
    }


def test_who_wakes_when_the_night_is_over_is_not_asked(household, patient):
    User.objects.filter(pk=household[1].user_id).update(quiet_from=time(19), quiet_until=time(9))

    nights.follow_up_due(now=EIGHT)

    assert Message.objects.get().to == str(household[0].user.phone)


def test_a_question_that_has_been_answered_leaves_no_more(household, caregiver, patient):
    nights.follow_up_due(now=EIGHT)

    nights.choose(patient_id=patient.pk, member_id=household[0].pk, by=caregiver, now=EIGHT)

    assert set(Message.objects.values_list("state", flat=True)) == {"suppressed"}


def test_night_is_the_one_of_the_patients_zone(clinic):
    patient = factories.PatientFactory(clinic=clinic, time_zone="Asia/Tokyo")
    factories.CareTeamMemberFactory(patient=patient)

    plan.plan_all(now=BEFORE)

    tokyo = ZoneInfo("Asia/Tokyo")
    # Seven in the morning there: the night that is ending, and the two to come.
    assert [night.due_at.astimezone(tokyo).hour for night in Night.objects.all()] == [20, 20, 20]
