"""A second infusion begins a course of its own, and what was seen before stays in the first."""

import copy
from datetime import date, timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction

from caregiver.queries.card import cards
from caregiver.services.phone import packs
from clinic.models import AuditEvent, Checkin, Course, Escalation, Patient
from clinic.protocols import default_document
from clinic.queries.core import courses as queries
from clinic.queries.patients.facts import facts
from clinic.queries.patients.windows import countdowns_of
from clinic.queries.protocols.assessments import assess_again, assess_report
from clinic.queries.protocols.versions import rules_of
from clinic.queries.reports import trends
from clinic.rules.patients.facts import Problem, WrongFacts
from clinic.services.checkins import plan
from clinic.services.escalations import life_events, scoring
from clinic.services.patients import fact_corrections, invitations, preparation
from clinic.services.patients.courses import NewCourse
from clinic.services.patients.enrolment import Enrolment, enrol
from clinic.services.patients.life_events import NotLast, Refused
from clinic.services.patients.windows import TooShort
from clinic.services.protocols import versions
from clinic.services.reports import intake
from tests import cases, factories

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
FIRST_DAY = date(2026, 11, 17)


@pytest.fixture
def patient(clinic, now):
    """Infused on 17 November, enrolled before; it is the 21st there."""
    return factories.PatientFactory(clinic=clinic, created_at=now - timedelta(days=9), product="axi-cel")


def infuse(patient, nurse, at, *, now=None, **given):
    event = life_events.record(
        patient_id=patient.pk,
        kind="infused",
        by=nurse,
        at=at,
        reason="Relapse",
        now=now or at,
        given=NewCourse(**given),
    )
    patient.refresh_from_db()
    return event


def take_back(patient, event, nurse, now):
    life_events.take_back(patient_id=patient.pk, event_id=event.pk, by=nurse, reason="Wrong row", now=now)
    patient.refresh_from_db()


def send(patient, answers, *, observed_at, now):
    """Seen earlier than it comes in."""
    member = patient.care_team.first() or factories.CareTeamMemberFactory(patient=patient)
    report = intake.submit(
        report_id=uuid4(),
        patient=patient,
        by=member.user,
        protocol_version=versions.current_version(clinic=patient.clinic),
        observed_at=observed_at,
        sent_at=now,
        language="en",
        answers=answers,
        now=now,
    ).report
    scoring.score(report_id=report.pk, now=now)
    report.refresh_from_db()
    return report


def held_in_step(patient):
    """The patient's own row is a copy of the one current course."""
    row = Course.objects.get(patient=patient, is_current=True)
    assert (row.number, row.infusion_date, row.product, row.target, row.protocol_code) == (
        patient.course_number,
        patient.infusion_date,
        patient.product,
        patient.target,
        patient.protocol_code,
    )


def test_everything_counts_from_the_new_day_0(patient, caregiver, nurse, now):
    plan.plan_all(now=now)
    at = now + 60 * DAY

    infuse(patient, nurse, at, product="cilta-cel")

    held_in_step(patient)
    # Nine in the evening in New York is the day before by the clock of Greenwich.
    day_0 = date(2027, 1, 20)
    assert (patient.infusion_date, patient.product, patient.target) == (day_0, "cilta-cel", "BCMA")
    shown = facts(patient, at + 3 * DAY)
    assert (shown.day, [one.infusion_date for one in shown.earlier_courses]) == (3, [FIRST_DAY])
    [near, driving] = countdowns_of(patients=[patient], now=at)[patient.pk]
    assert {near.last_day, driving.last_day} == {day_0 + 14 * DAY}
    # Twice a day again, where day 64 had asked once a week.
    ahead = Checkin.objects.filter(patient=patient, due_at__gt=at, state="planned")
    assert ahead.count() >= 3
    row = AuditEvent.objects.get(action="patient.infused")
    assert row.detail["course"] == {
        "day_0": {"from": "2026-11-17", "to": "2027-01-20"},
        "product": "cilta-cel",
        "protocol": "car-t",
    }


def test_without_a_product_the_same_was_given_again(patient, nurse, now):
    infuse(patient, nurse, now + 60 * DAY)

    assert (patient.product, patient.target, patient.course_number) == ("axi-cel", "CD19", 2)


def test_another_product_brings_its_days_again_or_needs_new_ones(clinic, nurse, now):
    told = {"product": "tri-cel", "target": "BCMA", "near_centre_days": 21, "no_driving_days": 30}
    made = enrol(
        clinic=clinic,
        by=nurse,
        enrolment=Enrolment("Walter", "Ng", FIRST_DAY, birth_date=date(1960, 1, 1), **told),
        now=now,
    )
    held_in_step(made)

    infuse(made, nurse, now + 60 * DAY)
    again = made.window_plans.get(course_number=2)
    with pytest.raises(WrongFacts) as wrong:
        infuse(made, nurse, now + 90 * DAY, product="quad-cel", target="CD19")
    type(clinic).objects.update(near_centre_days=15)
    with pytest.raises(TooShort):
        by_hand = {"target": "CD19", "near_centre_days": 14, "no_driving_days": 0}
        infuse(made, nurse, now + 90 * DAY, product="quad-cel", **by_hand)

    assert (again.near_centre_days, again.no_driving_days) == (21, 30)
    assert wrong.value.problems["near_centre_days"] == Problem.DAYS_NEEDED
    assert (made.course_number, made.courses.count()) == (2, 2)


@pytest.mark.parametrize(
    ("before", "days", "why"),
    [
        ((), 0.1, "in_future"),
        # The 17th, and the 16th, of New York.
        ((), -4, "infused_that_day"),
        ((), -5, "before_day_0"),
        ((), -10, "before_enrolment"),
        (("died",), 0, "after_death"),
        (("infused",), 0, "twice"),
    ],
)
def test_what_cannot_be_a_second_infusion_is_refused(patient, nurse, now, before, days, why):
    for kind in before:
        life_events.record(patient_id=patient.pk, kind=kind, by=nurse, at=now, reason="So", now=now)
    known = Course.objects.count()

    with pytest.raises(Refused) as refused:
        infuse(patient, nurse, now + timedelta(days=days), now=now)

    assert (refused.value.reason, Course.objects.count()) == (why, known)


def end(patient, by, at):
    told = {"patient_id": patient.pk, "by": by, "at": at, "reason": "Day 100", "now": at}
    return life_events.record(kind="ended", **told)


def test_infusion_after_an_end_prepares_the_patient_again(patient, caregiver, nurse, now):
    """Most second infusions come months after monitoring of the first has ended."""
    ended = end(patient, nurse, now)
    invitation = {"patient": patient, "by": nurse, "phone": "+12065550133", "name": "Nina", "language": "en"}
    with pytest.raises(Refused) as early:
        infuse(patient, nurse, now - timedelta(hours=2), now=now + timedelta(hours=1))

    event = infuse(patient, nurse, now + 60 * DAY)

    assert early.value.reason == "before_last"
    assert (patient.status, patient.course_number, event.status_before) == ("preparing", 2, "ended")
    held_in_step(patient)
    assert invitations.invite(**invitation, relation="niece", now=now + 60 * DAY).invitation.pk
    # Nobody is asked or missed before the go-home check; then days and check-ins are those of the new course.
    plan.plan_all(now=now + 61 * DAY)
    assert not patient.checkins.filter(due_at__gt=now + 60 * DAY).exists()
    preparation.start_monitoring(patient_id=patient.pk, by=nurse, reason="Proven", now=now + 61 * DAY)
    plan.plan_all(now=now + 61 * DAY)
    assert patient.checkins.filter(due_at__gt=now + 61 * DAY, state="planned").exists()
    # It changed monitoring: what came before is not taken back past it.
    with pytest.raises(NotLast):
        take_back(patient, ended, nurse, now + 62 * DAY)
    patient.refresh_from_db()
    assert end(patient, nurse, now + 160 * DAY).status_after == "ended"


def test_infusion_after_an_end_that_was_a_mistake_leads_back_to_the_end(patient, nurse, now):
    ended = end(patient, nurse, now)
    event = infuse(patient, nurse, now + 60 * DAY)
    admitted = life_events.record(
        patient_id=patient.pk, kind="admitted", by=nurse, at=now + 61 * DAY, reason="", now=now + 61 * DAY
    )
    with pytest.raises(NotLast):
        take_back(patient, event, nurse, now + 62 * DAY)

    take_back(patient, admitted, nurse, now + 62 * DAY)
    take_back(patient, event, nurse, now + 62 * DAY)

    patient.refresh_from_db()
    assert (patient.status, patient.course_number) == ("ended", 1)
    held_in_step(patient)
    take_back(patient, ended, nurse, now + 63 * DAY)
    patient.refresh_from_db()
    assert patient.status == "active"


def test_late_report_belongs_to_the_course_in_which_it_was_seen(patient, caregiver, nurse, now):
    """Seen on day 4 of the first course, it comes on day 1 of the second."""
    infused = now + 10 * HOUR
    send(patient, {"temp_value": "36.4", "temp_unit": "C"}, observed_at=now - DAY, now=now - DAY)
    infuse(patient, nurse, infused, product="cilta-cel")

    late = send(
        patient, {"temp_value": "37.4", "temp_unit": "C"}, observed_at=now - 10 * HOUR, now=infused + DAY
    )

    scored = assess_report(late)
    assert (scored.observed_context.day, scored.observed_context.product) == (4, "axi-cel")
    assert (scored.received_context.day, scored.received_context.product) == (1, "cilta-cel")
    assert [one.rule for one in scored.as_observed.reasons] == ["T2_temp_rise"]
    assert scored.as_received.reasons == ()


def test_trends_do_not_cross_an_infusion(patient, caregiver, nurse, now):
    send(patient, {"temp_value": "36.4", "temp_unit": "C"}, observed_at=now, now=now)
    infuse(patient, nurse, now + 4 * HOUR)

    next_day = send(
        patient,
        {"temp_value": "37.4", "temp_unit": "C"},
        observed_at=now + 6 * HOUR,
        now=now + 6 * HOUR,
    )

    assert assess_report(next_day).history.reports == ()
    stored = next_day.assessment
    assert assess_again(rules_of(stored.protocol_version), stored).level == stored.level


def test_same_day_of_both_courses_is_still_read_twice(patient, caregiver, nurse, now):
    """Day 4 of the first and day 4 of the second are the same facts and another history."""
    send(patient, {"temp_value": "36.4", "temp_unit": "C"}, observed_at=now - 2 * HOUR, now=now - 2 * HOUR)
    infuse(patient, nurse, now + 10 * DAY)

    late = send(patient, {"temp_value": "37.4", "temp_unit": "C"}, observed_at=now, now=now + 14 * DAY)

    scored = assess_report(late)
    assert scored.observed_context == scored.received_context
    assert scored.as_observed.level > scored.as_received.level
    stored = late.assessment
    again = assess_again(rules_of(stored.protocol_version), stored)
    assert (stored.level_as_observed, stored.level_as_received) == (
        scored.as_observed.level,
        scored.as_received.level,
    )
    assert again.level == stored.level == scored.level


def test_chart_counts_each_day_in_its_course(patient, caregiver, nurse, now):
    send(patient, cases.NAUSEA, observed_at=now, now=now)
    infuse(patient, nurse, now + DAY)

    found = trends.of_patient(patient=patient, language="en", days=3, now=now + 2 * DAY)

    assert [mark.day for mark in found.day_marks] == [4, 0, 1]


def test_card_page_and_phone_name_both(patient, caregiver, nurse, now):
    infuse(patient, nurse, now + 60 * DAY, product="cilta-cel")

    card = cards.of_patient(patient=patient, language="en", now=now + 62 * DAY)
    [kept] = packs.pack(by=caregiver, now=now + 62 * DAY)["patients"]

    assert (card.day, [(one.infusion_date, one.product) for one in card.earlier]) == (
        2,
        [(FIRST_DAY, "axi-cel")],
    )
    assert (kept["infusion_date"], kept["context"]["product"]) == ("2027-01-20", "cilta-cel")
    assert kept["before"] == [{"infusion_date": "2026-11-17", "product": "axi-cel", "target": "CD19"}]
    assert kept["card"]["before"] == ["Nov 17, 2026, axi-cel"]


def test_mistake_makes_the_course_before_current_again(patient, caregiver, nurse, now):
    fact_corrections.correct(
        patient_id=patient.pk, by=nurse, facts={"product": "tisa-cel"}, reason="So", now=now
    )
    plan.plan_all(now=now)
    planned = set(patient.checkins.filter(due_at__gt=now, state="planned").values_list("due_at", flat=True))
    windows = countdowns_of(patients=[patient], now=now)
    at = now + HOUR
    event = infuse(patient, nurse, at, now=at, product="cilta-cel")

    take_back(patient, event, nurse, at + HOUR)

    held_in_step(patient)
    assert (patient.product, patient.infusion_date, patient.course_number) == ("tisa-cel", FIRST_DAY, 1)
    assert queries.earlier(patient) == ()
    still = patient.checkins.filter(due_at__gt=at + HOUR, state="planned").values_list("due_at", flat=True)
    assert {one for one in planned if one > at + HOUR} <= set(still)
    patient.refresh_from_db()
    assert str(countdowns_of(patients=[patient], now=now)) == str(windows)
    # It may be put on record anew, and the mistake is no course.
    infuse(patient, nurse, at + 2 * HOUR, product="ide-cel")
    assert (patient.course_number, len(queries.of_patient(patient))) == (3, 2)


def test_of_two_infusions_the_last_is_taken_back_first(patient, nurse, now):
    second = infuse(patient, nurse, now + 30 * DAY)
    third = infuse(patient, nurse, now + 60 * DAY)
    life_events.record(
        patient_id=patient.pk, kind="admitted", by=nurse, at=now + 61 * DAY, reason="", now=now + 61 * DAY
    )

    with pytest.raises(NotLast):
        take_back(patient, second, nurse, now + 62 * DAY)
    take_back(patient, third, nurse, now + 62 * DAY)

    # An infusion changes nothing about where somebody is.
    assert (patient.status, patient.course_number) == ("admitted", 2)


def test_correction_puts_right_the_current_course_within_its_bounds(patient, nurse, now):
    at = now + 60 * DAY
    infuse(patient, nurse, at)

    def correct(**told):
        fact_corrections.correct(patient_id=patient.pk, by=nurse, facts=told, reason="So", now=at)
        patient.refresh_from_db()

    correct(infusion_date=patient.infusion_date - 2 * DAY, product="ide-cel")
    held_in_step(patient)
    assert [one.product for one in queries.of_patient(patient)] == ["axi-cel", "ide-cel"]
    for day, problem in (
        (FIRST_DAY, Problem.BEFORE_COURSE),
        (patient.infusion_date + 9 * DAY, Problem.INFUSED_AHEAD),
    ):
        with pytest.raises(WrongFacts) as wrong:
            correct(infusion_date=day)
        assert wrong.value.problems == {"infusion_date": problem}


def test_course_is_asked_by_a_protocol_of_the_clinic(patient, caregiver, nurse, now):
    other = copy.deepcopy(dict(default_document("car-t")))
    other["code"] = "bispecific"
    published = versions.publish(clinic=patient.clinic, code="bispecific", document=other, by=nurse, now=now)
    at = now + 60 * DAY
    with pytest.raises(WrongFacts) as wrong:
        infuse(patient, nurse, at, protocol_code="children")

    infuse(patient, nurse, at, protocol_code="bispecific")

    assert wrong.value.problems == {"protocol": Problem.NO_PROTOCOL}
    assert versions.current_version_for(patient=patient) == published
    assert versions.current_version(clinic=patient.clinic).protocol.code == "car-t"
    [kept] = packs.pack(by=caregiver, now=at)["patients"]
    assert kept["checklist"] == published.content_hash
    # Both have a version 1: the day on which the signs were seen says which.
    for seen_at, code in ((now, "car-t"), (at, "bispecific")):
        found = versions.version_for(patient=patient, number=1, observed_at=seen_at)
        assert found.protocol.code == code


def test_one_course_is_current(patient, nurse, now):
    infuse(patient, nurse, now)

    with pytest.raises(IntegrityError), transaction.atomic():
        Course.objects.filter(patient=patient).update(is_current=True)


def test_open_alert_stays_as_it_is(patient, caregiver, nurse, now):
    escalation = cases.escalate(patient, cases.FEVER, now)

    infuse(patient, nurse, now + HOUR)

    assert Escalation.objects.get() == escalation
    assert Patient.objects.get(pk=patient.pk).status == "active"
