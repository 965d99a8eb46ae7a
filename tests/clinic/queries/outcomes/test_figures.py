"""How soon people answer, who reports as planned, what alarms come to: against a history of our own."""

from datetime import date, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clinic.access import NotVisible
from clinic.models import Checkin, Escalation
from clinic.models.escalation import Cause, Outcome
from clinic.queries.outcomes import figures
from clinic.rules.core.enums import Level
from clinic.services.escalations import lifecycle, scoring
from tests import cases, factories

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture
def people(clinic):
    """In the first two weeks: two check-ins a day."""
    return [factories.PatientFactory(clinic=clinic, infusion_date=date(2026, 11, 12)) for _ in range(3)]


def answered(patient, answers, nurse, *, at, after, outcome=Outcome.ADVICE_GIVEN):
    escalation = cases.escalate(patient, answers, at)
    lifecycle.acknowledge(escalation_id=escalation.pk, by=nurse, now=at + after)
    if outcome:
        lifecycle.resolve(
            escalation_id=escalation.pk, by=nurse, outcome=outcome, note="", now=at + after + MINUTE
        )
    return escalation


def page(nurse, now, weeks=13):
    return figures.of_clinic(user=nurse, clinic_slug="", weeks=weeks, now=now)


def test_waits_of_each_level_and_week(people, nurse, now):
    for patient, minutes in zip(people, (2, 4, 9), strict=True):
        answered(patient, cases.FEVER, nurse, at=now - 10 * DAY, after=minutes * MINUTE)
    answered(people[0], cases.FEVER_AND_CONFUSION, nurse, at=now - 2 * MINUTE, after=MINUTE)
    cases.escalate(people[1], cases.FEVER, now - MINUTE)

    found = page(nurse, now)

    emergency, urgent = found.answering
    assert (urgent.spread.n, urgent.spread.median, urgent.spread.longest) == (3, 4 * MINUTE, 9 * MINUTE)
    assert (urgent.spread.p90, urgent.waiting) == (None, 1)
    assert (emergency.spread.n, emergency.spread.median, emergency.waiting) == (1, MINUTE, 0)
    counts = [[one.spread.n for one in week.levels] for week in found.by_week]
    # No week before the first that had anything to count.
    assert counts == [[0, 3], [1, 0]]
    assert [(line.level, len(line.chart.points)) for line in found.lines] == [("emergency", 1), ("urgent", 1)]


def test_chart_shows_the_minutes_that_its_table_says(people, nurse, now):
    """The table says 4 min of four minutes and forty seconds."""
    answered(people[0], cases.FEVER, nurse, at=now - DAY, after=4 * MINUTE + timedelta(seconds=40))

    found = page(nurse, now)

    (bottom, _nothing), _half, (top, minutes) = found.minute_marks
    assert minutes == "5"
    assert found.lines[0].chart.points[-1].y == pytest.approx(bottom + (top - bottom) * 4 / 5)


def test_what_opened_before_these_weeks_is_not_in_them(people, nurse, now):
    answered(people[0], cases.FEVER, nurse, at=now - 30 * DAY, after=MINUTE)

    assert (page(nurse, now, weeks=4).alarms, page(nurse, now, weeks=13).alarms) == (0, 1)


def test_practice_the_weekly_test_and_other_clinics_count_nowhere(clinic, other_clinic, nurse, now):
    cases.escalate(factories.PatientFactory(clinic=other_clinic), cases.FEVER, now - MINUTE)
    practice = factories.ReportFactory(
        patient__clinic=clinic, patient__status="preparing", answers=cases.FEVER, is_drill=True
    )
    made_up = factories.ReportFactory(
        patient__clinic=clinic, patient__status="ended", patient__is_synthetic=True, answers=cases.FEVER
    )
    for report in (practice, made_up):
        scoring.score(report_id=report.pk, now=now - MINUTE)
    assert Escalation.objects.count() == 3

    found = page(nurse, now)

    assert (found.alarms, found.rules, [one.waiting for one in found.answering]) == (0, (), [0, 0])


def plan(patient, due_at, *, came_after=None, state="planned"):
    report = None
    if came_after is not None:
        state = "done"
        report = factories.ReportFactory(patient=patient, received_at=due_at + came_after)
    Checkin.objects.create(patient=patient, due_at=due_at, state=state, report=report)


def test_check_in_counts_until_the_next_one_begins_to_count(people, nurse, now):
    # Twelve hours apart, and what comes four hours before the next one is the next one's.
    patient, hour = people[0], timedelta(hours=1)
    plan(patient, now - 40 * hour, came_after=-hour)
    plan(patient, now - 36 * hour, came_after=8 * hour)
    plan(patient, now - 24 * hour, came_after=8 * hour + MINUTE)
    plan(patient, now - 20 * hour)
    plan(patient, now - 16 * hour, state="dropped")
    plan(patient, now - 8 * hour + MINUTE)

    found = page(nurse, now)

    assert [(one.planned, one.answered, one.percent) for one in found.completion] == [(4, 2, None)]
    assert (found.patients, found.patient_weeks) == (1, pytest.approx(5 * 0.5 / 7))
    assert found.rate is None


def test_share_from_ten_check_ins_on(people, nurse, now):
    for n in range(1, 11):
        plan(people[0], now - n * DAY / 2 - DAY, came_after=-MINUTE if n % 2 else None)

    assert [(one.planned, one.answered, one.percent) for one in page(nurse, now).completion] == [(10, 5, 50)]


def test_reasons_say_what_they_are_about_how_often_and_what_came_of_it(people, nurse, now):
    first, second, third = people
    answered(first, cases.FEVER, nurse, at=now - 3 * DAY, after=MINUTE, outcome=Outcome.ADMITTED)
    answered(second, cases.FEVER_AND_CONFUSION, nurse, at=now - DAY, after=MINUTE)
    # After the admission, which drops what was planned.
    for patient in people:
        for n in range(20):
            plan(patient, now - n * DAY / 2 - MINUTE)
    lifecycle.open_for_cause(patient=third, cause=Cause.MISSED_CHECKIN, level=Level.URGENT, now=now)

    found = page(nurse, now)

    words = [str(word) for word in found.outcome_words]
    rules = {one.why: one for one in found.rules}
    came = {
        why: {word: n for word, n in zip(words, one.outcomes, strict=True) if n} for why, one in rules.items()
    }
    assert came["Temperature"] == {"Admitted": 1, "Advice": 1}
    assert came["Fever and a change in thinking, speech or wakefulness"] == {"Advice": 1}
    assert came["A planned check-in was missed"] == {"Still open": 1}
    assert found.rules[0].why == "Temperature"
    assert (rules["Temperature"].rate, rules["Temperature"].percent) == (pytest.approx(2 / (30 / 7)), 100)
    assert found.rate == pytest.approx(3 / (30 / 7))


def test_clinic_without_patients_says_nothing_in_numbers(nurse, now):
    found = page(nurse, now)

    assert (found.since, found.completion, found.rules, found.rate) == (None, (), (), None)


@pytest.mark.parametrize(
    ("days", "asked", "spans", "weeks"),
    [
        (None, 13, (), 13),
        (0, 13, (4,), 4),
        (20, 26, (4,), 4),
        (40, 0, (4, 13), 13),
        (40, 4, (4, 13), 4),
        (100, 0, (4, 13, 26), 13),
        (400, 26, (4, 13, 26), 26),
    ],
)
def test_no_span_is_offered_that_shows_nothing_more(clinic, nurse, now, days, asked, spans, weeks):
    if days is not None:
        began = now - days * DAY
        patient = factories.PatientFactory(clinic=clinic, monitored_since=began)
        type(patient).objects.filter(pk=patient.pk).update(created_at=began)

    found = page(nurse, now, weeks=asked)

    assert (found.spans, found.weeks) == (spans, weeks)


@pytest.mark.parametrize(("days", "weeks"), [(0, 1), (7, 2), (200, 13)])
def test_figures_say_since_when_there_was_anything_to_count(clinic, nurse, now, days, weeks):
    began = now - days * DAY
    patient = factories.PatientFactory(clinic=clinic, monitored_since=began)
    type(patient).objects.filter(pk=patient.pk).update(created_at=began)

    found = page(nurse, now)

    assert found.since == max(found.asked_since, began.astimezone(ZoneInfo(clinic.time_zone)).date())
    assert (found.is_new, len(found.by_week)) == (days < 90, weeks)


def test_only_clinics_of_the_person(nurse, other_clinic, now):
    with pytest.raises(NotVisible):
        figures.of_clinic(user=nurse, clinic_slug="lake", weeks=13, now=now)


def test_number_of_queries_does_not_grow(people, nurse, now):
    def count():
        with CaptureQueriesContext(connection) as queries:
            page(nurse, now)
        return len(queries)

    answered(people[0], cases.FEVER, nurse, at=now - DAY, after=MINUTE)
    one = count()
    for patient in people:
        answered(patient, cases.FEVER_AND_CONFUSION, nurse, at=now - DAY / 2, after=MINUTE)
        plan(patient, now - DAY)

    assert count() == one
