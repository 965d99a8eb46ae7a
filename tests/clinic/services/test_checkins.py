from datetime import UTC, date, datetime, timedelta

from django.db.models.signals import pre_save

from clinic.models import Checkin, Reminder
from clinic.services import checkins
from notifications.models import Message, OptOut
from tests import factories

MORNING = datetime(2026, 11, 22, 13, 0, tzinfo=UTC)  # 08:00 in New York
EVENING = datetime(2026, 11, 23, 1, 0, tzinfo=UTC)  # 20:00 in New York


def test_plan_follows_the_phase_twice_daily_for_two_days(patient, caregiver, now):
    checkins.plan(now=now)

    due = list(patient.checkins.order_by("due_at").values_list("due_at", flat=True))
    assert due == [MORNING, EVENING, MORNING + timedelta(days=1), EVENING + timedelta(days=1)]
    reminders = Reminder.objects.filter(checkin__due_at=MORNING).order_by("due_at")
    assert [(r.caregiver, r.due_at) for r in reminders] == [
        (caregiver, MORNING),
        (caregiver, MORNING + timedelta(hours=1)),
        (caregiver, MORNING + timedelta(hours=3)),
    ]


def test_plan_again_adds_nothing(patient, caregiver, now):
    checkins.plan(now=now)
    before = (Checkin.objects.count(), Reminder.objects.count())

    checkins.plan(now=now)

    assert (Checkin.objects.count(), Reminder.objects.count()) == before


def test_plan_includes_a_caregiver_who_joins_later(patient, caregiver, now):
    checkins.plan(now=now)
    second = factories.CareTeamMemberFactory(patient=patient).user

    checkins.plan(now=now)

    assert (
        Reminder.objects.filter(caregiver=second).count()
        == Reminder.objects.filter(caregiver=caregiver).count()
    )


def test_plan_drops_what_no_longer_fits_when_day_zero_moves(patient, caregiver, now):
    checkins.plan(now=now)
    patient.infusion_date = date(2026, 10, 20)
    patient.save(update_fields=["infusion_date"])

    checkins.plan(now=now)

    states = set(patient.checkins.values_list("state", flat=True))
    assert "dropped" in states
    dropped = Reminder.objects.filter(checkin__state="dropped").values_list("state", flat=True)
    assert set(dropped) == {"cancelled"}


def test_plan_skips_paused_patients_and_clinics_without_protocol(patient, caregiver, now):
    patient.status, patient.paused_until = "paused", now + timedelta(days=1)
    patient.save(update_fields=["status", "paused_until"])
    factories.PatientFactory(clinic=factories.ClinicFactory(protocol=False))

    checkins.plan(now=now)

    assert Checkin.objects.count() == 0


def test_reminder_keeps_the_wall_clock_of_a_caregiver_elsewhere(patient, caregiver, now):
    caregiver.time_zone = "America/Los_Angeles"
    caregiver.save(update_fields=["time_zone"])

    checkins.plan(now=now)

    first = Reminder.objects.filter(caregiver=caregiver).order_by("due_at").first()
    assert first.due_at == MORNING + timedelta(hours=3)


def test_eight_in_the_evening_stays_eight_over_the_clock_change(clinic):
    """New York leaves summer time on 1 November 2026."""
    patient = factories.PatientFactory(clinic=clinic, infusion_date=date(2026, 10, 28))
    factories.CareTeamMemberFactory(patient=patient)

    checkins.plan(now=datetime(2026, 10, 31, 12, 30, tzinfo=UTC))

    assert list(patient.checkins.order_by("due_at").values_list("due_at", flat=True)) == [
        datetime(2026, 11, 1, 0, 0, tzinfo=UTC),
        datetime(2026, 11, 1, 13, 0, tzinfo=UTC),
        datetime(2026, 11, 2, 1, 0, tzinfo=UTC),
    ]


def test_due_reminder_is_texted_in_the_caregivers_language(patient, caregiver, now):
    caregiver.language = "es"
    caregiver.save(update_fields=["language"])
    checkins.plan(now=now)

    checkins.remind_due(now=MORNING)

    message = Message.objects.get()
    assert (message.to, message.language, message.purpose) == (str(caregiver.phone), "es", "reminder")
    assert message.expires_at == MORNING + timedelta(hours=1)
    assert Reminder.objects.get(state="queued").message_id == message.pk


def test_report_takes_back_a_reminder_that_waits_in_the_outbox(submit, patient, caregiver, now):
    checkins.plan(now=now)
    checkins.remind_due(now=MORNING)

    submit(now=MORNING + timedelta(seconds=1))

    assert Message.objects.get().state == "suppressed"
    assert checkins.remind_due(now=MORNING + timedelta(hours=1)) == 0


def test_reminders_missed_in_an_outage_are_dropped_not_flooded(patient, caregiver, now):
    checkins.plan(now=now)

    checkins.remind_due(now=EVENING + timedelta(minutes=30))

    assert Message.objects.count() == 1
    assert Reminder.objects.filter(state="expired").count() == 3


def test_nobody_is_reminded_who_has_left_or_while_paused(patient, caregiver, now):
    checkins.plan(now=now)
    link = patient.care_team.get()
    link.ended_at, link.ended_by = now, caregiver
    link.save(update_fields=["ended_at", "ended_by"])

    assert checkins.remind_due(now=MORNING) == 0
    assert Message.objects.count() == 0
    assert Reminder.objects.filter(state="cancelled").count() == 1


def test_reminder_is_queued_once(patient, caregiver, now):
    checkins.plan(now=now)
    checkins.remind_due(now=MORNING)
    reminder = Reminder.objects.get(state="queued")

    assert checkins.remind(reminder_id=reminder.pk, now=MORNING) is False
    assert Message.objects.count() == 1


def test_reminder_that_cannot_be_queued_holds_up_no_other(patient, caregiver, now):
    factories.CareTeamMemberFactory(patient=patient)
    checkins.plan(now=now)
    bad = Reminder.objects.filter(due_at=MORNING).order_by("pk").first()

    def fail(sender, instance, **kwargs):
        if instance.pk == bad.pk:
            raise ZeroDivisionError

    pre_save.connect(fail, sender=Reminder)
    try:
        queued = checkins.remind_due(now=MORNING)
    finally:
        pre_save.disconnect(fail, sender=Reminder)

    assert queued == 1
    assert Message.objects.count() == 1


def planned(caregiver, patient, due_at, offset=0):
    checkin, _ = Checkin.objects.get_or_create(patient=patient, due_at=due_at)
    return Reminder.objects.create(
        checkin=checkin, caregiver=caregiver, offset_minutes=offset, due_at=due_at + timedelta(minutes=offset)
    )


def test_reminder_in_quiet_hours_waits_for_the_morning(patient, caregiver):
    late = datetime(2026, 11, 23, 4, 10, tzinfo=UTC)  # 23:10 in New York
    reminder = planned(caregiver, patient, late)

    checkins.remind_due(now=late)
    reminder.refresh_from_db()
    assert (reminder.state, reminder.due_at) == ("planned", datetime(2026, 11, 23, 12, 0, tzinfo=UTC))

    checkins.remind_due(now=reminder.due_at)
    assert Message.objects.get(purpose="reminder").created_at == reminder.due_at


def test_reminder_in_quiet_hours_is_dropped_where_another_comes_before_their_end(patient, caregiver):
    late = datetime(2026, 11, 23, 4, 10, tzinfo=UTC)
    first, second = planned(caregiver, patient, late), planned(caregiver, patient, late, offset=60)

    checkins.remind_due(now=late + timedelta(minutes=60))

    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state) == ("expired", "planned")
    assert second.due_at == datetime(2026, 11, 23, 12, 0, tzinfo=UTC)


def test_quiet_hours_are_each_persons_own(patient, caregiver):
    late = datetime(2026, 11, 23, 4, 10, tzinfo=UTC)
    caregiver.quiet_from = caregiver.quiet_until
    caregiver.save(update_fields=["quiet_from"])
    planned(caregiver, patient, late)

    assert checkins.remind_due(now=late) == 1


def test_after_an_outage_only_the_newest_reminder_of_a_caregiver_goes(patient, caregiver):
    other = factories.CareTeamMemberFactory(patient=patient).user
    for person in (caregiver, other):
        for minutes in (0, 20, 40):
            planned(person, patient, MORNING, offset=minutes)

    assert checkins.remind_due(now=MORNING + timedelta(minutes=45)) == 2

    states = Reminder.objects.order_by("caregiver", "due_at").values_list("state", flat=True)
    assert list(states) == ["expired", "expired", "queued"] * 2


def test_who_has_not_agreed_or_has_stopped_is_not_even_queued(patient, now):
    silent = factories.CareTeamMemberFactory(patient=patient, agreed=False).user
    stopped = factories.CareTeamMemberFactory(patient=patient).user
    OptOut.objects.create(phone=str(stopped.phone), service="reminders", source="keyword")
    reminders = [planned(person, patient, MORNING) for person in (silent, stopped)]

    assert checkins.remind_due(now=MORNING) == 0

    for reminder in reminders:
        reminder.refresh_from_db()
    assert [reminder.state for reminder in reminders] == ["cancelled", "cancelled"]
    assert not Message.objects.exists()
