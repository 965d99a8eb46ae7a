"""Facts are put right, and what hangs on them follows."""

import json
from datetime import date, timedelta

import pytest
from django.utils import timezone

from caregiver.queries.card import cards
from caregiver.services.phone import packs
from clinic.access import NotAllowed, NotVisible
from clinic.models import AuditEvent, Clinic, Escalation, FactCorrection, Patient, Reminder, WindowPlan
from clinic.queries.protocols.patient_context import context_of
from clinic.rules.patients.facts import Problem, WrongFacts
from clinic.services.checkins import plan
from clinic.services.patients import courses, enrolment, fact_corrections, identity, life_events
from clinic.services.patients.windows import TooShort
from tests import cases, factories

DAY = timedelta(days=1)


def correct(patient, nurse, now, *, known_others=frozenset(), **facts):
    return fact_corrections.correct(
        patient_id=patient.pk,
        by=nurse,
        facts=facts,
        reason="entered wrongly",
        now=now,
        known_others=known_others,
    )


def days_of(patient):
    newest = patient.window_plans.latest("made_at", "pk")
    return newest.label, newest.near_centre_days, newest.no_driving_days


def test_names_and_numbers_stand_in_the_record_and_the_trail_points_to_it(patient, nurse, now):
    before = Clinic.objects.get().live_version

    correct(patient, nurse, now, given_name="Valter", birth_date=date(1960, 1, 2), hospital_number="a 1")

    row, trail = FactCorrection.objects.get(), AuditEvent.objects.get(action="patient.facts_corrected")
    assert row.changes == {
        "given_name": {"from": "Walter", "to": "Valter"},
        "birth_date": {"from": None, "to": "1960-01-02"},
        "hospital_number": {"from": "", "to": "A1"},
    }
    assert (row.by, row.reason, trail.subject_id) == (nurse, "entered wrongly", str(row.pk))
    assert trail.detail == {
        "fields": ["birth_date", "given_name", "hospital_number"],
    }
    assert not {"Valter", "Walter", "A1", "entered wrongly"} & set(json.dumps(trail.detail).split('"'))
    assert Clinic.objects.get().live_version == before + 1


def test_nothing_changed_or_said_twice_leaves_no_row(patient, nurse, now):
    correct(patient, nurse, now, given_name="Valter")
    correct(patient, nurse, now + DAY, given_name=" Valter ", product="AXI-CEL")

    assert FactCorrection.objects.count() == 1


def test_moved_day_0_rewrites_what_is_to_come_and_leaves_the_past(patient, caregiver, nurse, now):
    """Day 4 becomes day 2 in the same phase, then day 31 in a slower one."""
    plan.plan_all(now=now - DAY)
    past = list(patient.checkins.filter(due_at__lt=now).values_list("pk", "state"))

    correct(patient, nurse, now, infusion_date=date(2026, 11, 19))
    same = patient.checkins.filter(due_at__gte=now, state="planned").count()
    correct(patient, nurse, now, infusion_date=date(2026, 10, 21))

    assert same == 4
    ahead = patient.checkins.filter(due_at__gte=now)
    assert set(ahead.values_list("state", flat=True)) == {"dropped"}
    assert not Reminder.objects.filter(checkin__in=ahead, state="planned").exists()
    assert list(patient.checkins.filter(due_at__lt=now).values_list("pk", "state")) == past
    patient.refresh_from_db()
    assert context_of(patient, now).day == 31


def test_check_ins_to_come_go_by_the_clock_of_the_new_zone(patient, nurse, now):
    plan.plan_all(now=now)
    eastern = set(patient.checkins.filter(state="planned").values_list("due_at", flat=True))

    correct(patient, nurse, now, time_zone="America/Los_Angeles")

    western = set(patient.checkins.filter(state="planned", due_at__gte=now).values_list("due_at", flat=True))
    assert western
    assert {at + timedelta(hours=3) for at in eastern} & western
    assert not eastern & western


def test_product_brings_target_and_days_to_rules_card_and_phone(clinic, nurse, patient, caregiver, now):
    told = enrolment.Enrolment("Ada", "Newman", date(2026, 11, 17), "axi-cel", birth_date=date(1960, 3, 2))
    enrolled = enrolment.enrol(clinic=clinic, by=nurse, enrolment=told, now=now)
    factories.CareTeamMemberFactory(patient=enrolled, user=caregiver)
    before = packs.pack(by=caregiver, now=now)

    correct(enrolled, nurse, now + DAY, product="obe-cel")
    assert days_of(enrolled) == ("us-2024-11", 28, 56)
    correct(enrolled, nurse, now + 2 * DAY, product="Carvykti")

    enrolled.refresh_from_db()
    assert (enrolled.product, enrolled.target) == ("cilta-cel", "BCMA")
    assert days_of(enrolled) == ("us-2025-06", 14, 14)
    context = context_of(enrolled, now)
    assert (context.product, context.target) == ("cilta-cel", "BCMA")
    assert cards.of_patient(patient=enrolled, language="en", now=now).target == "BCMA"
    after = {one["id"]: one for one in packs.pack(by=caregiver, now=now)["patients"]}[str(enrolled.pk)]
    assert (after["product"], after["card"]["target"]) == ("cilta-cel", "BCMA")
    assert before["patients"] != after


def test_days_that_a_clinician_made_longer_stay_where_they_are_stricter(patient, nurse, now):
    WindowPlan.objects.create(
        patient=patient,
        label="us-2025-06",
        near_centre_days=40,
        no_driving_days=14,
        made_at=now,
        made_by=nurse,
    )

    correct(patient, nurse, now + DAY, product="obe-cel")

    assert days_of(patient) == ("us-2024-11", 40, 56)


def test_day_0_before_a_new_label_brings_the_days_of_the_old_one(patient, nurse, now):
    WindowPlan.objects.create(
        patient=patient,
        label="us-2025-06",
        near_centre_days=14,
        no_driving_days=14,
        made_at=now,
        made_by=nurse,
    )

    correct(patient, nurse, now + DAY, infusion_date=date(2025, 6, 20))

    assert days_of(patient) == ("us-rems", 28, 56)


def test_another_product_needs_target_and_days_and_leaves_no_typed_word_in_the_trail(patient, nurse, now):
    with pytest.raises(WrongFacts) as refused:
        correct(patient, nurse, now, product="zevor-cel")
    correct(patient, nurse, now, product="zevor-cel", target="BCMA", near_centre_days=30, no_driving_days=60)
    correct(patient, nurse, now, product="zevorcabtagene")

    assert set(refused.value.problems) == {"target", "near_centre_days", "no_driving_days"}
    patient.refresh_from_db()
    assert (patient.product, patient.target, days_of(patient)) == ("zevorcabtagene", "BCMA", ("", 30, 60))
    assert context_of(patient, now).product == "other"
    first = AuditEvent.objects.filter(action="patient.facts_corrected").earliest("pk").detail
    assert first["product"] == {"from": "axi-cel", "to": "other"}


def test_days_of_another_product_are_no_fewer_than_the_centre_asks(patient, nurse, now):
    Clinic.objects.update(no_driving_days=56)

    with pytest.raises(TooShort):
        correct(patient, nurse, now, product="x", target="BCMA", near_centre_days=30, no_driving_days=14)

    patient.refresh_from_db()
    assert patient.product == "axi-cel"


def test_target_of_an_older_row_is_the_products_own(patient, now):
    patient.product, patient.target = "CARVYKTI", "CD19"

    assert (context_of(patient, now).product, context_of(patient, now).target) == ("cilta-cel", "BCMA")


def test_open_alert_keeps_its_level(patient, caregiver, nurse):
    now = timezone.now()
    cases.escalate(patient, cases.FEVER, now)
    before = Escalation.objects.values("level", "severity", "state", "version").get()

    correct(patient, nurse, now, infusion_date=now.date() - timedelta(days=300), product="Carvykti")

    assert Escalation.objects.values("level", "severity", "state", "version").get() == before


@pytest.mark.parametrize(
    ("field", "value", "problem"),
    [
        ("given_name", "  ", Problem.EMPTY),
        ("family_name", "x" * 81, Problem.TOO_LONG),
        ("birth_date", date(2026, 11, 22), Problem.IN_FUTURE),
        ("birth_date", date(1790, 1, 1), Problem.TOO_FAR),
        ("infusion_date", date(2027, 11, 21), Problem.TOO_FAR),
        ("infusion_date", date(1926, 11, 21), Problem.TOO_FAR),
        ("time_zone", "Mars/Olympus", Problem.NO_ZONE),
        ("language", "xx", Problem.NO_LANGUAGE),
        ("hospital_number", " - ", Problem.NO_NUMBER),
        ("target", "BCMA", Problem.TARGET_OF_PRODUCT),
        ("near_centre_days", 3, Problem.DAYS_OF_LABEL),
        ("product", " ", Problem.EMPTY),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(patient, nurse, now, field, value, problem):
    before = Patient.objects.values().get(pk=patient.pk)

    with pytest.raises(WrongFacts) as refused:
        correct(patient, nurse, now, **{field: value})

    assert refused.value.problems[field] == problem
    assert Patient.objects.values().get(pk=patient.pk) == before
    assert not FactCorrection.objects.exists()


def test_too_young_is_refused_as_at_enrolment(patient, nurse, now):
    with pytest.raises(enrolment.TooYoung):
        correct(patient, nurse, now, birth_date=date(2015, 1, 1))


def test_reason_is_needed(patient, nurse, now):
    with pytest.raises(fact_corrections.ReasonNeeded):
        fact_corrections.correct(
            patient_id=patient.pk, by=nurse, facts={"given_name": "Ada"}, reason="  ", now=now
        )


def test_number_and_name_of_somebody_else(patient, clinic, nurse, now):
    born = date(1960, 3, 2)
    other = factories.PatientFactory(
        clinic=clinic, given_name="Ada", family_name="Byron", birth_date=born, hospital_number="A1"
    )

    with pytest.raises(identity.NumberTaken):
        correct(patient, nurse, now, hospital_number="a 1")
    names = {"given_name": "Ada", "family_name": "Byron", "birth_date": born}
    with pytest.raises(identity.MayBeSame):
        correct(patient, nurse, now, **names)
    correct(patient, nurse, now, known_others=frozenset({other.pk}), **names)

    patient.refresh_from_db()
    assert patient.full_name == other.full_name


def test_only_who_manages_patients_corrects(patient, caregiver, other_nurse, now):
    for person, problem in ((other_nurse, NotVisible), (caregiver, NotAllowed)):
        with pytest.raises(problem):
            correct(patient, person, now, given_name="Ada")


def test_caregivers_who_got_the_patients_zone_get_the_right_one(patient, caregiver, clinic, nurse, now):
    elsewhere = factories.CaregiverFactory(time_zone="Europe/Madrid")
    shared = factories.CaregiverFactory()
    for person in (elsewhere, shared):
        factories.CareTeamMemberFactory(patient=patient, user=person)
    factories.CareTeamMemberFactory(patient=factories.PatientFactory(clinic=clinic), user=shared)

    correct(patient, nurse, now, time_zone="America/Denver")

    for person in (caregiver, elsewhere, shared):
        person.refresh_from_db()
    assert (caregiver.time_zone, elsewhere.time_zone, shared.time_zone) == (
        "America/Denver",
        "Europe/Madrid",
        "America/New_York",
    )
    trail = AuditEvent.objects.get(action="patient.facts_corrected").detail
    assert trail["caregivers"] == [str(caregiver.pk)]


def test_days_by_hand_said_twice_are_planned_once(patient, nurse, now):
    facts = {"product": "zevor-cel", "target": "BCMA", "near_centre_days": 30, "no_driving_days": 60}

    correct(patient, nurse, now, **facts)
    correct(patient, nurse, now + DAY, **facts)
    correct(patient, nurse, now + DAY, near_centre_days=30, no_driving_days=90)

    rows = FactCorrection.objects.order_by("at", "pk")
    assert patient.window_plans.count() == 2
    assert [set(row.changes) for row in rows] == [set(facts), {"no_driving_days"}]
    assert rows[1].changes["no_driving_days"] == {"from": 60, "to": 90}


def test_disease_stands_on_card_and_phone_and_no_rule_knows_it(patient, nurse, caregiver, now):
    known = context_of(patient, now)
    assert "disease" not in packs._card(patient, "en", now)

    correct(patient, nurse, now, disease="mm")

    patient.refresh_from_db()
    assert cards.of_patient(patient=patient, language="en", now=now).disease == "Multiple myeloma"
    assert packs._card(patient, "en", now)["disease"] == "Multiple myeloma"
    assert context_of(patient, now) == known


def test_another_infusion_is_for_the_same_disease_until_somebody_says_otherwise(patient, nurse, now):
    patient.created_at = now - 99 * DAY
    patient.infusion_date = (now - 90 * DAY).date()
    patient.save()
    correct(patient, nurse, now, disease="CLL")
    life_events.infuse(patient_id=patient.pk, by=nurse, at=now, reason="", given=courses.NewCourse(), now=now)

    correct(patient, nurse, now + DAY, disease="LBCL")

    assert list(patient.courses.order_by("number").values_list("disease", flat=True)) == ["CLL", "LBCL"]
