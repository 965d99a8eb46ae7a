"""What is counted ahead of the figures is what a count of the check-ins gives, whatever happened."""

import random
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from clinic.models import Checkin, CheckinTally, Patient
from clinic.models.checkin import CheckinState
from clinic.queries.outcomes import monitoring
from clinic.queries.protocols.versions import current_rules
from clinic.services.checkins import plan
from clinic.services.outcomes import tallies
from clinic.services.patients import erasure
from tests import cases, factories

HOUR, DAY, WEEK = timedelta(hours=1), timedelta(days=1), timedelta(weeks=1)


def watched(clinic, now):
    """The longest stretch that the page shows, and the shortest."""
    rules, longest = current_rules(clinic), monitoring.kept_from(clinic, now)
    return [monitoring.of_clinic(clinic, rules, start, now) for start in (longest, longest + 22 * WEEK)]


def read_anew(clinic, now):
    """The same without any tally."""
    with transaction.atomic():
        CheckinTally.objects.all().delete()
        found = watched(clinic, now)
        transaction.set_rollback(True)
    return found


class History:
    """A clinic to which things happen at random; each act is that of the program itself."""

    def __init__(self, clinic, other_clinic, nurse, now, seed):
        self.clinic, self.other_clinic, self.nurse, self.now = clinic, other_clinic, nurse, now
        self.random = random.Random(seed)
        begun = [date(2026, 11, 20), date(2026, 11, 5), date(2026, 9, 1)]
        self.people = [
            factories.PatientFactory(clinic=clinic, infusion_date=day, created_at=now - 90 * DAY)
            for day in begun
        ]
        self.reports = []

    def someone(self):
        return Patient.objects.get(pk=self.random.choice(self.people).pk)

    def report(self):
        """Of what was seen just now, or long ago; so late that the check-ins are over, too."""
        seen = self.now - self.random.choice([0, 0, 1, 9, 40]) * HOUR
        report = factories.ReportFactory(patient=self.someone(), observed_at=seen, received_at=self.now)
        plan.complete_answered(report=report, now=self.now)
        self.reports.append(report)

    def take_back_report(self):
        if self.reports:
            report = self.reports.pop(self.random.randrange(len(self.reports)))
            plan.reopen_answered(report=report, patient=report.patient, now=self.now)

    def correct_day_0(self):
        patient = self.someone()
        patient.infusion_date += self.random.choice([-8, -1, 2, 15]) * DAY
        patient.save(update_fields=["infusion_date"])
        plan.plan_at_once(patient=patient, now=self.now)

    def correct_zone(self):
        patient = self.someone()
        patient.time_zone = self.random.choice(["America/New_York", "Pacific/Auckland", "America/Denver"])
        patient.save(update_fields=["time_zone"])
        plan.plan_at_once(patient=patient, now=self.now)

    def drop(self):
        plan.drop_upcoming(patient=self.someone(), now=self.now)

    def drop_one_of_before(self):
        rows = Checkin.objects.filter(patient=self.someone(), due_at__lt=self.now).order_by("?")[:1]
        Checkin.objects.filter(pk__in=[one.pk for one in rows]).update(state=CheckinState.DROPPED)

    def plan_one_of_before(self):
        due_at = self.now - self.random.randrange(1, 90 * 24) * HOUR
        Checkin.objects.get_or_create(patient=self.someone(), due_at=due_at)

    def take_out_one_of_before(self):
        rows = Checkin.objects.filter(patient=self.someone(), due_at__lt=self.now, reminders=None)[:1]
        Checkin.objects.filter(pk__in=[one.pk for one in rows]).delete()

    def erase(self):
        if self.random.random() < 0.2:
            erasure.erase_patient(patient=self.someone(), by=self.nurse, now=self.now)

    def move(self):
        patient = self.someone()
        if self.random.random() < 0.2 and patient.status == "active":
            cases.transfer(patient, self.other_clinic, self.now)

    def count(self):
        tallies.count_due(now=self.now)

    def go_on(self):
        for patient in Patient.objects.filter(pk__in=[one.pk for one in self.people]):
            plan.plan_at_once(patient=patient, now=self.now)
        acts = [self.report] * 4 + [self.count] * 3
        acts += [
            self.take_back_report,
            self.correct_day_0,
            self.correct_zone,
            self.drop,
            self.drop_one_of_before,
        ]
        acts += [self.plan_one_of_before, self.take_out_one_of_before, self.erase, self.move]
        for _act in range(4):
            self.random.choice(acts)()
        self.now += self.random.choice([1, 7, 13, 30]) * HOUR


@pytest.mark.parametrize("seed", range(3))
def test_counted_is_what_a_recount_gives_through_any_history(clinic, other_clinic, nurse, now, seed):
    history = History(clinic, other_clinic, nurse, now, seed)
    held = 0

    for _step in range(8):
        history.go_on()

        assert watched(clinic, history.now) == read_anew(clinic, history.now)
        assert watched(other_clinic, history.now) == read_anew(other_clinic, history.now)
        checked = tallies.check(now=history.now)
        assert checked.differing == ()
        held += checked.right
    assert held


@pytest.fixture
def counted(clinic, now):
    """Somebody in the first two weeks who answered one of two check-ins three days ago; counted."""
    patient = factories.PatientFactory(clinic=clinic)
    report = factories.ReportFactory(patient=patient, received_at=now - 3 * DAY)
    Checkin.objects.create(patient=patient, due_at=now - 3 * DAY, report=report, state=CheckinState.DONE)
    Checkin.objects.create(patient=patient, due_at=now - 3 * DAY - 12 * HOUR)
    assert tallies.count_due(now=now) == 1
    return patient


def test_only_what_is_over_is_counted_ahead(clinic, counted, now):
    Checkin.objects.create(patient=counted, due_at=now - HOUR)

    tallies.count_all(now=now)

    tally = CheckinTally.objects.get()
    assert (tally.through, tally.weeks) == (now - HOUR, {"2026-11-16": {"a": [2, 1]}})


def test_nothing_is_counted_twice_until_something_is_due_again(counted, now):
    assert tallies.count_due(now=now + DAY) == 0

    Checkin.objects.create(patient=counted, due_at=now + HOUR)

    assert tallies.count_due(now=now + HOUR) == 0
    assert tallies.count_due(now=now + DAY) == 1


def test_a_report_that_comes_after_the_count_undoes_nothing(counted, now):
    report = factories.ReportFactory(patient=counted, received_at=now + HOUR)
    overdue = Checkin.objects.filter(report=None)

    overdue.update(state=CheckinState.DONE, report=report)

    assert CheckinTally.objects.filter(patient=counted).exists()


def test_what_changes_a_counted_check_in_undoes_the_count(counted, now):
    Checkin.objects.filter(patient=counted).update(silence_level="watch")
    assert CheckinTally.objects.exists()

    Checkin.objects.filter(report=None).update(state=CheckinState.DROPPED)

    assert not CheckinTally.objects.exists()


def test_pages_ask_as_often_whether_one_or_three_are_counted(clinic, counted, now):
    rules, start = current_rules(clinic), monitoring.kept_from(clinic, now)
    with CaptureQueriesContext(connection) as of_one:
        monitoring.of_clinic(clinic, rules, start, now)
    for _one in range(2):
        Checkin.objects.create(patient=factories.PatientFactory(clinic=clinic), due_at=now - DAY)
    tallies.count_due(now=now)

    with CaptureQueriesContext(connection) as of_three:
        monitoring.of_clinic(clinic, rules, start, now)

    assert len(of_three) == len(of_one) == 5


def test_by_hand_it_is_compared_and_counted_anew(counted, now, capsys):
    call_command("recount_checkins", "--check", stdout=StringIO())
    CheckinTally.objects.update(weeks={})
    told = StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("recount_checkins", "--check", stdout=told)

    assert ended.value.code == 1
    assert told.getvalue() == f"{counted.pk}\n0 of 1 counts are right\n"
    again = StringIO()
    call_command("recount_checkins", stdout=again)
    assert again.getvalue() == "counted: 1 patients\n"
    call_command("recount_checkins", "--check", stdout=StringIO())
