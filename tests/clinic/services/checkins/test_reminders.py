from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db.models.signals import pre_save

from clinic.models import Checkin, Reminder, User
from clinic.services.checkins import nights, plan, reminders
from notifications.models import Message, OptOut
from tests import factories

MORNING = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)  # 08:00 in New York
EVENING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 20:00 in New York


@pytest.fixture
def second(patient):
    """Joined after the caregiver of the cast."""
    user = factories.CaregiverFactory(name="Bea Backup")
    return factories.CareTeamMemberFactory(patient=patient, user=user).user


def texted():
    return list(Message.objects.order_by("created_at", "to").values_list("to", flat=True))


def test_reminder_keeps_the_wall_clock_of_a_caregiver_elsewhere(patient, caregiver, now):
    caregiver.time_zone = "America/Los_Angeles"
    caregiver.save(update_fields=["time_zone"])

    plan.plan_all(now=now)

    first = Reminder.objects.filter(caregiver=caregiver).order_by("due_at").first()
    assert first.due_at == MORNING + timedelta(hours=3)


def test_others_east_of_here_hear_that_it_is_open_only_once_it_is(patient, caregiver, second, now):
    User.objects.filter(pk=second.pk).update(time_zone="Europe/Madrid")

    plan.plan_all(now=now)

    asked = Reminder.objects.filter(caregiver=second, checkin__due_at=MORNING)
    assert asked.get(to_backup=True).due_at == MORNING + timedelta(hours=4)
    assert asked.get(to_backup=False, offset_minutes=0).due_at == MORNING - timedelta(hours=4)


@pytest.mark.parametrize("home", ["America/New_York", "America/Denver", "Europe/Madrid"])
@pytest.mark.parametrize(
    "elsewhere",
    [
        *("Pacific/Honolulu", "America/Los_Angeles", "America/Denver", "America/New_York"),
        *("Europe/Madrid", "Asia/Kolkata", "Asia/Tokyo", "Pacific/Kiritimati"),
    ],
)
def test_report_at_the_first_reminder_answers_what_it_reminds_of(clinic, submit, now, home, elsewhere):
    """Wherever the two live: nobody is asked so early that what they then send is another check-in's."""
    patient = factories.PatientFactory(clinic=clinic, time_zone=home, infusion_date=now.date())
    link = factories.CareTeamMemberFactory(patient=patient, user__time_zone=elsewhere)
    plan.plan_patient(patient=patient, now=now)

    for checkin in patient.checkins.order_by("due_at"):
        first = Reminder.objects.filter(checkin=checkin, caregiver=link.user).earliest("due_at")
        by_own_clock = first.due_at.astimezone(ZoneInfo(elsewhere))
        at_home = checkin.due_at.astimezone(ZoneInfo(home))
        if first.due_at > checkin.due_at - timedelta(hours=4):
            assert (by_own_clock.hour, by_own_clock.minute) == (at_home.hour, at_home.minute)
        submit(patient=patient, by=link.user, observed_at=first.due_at, now=first.due_at)
        checkin.refresh_from_db()
        assert checkin.state == "done"


def test_due_reminder_is_texted_in_the_caregivers_language(patient, caregiver, now):
    caregiver.language = "es"
    caregiver.save(update_fields=["language"])
    plan.plan_all(now=now)

    reminders.queue_due(now=MORNING)

    message = Message.objects.get()
    assert (message.to, message.language, message.purpose) == (str(caregiver.phone), "es", "reminder")
    assert message.expires_at == MORNING + timedelta(hours=1)
    assert Reminder.objects.get(state="queued").message_id == message.pk


def test_report_takes_back_a_reminder_that_waits_in_the_outbox(submit, patient, caregiver, now):
    plan.plan_all(now=now)
    reminders.queue_due(now=MORNING)

    submit(now=MORNING + timedelta(seconds=1))

    assert Message.objects.get().state == "suppressed"
    assert reminders.queue_due(now=MORNING + timedelta(hours=1)) == 0


def test_reminders_missed_in_an_outage_are_dropped_not_flooded(patient, caregiver, now):
    plan.plan_all(now=now)

    reminders.queue_due(now=EVENING + timedelta(minutes=30))

    assert Message.objects.count() == 1
    assert Reminder.objects.filter(state="expired").count() == 4


def test_nobody_is_reminded_who_has_left_or_while_paused(patient, caregiver, now):
    plan.plan_all(now=now)
    link = patient.care_team.get()
    link.ended_at, link.ended_by = now, caregiver
    link.save(update_fields=["ended_at", "ended_by"])

    assert reminders.queue_due(now=MORNING) == 0
    assert Message.objects.count() == 0
    assert Reminder.objects.filter(state="cancelled").count() == 1


def test_reminder_is_queued_once(patient, caregiver, now):
    plan.plan_all(now=now)
    reminders.queue_due(now=MORNING)
    reminder = Reminder.objects.get(state="queued")

    assert reminders.queue_if_due(reminder_id=reminder.pk, now=MORNING) is False
    assert Message.objects.count() == 1


def test_reminder_that_cannot_be_queued_holds_up_no_other(patient, caregiver, now):
    other = factories.PatientFactory(clinic=patient.clinic)
    factories.CareTeamMemberFactory(patient=other)
    plan.plan_all(now=now)
    bad = Reminder.objects.filter(due_at=MORNING).order_by("pk").first()

    def fail(sender, instance, **kwargs):
        if instance.pk == bad.pk:
            raise ZeroDivisionError

    pre_save.connect(fail, sender=Reminder)
    try:
        queued = reminders.queue_due(now=MORNING)
    finally:
        pre_save.disconnect(fail, sender=Reminder)

    assert queued == 1
    assert Message.objects.count() == 1


def test_order_is_reporting_caregiver_then_after_four_hours_the_other(
    submit, patient, caregiver, second, now
):
    submit(by=second, now=now)
    plan.plan_all(now=now)

    for hours in (0, 1, 3):
        reminders.queue_due(now=MORNING + timedelta(hours=hours))
    assert texted() == [str(second.phone)] * 3

    reminders.queue_due(now=MORNING + timedelta(hours=4))
    assert texted() == [str(second.phone)] * 3 + [str(caregiver.phone)]
    assert "still open" in Message.objects.get(to=str(caregiver.phone)).body


def test_before_the_first_report_whoever_joined_first_is_reminded(patient, caregiver, second, now):
    plan.plan_all(now=now)

    reminders.queue_due(now=MORNING)

    assert texted() == [str(caregiver.phone)]


def test_who_stopped_our_texts_is_passed_over(patient, caregiver, second, now):
    OptOut.objects.create(phone=str(caregiver.phone), service="reminders", source="keyword")
    plan.plan_all(now=now)

    reminders.queue_due(now=MORNING)

    assert texted() == [str(second.phone)]


def test_nobody_is_asked_as_backup_where_there_is_one_caregiver(patient, caregiver, now):
    plan.plan_all(now=now)

    reminders.queue_due(now=MORNING + timedelta(hours=3))
    reminders.queue_due(now=MORNING + timedelta(hours=4))

    assert texted() == [str(caregiver.phone)]


@pytest.mark.parametrize(
    "begins",
    [
        datetime(2026, 11, 23, 1, 0, tzinfo=UTC),
        datetime(2026, 11, 1, 0, 0, tzinfo=UTC),  # New York leaves summer time this night.
        datetime(2026, 3, 8, 1, 0, tzinfo=UTC),  # And enters it this night.
    ],
    ids=["usual", "autumn", "spring"],
)
def test_swap_at_two_in_the_night_moves_the_reminders_to_the_other_phone(clinic, begins):
    """20:00 to 08:00: before and after the swap the right phone rings, however long the night is."""
    patient = factories.PatientFactory(clinic=clinic, infusion_date=begins.date() - timedelta(days=4))
    first, second = factories.CareTeamMemberFactory.create_batch(2, patient=patient)
    nights.choose(patient_id=patient.pk, member_id=first.pk, by=second.user, now=begins)
    swap = begins + timedelta(hours=6)

    remind_of_new_checkin(patient, swap - timedelta(minutes=30))
    nights.choose(patient_id=patient.pk, member_id=second.pk, by=second.user, now=swap)
    remind_of_new_checkin(patient, swap + timedelta(minutes=30))

    assert texted() == [str(first.user.phone), str(second.user.phone)]


def remind_of_new_checkin(patient, at):
    checkin = Checkin.objects.create(patient=patient, due_at=at)
    for member in patient.care_team.all():
        Reminder.objects.create(checkin=checkin, caregiver=member.user, due_at=at)
    reminders.queue_due(now=at)


def planned(caregiver, patient, due_at, offset=0):
    checkin, _ = Checkin.objects.get_or_create(patient=patient, due_at=due_at)
    return Reminder.objects.create(
        checkin=checkin, caregiver=caregiver, offset_minutes=offset, due_at=due_at + timedelta(minutes=offset)
    )


def test_reminder_in_quiet_hours_waits_for_the_morning(patient, caregiver):
    late = datetime(2026, 11, 23, 4, 10, tzinfo=UTC)  # 23:10 in New York
    reminder = planned(caregiver, patient, late)

    reminders.queue_due(now=late)
    reminder.refresh_from_db()
    assert (reminder.state, reminder.due_at) == ("planned", datetime(2026, 11, 23, 12, 0, tzinfo=UTC))

    reminders.queue_due(now=reminder.due_at)
    assert Message.objects.get(purpose="reminder").created_at == reminder.due_at


def test_reminder_in_quiet_hours_is_dropped_where_another_comes_before_their_end(patient, caregiver):
    late = datetime(2026, 11, 23, 4, 10, tzinfo=UTC)
    first, second = planned(caregiver, patient, late), planned(caregiver, patient, late, offset=60)

    reminders.queue_due(now=late + timedelta(minutes=60))

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("expired", "planned")
    assert second.due_at == datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def test_quiet_hours_are_each_persons_own(patient, caregiver):
    late = datetime(2026, 11, 23, 4, 10, tzinfo=UTC)
    caregiver.quiet_from = caregiver.quiet_until
    caregiver.save(update_fields=["quiet_from"])
    planned(caregiver, patient, late)

    assert reminders.queue_due(now=late) == 1


def test_after_an_outage_only_the_newest_reminder_of_a_caregiver_goes(clinic, patient, caregiver):
    other = factories.CareTeamMemberFactory(patient__clinic=clinic).user
    for person in (caregiver, other):
        for minutes in (0, 20, 40):
            planned(person, person.care_links.get().patient, MORNING, offset=minutes)

    assert reminders.queue_due(now=MORNING + timedelta(minutes=45)) == 2

    states = Reminder.objects.order_by("caregiver", "due_at").values_list("state", flat=True)
    assert list(states) == ["expired", "expired", "queued"] * 2


def test_who_looks_after_two_patients_is_reminded_of_both(clinic, patient, caregiver):
    other = factories.CareTeamMemberFactory(user=caregiver, patient__clinic=clinic).patient
    rows = [planned(caregiver, patient, MORNING), planned(caregiver, other, MORNING + timedelta(minutes=10))]

    assert reminders.queue_due(now=MORNING + timedelta(minutes=15)) == 2

    for reminder in rows:
        reminder.refresh_from_db()
    assert [reminder.state for reminder in rows] == ["queued", "queued"]


def test_who_has_not_agreed_or_has_stopped_is_not_even_queued(patient, now):
    silent = factories.CareTeamMemberFactory(patient=patient, agreed=False).user
    stopped = factories.CareTeamMemberFactory(patient=patient).user
    OptOut.objects.create(phone=str(stopped.phone), service="reminders", source="keyword")
    rows = [planned(person, patient, MORNING) for person in (silent, stopped)]

    assert reminders.queue_due(now=MORNING) == 0

    for reminder in rows:
        reminder.refresh_from_db()
    assert [reminder.state for reminder in rows] == ["cancelled", "cancelled"]
    assert not Message.objects.exists()


def test_who_said_they_are_awake_has_no_quiet_hours_that_night(patient, caregiver, second):
    late = datetime(2026, 11, 23, 4, 10, tzinfo=UTC)
    mine = patient.care_team.get(user=caregiver)
    nights.choose(patient_id=patient.pk, member_id=mine.pk, by=caregiver, now=late - timedelta(hours=4))
    planned(caregiver, patient, late)

    assert reminders.queue_due(now=late) == 1
