"""What is counted ahead of the figures is what the alarms' histories give, whatever happened since."""

import random
from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from clinic.models import AlarmTally, Clinic, Escalation
from clinic.models.escalation import Outcome
from clinic.queries.outcomes import alarm_tallies as query
from clinic.services.escalations import leases, lifecycle
from clinic.services.outcomes import alarm_tallies
from tests import cases, factories

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)


def mondays(now):
    """Of the weeks that are shown, by the clinic's clock: now is a Saturday evening there."""
    return [date(2026, 11, 16) - back * WEEK for back in range(12, -1, -1)]


def read(clinic, now):
    return query.of_weeks(clinic, mondays(now), now)


def read_anew(clinic, now):
    """The same without any tally."""
    with transaction.atomic():
        AlarmTally.objects.all().delete()
        found = read(clinic, now)
        transaction.set_rollback(True)
    return found


def comparable(counted):
    waits = {key: (sorted(one.lasted), one.waiting) for key, one in counted.waits.items()}
    return counted.alarms, waits, dict(counted.outcomes), counted.last


@pytest.fixture
def people(clinic, now):
    return [
        factories.PatientFactory(clinic=clinic, infusion_date=date(2026, 10, 1), created_at=now - 60 * DAY)
        for _ in range(3)
    ]


class History:
    """Alarms of a clinic to which things happen at random; each act is that of the program itself."""

    def __init__(self, people, nurse, at, seed):
        self.people, self.nurse, self.now = people, nurse, at
        self.random = random.Random(seed)

    def some_alarm(self, *states):
        found = list(Escalation.objects.filter(state__in=states).order_by("opened_at", "patient_id"))
        return self.random.choice(found) if found else None

    def report(self):
        answers = self.random.choice([cases.FEVER, cases.FEVER_AND_CONFUSION, cases.NAUSEA])
        cases.report_by_family(self.random.choice(self.people), answers, self.now)

    def take(self):
        if alarm := self.some_alarm("open"):
            lifecycle.acknowledge(escalation_id=alarm.pk, by=self.nurse, now=self.now)

    def close(self):
        if alarm := self.some_alarm("acknowledged"):
            lifecycle.resolve(
                escalation_id=alarm.pk,
                by=self.nurse,
                outcome=self.random.choice([Outcome.ADVICE_GIVEN, Outcome.ADMITTED]),
                note="",
                now=self.now,
            )

    def lease_ends(self):
        leases.end_expired(now=self.now)

    def count(self):
        alarm_tallies.count_due(now=self.now)

    def go_on(self):
        self.now += self.random.choice([1, 4, 30]) * HOUR
        self.random.choice([self.report, self.report, self.take, self.close, self.lease_ends, self.count])()


@pytest.mark.parametrize("seed", range(4))
def test_count_is_right_whatever_happened_since(clinic, people, nurse, now, seed):
    history = History(people, nurse, now - 30 * DAY, seed)

    while history.now < now:
        history.go_on()
        assert comparable(read(clinic, history.now)) == comparable(read_anew(clinic, history.now))

    assert AlarmTally.objects.exists()


def alarm_of(patient, nurse, at, *, closed=True):
    alarm = cases.escalate(patient, cases.FEVER, at)
    lifecycle.acknowledge(escalation_id=alarm.pk, by=nurse, now=at + HOUR)
    if closed:
        lifecycle.resolve(
            escalation_id=alarm.pk, by=nurse, outcome=Outcome.ADMITTED, note="", now=at + 2 * HOUR
        )
    return alarm


def histories_read(clinic, now):
    with CaptureQueriesContext(connection) as asked:
        read(clinic, now)
    return sum("clinic_escalationevent" in one["sql"] for one in asked.captured_queries)


def test_week_that_was_counted_is_not_read_again_until_it_changes(clinic, people, nurse, now):
    alarm_of(people[0], nurse, now - 20 * DAY)
    waiting = alarm_of(people[1], nurse, now - 12 * DAY, closed=False)
    assert histories_read(clinic, now) == 1

    assert alarm_tallies.count_due(now=now) == 2
    assert histories_read(clinic, now) == 0
    assert alarm_tallies.count_due(now=now + HOUR) == 0

    lifecycle.resolve(escalation_id=waiting.pk, by=nurse, outcome=Outcome.ADMITTED, note="", now=now + HOUR)
    assert histories_read(clinic, now + HOUR) == 1
    assert alarm_tallies.count_due(now=now + HOUR) == 1
    assert histories_read(clinic, now + HOUR) == 0


def test_this_week_is_read_itself(clinic, people, nurse, now):
    alarm_of(people[0], nurse, now - DAY)

    assert alarm_tallies.count_due(now=now) == 0
    assert read(clinic, now).alarms == 1


def test_clinic_that_moves_to_another_zone_is_counted_anew(clinic, people, nurse, now):
    alarm_of(people[0], nurse, now - 20 * DAY)
    alarm_tallies.count_due(now=now)

    Clinic.objects.filter(pk=clinic.pk).update(time_zone="America/Los_Angeles")
    clinic.refresh_from_db()

    assert histories_read(clinic, now) == 1
    assert alarm_tallies.count_due(now=now) == 1


def test_weeks_that_no_page_shows_any_more_go(clinic, people, nurse, now):
    alarm_of(people[0], nurse, now - 20 * DAY)
    alarm_tallies.count_due(now=now)

    alarm_tallies.count_due(now=now + 26 * WEEK)

    assert not AlarmTally.objects.exists()


def test_other_clinics_alarms_are_not_counted_here(clinic, other_clinic, people, nurse, now):
    stranger = factories.PatientFactory(clinic=other_clinic)
    cases.escalate(stranger, cases.FEVER, now - 20 * DAY)

    alarm_tallies.count_due(now=now)

    assert read(clinic, now).alarms == 0
    assert [one.clinic for one in AlarmTally.objects.all()] == [other_clinic]


def test_clinic_that_cannot_be_counted_stops_no_other(clinic, other_clinic, people, nurse, now):
    alarm_of(people[0], nurse, now - 20 * DAY)
    Clinic.objects.filter(pk=other_clinic.pk).update(time_zone="Nowhere/At_All")

    assert alarm_tallies.count_due(now=now) == 1
